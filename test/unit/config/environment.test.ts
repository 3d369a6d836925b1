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
      isColourless: false,
      metricsToken: null,
    });
  });

  it('refuses a log level that is none', () => {
    expect(() => readEnvironment({ LOG_LEVEL: 'loud' })).toThrow(/no level/);
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
