import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { PushPlan, SyncOptions } from '../../../src/cli/app-port.ts';
import { AuthError, QuotaExhaustedError } from '../../../src/connector-sdk/index.ts';
import { AppError } from '../../../src/model/errors.ts';
import { explanation, report, run } from './support.ts';

describe('the command line', () => {
  it('teaches: examples, exit codes, environment', async () => {
    const { code, out, opened } = await run('--help');
    expect(code).toBe(0);
    for (const text of ['Examples:', 'Exit codes:', 'Environment:', 'LEADLOOP_KEY', 'sync'])
      expect(out).toContain(text);
    expect(opened).toEqual([]);
  });

  it.each([
    'synk',
    'sync',
    'sync a --fulll',
    'plan a b',
    'rejected delete',
    'rejected --limit many',
    'serve --port x',
    'score show f',
    'sandbox pipedrive',
    'sandbox --leads 3',
    'sandbox salesforce --contacts few',
    'sandbox --port x',
  ])('ends "%s" with 2', async (line) => {
    const { code, err } = await run(line);
    expect(code).toBe(2);
    expect(err).not.toBe('');
  });

  it('sandbox teaches which CRMs it plays, and what each has', async () => {
    const { out } = await run('sandbox --help');
    for (const text of [
      'hubspot or salesforce',
      'hubspot: 250, salesforce: 100',
      'salesforce: 150',
      'salesforce: 9002',
    ])
      expect(out.replaceAll(/\s+/gu, ' ')).toContain(text);
  });

  it('sandbox names the remedy of a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, err } = await run(`sandbox salesforce --leads 0 --contacts 0 --port ${port}`);
    other.close();
    expect(code).toBe(2);
    expect(err).toContain(`port ${port}`);
    expect(err).toContain('--port');
  });

  it('sandbox says how to reach what it plays, in one document for scripts', async () => {
    const stop = new AbortController();
    stop.abort();
    const line = 'sandbox salesforce --leads 3 --contacts 2 --port 0';
    const { code, out } = await run(`${line} --json`, {}, stop.signal);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      kind: 'salesforce',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/u) as string,
      credentials: { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' },
      token: expect.stringMatching(/^00D/u) as string,
    });
    const { out: forPeople } = await run(line, {}, stop.signal);
    expect(forPeople).toMatch(/leads, contacts +3, 2/u);
    expect(forPeople).toContain('kind salesforce');
  });

  it('passes options on, global ones before or after the command', async () => {
    const asked: SyncOptions[] = [];
    const sync = async (_: string, options: SyncOptions) => {
      asked.push(options);
      return report;
    };
    const first = await run('--config my.yaml sync acme-hubspot --full --dry-run', { sync });
    const second = await run('sync acme-hubspot --pull-only --config my.yaml', { sync });
    expect(asked).toMatchObject([
      { full: true, pullOnly: false, dryRun: true },
      { full: false, pullOnly: true, dryRun: false },
    ]);
    expect([first, second].map(({ opened }) => opened[0]?.configFile)).toEqual(['my.yaml', 'my.yaml']);
  });

  it.each([
    ['succeeded', {}, 0],
    ['partial', {}, 3],
    ['succeeded', { counts: { ...report.counts, pushRejected: 1 } }, 3],
    ['failed', {}, 1],
    ['cancelled', {}, 1],
    ['partial', { nextTryAt: new Date(0) }, 75],
    ['failed', { failure: { code: 'x', message: 'm', recovery: 'fix-config', remedy: 'r' } }, 2],
    ['failed', { failure: { code: 'x', message: 'm', recovery: 'reauthorise', remedy: 'r' } }, 1],
  ] as const)('ends a sync that %s (%j) with %i', async (status, more, expected) => {
    const { code } = await run('sync acme-hubspot', { sync: async () => ({ ...report, status, ...more }) });
    expect(code).toBe(expected);
  });

  it('prints one JSON document on stdout and nothing else with --json', async () => {
    const sync = async (_: string, { onProgress }: SyncOptions) => {
      onProgress({ phase: 'pull', object: 'contacts', lane: 'live', done: 1, total: 2, apiCalls: 1 });
      return report;
    };
    const { out, err } = await run('sync acme-hubspot --json', { sync });
    expect(JSON.parse(out)).toMatchObject({ runId: 'run-1', counts: { pulled: 1200 } });
    expect(err).toBe('');
  });

  it.each([
    [
      new AppError('connection-unknown', 'No such connection.', { recovery: 'fix-config', remedy: 'Look.' }),
      2,
      'Look.',
    ],
    [new AuthError('Refused.'), 1, 'Renew the credentials'],
    [new QuotaExhaustedError('Used up.', new Date('2026-11-23T00:00:00Z')), 75, 'not before 2026-11-23'],
    // In its own words it might quote somebody: see regression/unexpected-failure-quotes-nobody.test.ts.
    [new TypeError('x is undefined'), 1, 'Report', 'TypeError in '],
  ])('says what went wrong and what to do: %s', async (error, code, remedy, message = error.message) => {
    const push = async () => {
      throw error;
    };
    const forPeople = await run('push acme-hubspot', { push });
    expect(forPeople).toMatchObject({ code, out: '' });
    expect(forPeople.err).toContain(message);
    expect(forPeople.err).toContain(remedy);
    const forScripts = await run('push acme-hubspot --json', { push });
    expect(JSON.parse(forScripts.out)).toMatchObject({
      error: { message: expect.stringContaining(message) as string },
    });
  });

  it('ends quietly when it was interrupted', async () => {
    const controller = new AbortController();
    controller.abort();
    const push = async () => {
      throw controller.signal.reason;
    };
    expect(await run('push acme-hubspot', { push }, controller.signal)).toMatchObject({ code: 1, err: '' });
  });
});

describe('answers for people', () => {
  it('explain shows every point, why it is no MQL, and what the CRM has', async () => {
    const { out, code } = await run('explain jane@district.example', { explain: async () => explanation });
    expect(code).toBe(0);
    expect(out).toMatch(/Website visits +4 +8 +8/);
    expect(out).toMatch(/Email opens +3 +6 +6/);
    expect(out).toMatch(/behavioral +8 +8 of 50/);
    expect(out).toContain('nearest is email opens: email_opens is 3 of 5');
    expect(out).toContain('wanted 24');
    // What a CRM holds must not steer a terminal.
    expect(out).not.toContain('\u001b');
  });

  it('explain does not repeat an address that nobody has', async () => {
    const { err, code } = await run('explain nobody@example.com', { explain: async () => null });
    expect(code).toBe(2);
    expect(err).not.toContain('nobody@example.com');
  });

  it('plan shows record, field, before → after, why, and the price', async () => {
    const plan: PushPlan = {
      connection: 'acme-hubspot',
      calls: 1,
      blocked: { reason: 'more than 500 records', remedy: 'Raise blastRadius.' },
      records: [
        {
          object: 'contacts',
          externalId: '501',
          leadId: 'l',
          changes: [{ field: 'leadloop_score', before: 20, after: 24, why: 'score changed' }],
        },
      ],
    };
    const { out } = await run('plan acme-hubspot', { plan: async () => plan });
    expect(out).toContain('contacts 501\n  leadloop_score  20  →  24  score changed');
    expect(out).toContain('1 field of 1 record would be written, with 1 API call');
    expect(out).toContain('held back more than 500 records');
  });

  it('check shows each finding with its remedy, and fails only on a failure', async () => {
    const finding = { subject: 'scope contacts.write', message: 'is missing', remedy: 'Grant it.' };
    const of = (level: 'warning' | 'failure') => ({
      check: async () => ({
        connections: [{ name: 'acme-hubspot', findings: [{ ...finding, level }], mapping: [] }],
        sources: [],
      }),
    });
    const bad = await run('check', of('failure'));
    expect(bad.code).toBe(1);
    expect(bad.out).toContain('FAIL  scope contacts.write  is missing\n        → Grant it.');
    expect((await run('check', of('warning'))).code).toBe(0);
  });

  it('check does not call a mapping good that it could not try', async () => {
    const finding = { level: 'failure', subject: 'organisation', message: 'refused', remedy: 'Renew it.' } as const;
    const check = async () => ({
      connections: [{ name: 'acme-salesforce', findings: [finding], mapping: null }],
      sources: [],
    });
    const { code, out } = await run('check', { check });
    expect(code).toBe(1);
    expect(out).toContain('the mapping was not tried');
    expect(out).not.toContain('ok  ');
  });

  it('rejected says what to do next', async () => {
    const entry = {
      connection: 'acme-hubspot',
      object: 'contacts',
      externalId: '9',
      stage: 'map',
      field: 'enrollment',
      code: 'not-a-number',
      message: 'is not a number',
      effect: 'null',
      times: 2,
      lastSeenAt: new Date('2026-11-22T10:00:00Z'),
    } as const;
    const { out } = await run('rejected', { rejected: { list: async () => [entry], retry: async () => report } });
    expect(out).toMatch(/contacts 9 +map +enrollment +2 +is not a number/);
    expect(out).toContain('leadloop rejected retry');
  });

  it('score run says what was scored, organisation by organisation', async () => {
    const scoreRun = async () => [{ org: 'acme', signups: 1200, leads: 3400 }];
    const { out, code } = await run('score run', { scoreRun });
    expect(out).toMatch(/acme +1,200 +3,400/);
    expect(code).toBe(0);
    expect((await run('score', {})).code).toBe(2);
    expect((await run('score preview', {})).code).toBe(2);
  });

  it('score preview shows the distribution and who would cross', async () => {
    const scorePreview = async () => ({
      kind: 'mql' as const,
      leads: 100,
      changed: 40,
      before: [60, 40, 0, 0, 0, 0, 0, 0, 0, 0],
      after: [50, 40, 0, 0, 0, 0, 10, 0, 0, 0],
      becomeMql: 10,
      wouldNotBeMql: 2,
      movers: [{ leadId: 'lead-1', before: 5, after: 62 }],
    });
    const { out } = await run('score preview config/profiles/mql.yaml', { scorePreview });
    expect(out).toContain('40 scores of 100 leads would change');
    expect(out).toMatch(/60–69 +0 +10 +\+10/);
    expect(out).toContain('10 leads would become MQL. 2 leads would not qualify any more');
  });
});
