import { describe, expect, it } from 'vitest';
import type { StatusReport } from '../../../src/cli/app-port.ts';
import type { ConnectionStatus, OrgStatus } from '../../../src/health/status-report.ts';
import { whoNeedsPerson } from '../../../src/health/status-report.ts';
import { run } from './support.ts';

const at = new Date('2026-11-27T10:00:00Z');
const minutesAgo = (minutes: number): Date => new Date(at.getTime() - minutes * 60_000);

const connection: ConnectionStatus = {
  id: 'connection-1',
  name: 'acme-hubspot',
  kind: 'hubspot',
  schedule: '*/15 * * * *',
  timeZone: 'Europe/Berlin',
  pushMode: 'auto',
  lastRun: {
    id: 'run-1',
    kind: 'sync',
    status: 'succeeded',
    counts: { pulled: 1200, scored: 30, pushed: 12 },
    failure: null,
    startedAt: minutesAgo(6),
    endedAt: minutesAgo(5),
  },
  lastSuccessAt: minutesAgo(5),
  waiting: { urgent: 2, scores: 1500, rest: 1 },
  dead: 3,
  rejected: 4,
  health: {
    state: 'healthy',
    code: null,
    message: null,
    remedy: null,
    failuresInRow: 0,
    since: minutesAgo(600),
    tryAgainAt: null,
    lastSuccessAt: minutesAgo(5),
  },
  pauses: [],
  runs: { pull: true, push: true, reason: null, until: null },
  nextRunAt: new Date('2026-11-27T10:15:00Z'),
  quota: null,
};

const paused: ConnectionStatus = {
  ...connection,
  health: {
    state: 'paused',
    code: 'crm-credentials',
    message: 'The token was \u001b[31mrefused.',
    remedy: 'Renew the token, then run: leadloop apply',
    failuresInRow: 2,
    since: minutesAgo(125),
    tryAgainAt: new Date('2026-11-27T10:10:00Z'),
    lastSuccessAt: minutesAgo(140),
  },
  runs: { pull: false, push: false, reason: 'The token was refused.', until: new Date('2026-11-27T10:10:00Z') },
};

function reportOf(org: Partial<OrgStatus>, more: Partial<StatusReport> = {}): StatusReport {
  const alerts = { waiting: 0, givenUp: 0, lastError: null };
  const orgs = [{ org: 'acme', pauses: [], connections: [connection], sources: [], alerts, ...org }];
  return { at, orgs, queue: null, needsPerson: whoNeedsPerson(orgs), ...more };
}

const status = (report: StatusReport, line = 'status') => run(line, { status: async () => report });

describe('status', () => {
  it('shows health, last run, next run and what waits, the most urgent first, and exits 0', async () => {
    const { out, code } = await status(reportOf({}));
    expect(code).toBe(0);
    expect(out).toContain('acme-hubspot  hubspot  healthy');
    expect(out).toMatch(
      /last run +2026-11-27 09:55 UTC \(5 min ago\) {2}sync succeeded: 1,200 read, 30 scored, 12 written/u,
    );
    expect(out).toContain('*/15 * * * * (Europe/Berlin), next 2026-11-27 10:15 UTC');
    expect(out).toContain('2 with a new status or tier, 1,500 with a new score, 1 other');
    expect(out).toContain('4: leadloop rejected');
    expect(out).toContain('3 writes: leadloop rejected retry acme-hubspot');
    expect(out).toContain('nothing needs a person');
  });

  it('says of a paused connection since when, why, what to do, and how to try at once, and exits 1', async () => {
    const { out, code } = await status(reportOf({ connections: [paused] }));
    expect(code).toBe(1);
    expect(out).toContain('PAUSED 2026-11-27 07:55 UTC (2 h 5 min ago) [crm-credentials]');
    expect(out).toContain('The token was refused.\n    → Renew the token, then run: leadloop apply');
    expect(out).toContain('tried again at 2026-11-27 10:10 UTC; at once: leadloop resume acme-hubspot --org acme');
    expect(out).toContain('needs a person: acme/acme-hubspot');
    expect(out).not.toContain('\u001b');
  });

  it('names a push that is held, and what lets it go', async () => {
    const failure = {
      code: 'push-held',
      message: 'The push would change 900 of 1000 records.',
      recovery: 'fix-config',
      remedy: 'Look.',
    } as const;
    const lastRun = { ...connection.lastRun!, status: 'partial', failure } as const;
    const { out, code } = await status(reportOf({ connections: [{ ...connection, lastRun }] }));
    expect(code).toBe(1);
    expect(out).toContain('push held The push would change 900 of 1000 records.');
    expect(out).toContain('→ leadloop plan acme-hubspot');
    expect(out).toContain('→ leadloop push acme-hubspot');
  });

  it('shows what people have paused, with what takes it back, and exits 0: it was meant', async () => {
    const own = { of: 'connection', direction: 'push', reason: 'sales cleans up', since: minutesAgo(60) } as const;
    const org = { of: 'org', direction: 'all', reason: 'moving house', since: minutesAgo(60) } as const;
    const { out, code } = await status(
      reportOf({ pauses: [org], connections: [{ ...connection, pauses: [org, own] }] }),
    );
    expect(code).toBe(0);
    expect(out).toContain('the organisation is paused: moving house\n→ leadloop resume --org acme');
    expect(out).toContain('paused (push only): sales cleans up\n    → leadloop resume acme-hubspot');
  });

  it('shows quota, queue and alerts where there is something to say', async () => {
    const quota = { text: '12 of 1,000 calls left until midnight', remedy: 'Raise quota.dailyShare.' };
    const report = reportOf(
      {
        connections: [{ ...connection, quota }],
        alerts: { waiting: 1, givenUp: 2, lastError: 'the address answered 404' },
      },
      { queue: { text: '3 runs wait for a worker', remedy: null } },
    );
    const { out, code } = await status(report);
    expect(out).toMatch(/quota +12 of 1,000 calls left until midnight/u);
    expect(out).toContain('→ Raise quota.dailyShare.');
    expect(out).toContain('3 runs wait for a worker');
    expect(out).toContain('1 alert to be sent, 2 alerts given up: the address answered 404');
    expect(code).toBe(1);
  });

  it('names a source that cannot be read', async () => {
    const failure = {
      code: 'source-query',
      message: 'No such column.',
      recovery: 'fix-config',
      remedy: 'Correct it.',
    } as const;
    const { out, code } = await status(
      reportOf({
        sources: [
          {
            id: 's',
            name: 'product-usage',
            kind: 'usage',
            schedule: null,
            timeZone: 'UTC',
            lastRun: { ...connection.lastRun!, kind: 'import', status: 'failed', counts: {}, failure },
            lastSuccessAt: null,
            rejected: 0,
            pauses: [],
            nextRunAt: null,
          },
        ],
      }),
    );
    expect(code).toBe(1);
    expect(out).toContain('No such column.\n    → Correct it.');
    expect(out).toContain('by hand only');
  });

  it('teaches where there is nothing yet', async () => {
    const none = await status({ at, orgs: [], queue: null, needsPerson: [] });
    expect(none).toMatchObject({ code: 0 });
    expect(none.out).toContain('leadloop apply config/leadloop.yaml');
    const empty = await status(reportOf({ connections: [] }));
    expect(empty.out).toContain('It has no connection yet.');
    const fresh = await status(
      reportOf({ connections: [{ ...connection, health: null, lastRun: null, lastSuccessAt: null }] }),
    );
    expect(fresh.out).toContain('no run has ended yet');
  });

  it('is one document for scripts, with the same exit code', async () => {
    const { out, code } = await status(reportOf({ connections: [paused] }), 'status --json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      needsPerson: ['acme/acme-hubspot'],
      orgs: [{ connections: [{ health: { state: 'paused', code: 'crm-credentials' } }] }],
    });
  });

  it('--help says what the exit codes mean', async () => {
    const { out } = await run('status --help');
    expect(out.replaceAll(/\s+/gu, ' ')).toContain('1 when something needs a person');
  });
});

describe('pause and resume', () => {
  const answer = {
    of: 'connection',
    org: 'acme',
    name: 'acme-hubspot',
    direction: 'push',
    reason: 'sales',
    changed: true,
  } as const;

  it('pass on what is named: a connection, a direction, a reason', async () => {
    const asked: unknown[] = [];
    const pause = async (wish: unknown) => {
      asked.push(wish);
      return answer;
    };
    await run('pause acme-hubspot --push --reason sales', { pause });
    await run('pause --org acme', { pause });
    await run('pause acme-hubspot --pull --push', { pause });
    expect(asked).toEqual([
      { name: 'acme-hubspot', org: null, direction: 'push', reason: 'sales' },
      { name: null, org: 'acme', direction: 'all', reason: null },
      { name: 'acme-hubspot', org: null, direction: 'all', reason: null },
    ]);
  });

  it('say what it means and how it is taken back', async () => {
    const { out, code } = await run('pause acme-hubspot --push', { pause: async () => answer });
    expect(code).toBe(0);
    expect(out).toContain('acme/acme-hubspot is paused (push only): sales');
    expect(out).toContain('it is still read, scored and planned');
    expect(out).toContain('To take it back: leadloop resume acme-hubspot --org acme --push');
    const again = await run('pause acme-hubspot', { pause: async () => ({ ...answer, changed: false }) });
    expect(again.out).toContain('as it was');
  });

  it('say what still holds it back', async () => {
    const lifted = [{ of: 'connection', direction: 'push', reason: 'sales', since: at } as const];
    const still = [{ of: 'org', direction: 'all', reason: 'moving house', since: at } as const];
    const resumed = { ...answer, direction: 'all', lifted, still, triedAtOnce: 1 } as const;
    const { out } = await run('resume acme-hubspot', { resume: async () => resumed });
    expect(out).toContain('acme/acme-hubspot is resumed');
    expect(out).toContain('no longer paused (push only): sales');
    expect(out).toContain('1 connection that waited after failures: tried at the next tick.');
    expect(out).toContain('still the organisation is paused: moving house\n→ leadloop resume --org acme');
    const idle = { ...resumed, changed: false, lifted: [], still: [], triedAtOnce: 0 };
    expect((await run('resume acme-hubspot', { resume: async () => idle })).out).toContain('was not paused');
  });

  it('refuse a reason that is no line', async () => {
    const { code, err } = await run(`pause acme --reason ${'x'.repeat(300)}`);
    expect(code).toBe(2);
    expect(err).toContain('200');
  });
});
