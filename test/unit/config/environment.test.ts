import { describe, expect, it } from 'vitest';
import { readCredentials, readEnvironment } from '../../../src/config/environment.ts';
import { written } from './support.ts';

describe('the environment', () => {
  it('has defaults, and an empty variable counts as none', () => {
    expect(readEnvironment({ DATABASE_URL: '', LEADLOOP_KEY: '', LEADLOOP_METRICS_TOKEN: '' })).toMatchObject({
      home: expect.stringMatching(/\.leadloop$/) as string,
      databaseUrl: null,
      sealingKeys: null,
      logLevel: null,
      publicUrl: null,
      alertUrl: null,
      isColourless: false,
      metricsToken: null,
    });
  });

  it('refuses a log level that is none', () => {
    expect(() => readEnvironment({ LOG_LEVEL: 'loud' })).toThrow(/no level/);
  });
});

describe('the address under which CRMs call', () => {
  const read = (text: string) => readEnvironment({ LEADLOOP_PUBLIC_URL: text }).publicUrl;

  it('is kept as it is written, but for a slash at its end', () => {
    expect(read('https://leads.example.com')).toBe('https://leads.example.com');
    expect(read('https://Leads.example.com:8443/leadloop/')).toBe('https://Leads.example.com:8443/leadloop');
  });

  it.each([
    'leads.example.com',
    'ftp://leads.example.com',
    'https://',
    'https://a:b@c.example',
    'https://c.example/?a',
  ])('cannot be %s', (text) => {
    expect(() => read(text)).toThrow(/LEADLOOP_PUBLIC_URL/);
  });
});

describe('secrets', () => {
  it('come from variables, from files without their last newline, or stand for themselves', () => {
    const file = written({ secret: 'from a file\n' });
    expect(readCredentials({ a: { env: 'TOKEN' }, b: { file }, c: 'public' }, { TOKEN: 'from a variable' })).toEqual({
      values: { a: 'from a variable', b: 'from a file', c: 'public' },
    });
  });

  it('that are missing are named, all of them', () => {
    const read = readCredentials({ a: { env: 'TOKEN' }, b: { file: '/nowhere/token' } }, {});
    expect(read).toEqual({
      missing: ['a: the environment variable TOKEN is not set', 'b: the file /nowhere/token is missing or empty'],
    });
  });
});

it('takes an address for alerts, and does not repeat one that is none: it is a secret', () => {
  const url = 'https://hooks.slack.example/services/T0/B0/secret';
  expect(readEnvironment({ LEADLOOP_ALERT_URL: url }).alertUrl).toBe(url);
  expect(readEnvironment({ LEADLOOP_ALERT_URL: '' }).alertUrl).toBeNull();
  for (const wrong of ['hooks.slack.example/secret', 'ftp://secret', 'secret'])
    expect(() => readEnvironment({ LEADLOOP_ALERT_URL: wrong })).toThrow(/^LEADLOOP_ALERT_URL is no address\.$/u);
});
