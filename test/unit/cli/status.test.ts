import { describe, expect, it } from 'vitest';
import type { StatusReport } from '../../../src/cli/app-port.ts';
import type { QueueFacts } from '../../../src/db/queue-facts.ts';
import { queueRemedy } from '../../../src/health/queue-standing.ts';
import type { ConnectionStatus, OrgStatus, QueueStatus } from '../../../src/health/status-report.ts';
import { whoNeedsPerson } from '../../../src/health/status-report.ts';
import { run } from './support.ts';

const at = new Date('2026-11-27T10:00:00Z');
const minutesAgo = (minutes: number): Date => new Date(at.getTime() - minutes * 60_000);

const connection: ConnectionStatus = {
  id: 'connection-1',
  name: 'acme-hubspot',
  kind: 'hubspot',
  baseUrl: null,
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
  waiting: { urgent: 2, hot: 7, scores: 1500, rest: 1 },
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
  freshness: null,
  webhooks: {},
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
  return { at, orgs, queue: null, needsPerson: whoNeedsPerson(orgs, more.queue ?? null), ...more };
}

const status = (report: StatusReport, line = 'status') => run(line, { status: async () => report });

describe('status', () => {
  it('says of what is not counted to its end that there is more', async () => {
    const many = { waiting: { urgent: 1, hot: 0, scores: 10_000, rest: 0 }, dead: 10_000, rejected: 10_000 };
    const { out } = await status(reportOf({ connections: [{ ...connection, ...many }] }));
    expect(out).toContain('1 with a new status or tier, 10,000 or more with a new score');
    expect(out).toContain('10,000 or more: leadloop rejected');
    expect(out).toContain('10,000 or more writes: leadloop rejected retry acme-hubspot');
  });

  it('shows health, last run, next run and what waits, the most urgent first, and exits 0', async () => {
    const { out, code } = await status(reportOf({}));
    expect(code).toBe(0);
    expect(out).toContain('acme-hubspot  hubspot  healthy');
    expect(out).toMatch(
      /last run +2026-11-27 09:55 UTC \(5 min ago\) {2}sync succeeded: 1,200 read, 30 scored, 12 written/u,
    );
    expect(out).toContain('*/15 * * * * (Europe/Berlin), next 2026-11-27 10:15 UTC');
    expect(out).toContain('2 with a new status or tier, 7 hot with a new score, 1,500 with a new score, 1 other');
    expect(out).toContain('4: leadloop rejected');
    expect(out).toContain('3 writes: leadloop rejected retry acme-hubspot');
    expect(out).toContain('nothing needs a person');
  });

  it('says of a paused connection since when, why, what to do, and how to try at once, and exits 1', async () => {
    const { out, code } = await status(reportOf({ connections: [paused] }));
    expect(code).toBe(1);
    expect(out).toContain('PAUSED 2026-11-27 07:55 UTC (2 h 5 min ago) [crm-credentials]');
    expect(out).toContain('The token was refused.\n    → Renew the token, then run: leadloop apply');
    expect(out).toContain(
      'by its schedule tried again after 2026-11-27 10:10 UTC; by its next tick: leadloop resume acme-hubspot --org acme',
    );
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

  it('shows alerts that have reached nobody, and exits 1', async () => {
    const alerts = { waiting: 1, givenUp: 2, lastError: 'the address answered 404' };
    const { out, code } = await status(reportOf({ alerts }));
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
            health: {
              state: 'paused',
              code: failure.code,
              message: failure.message,
              remedy: failure.remedy,
              failuresInRow: 1,
              since: at,
              tryAgainAt: null,
              lastSuccessAt: null,
            },
            runs: { pull: false, push: false, reason: failure.message, until: new Date('2026-11-27T10:05:00Z') },
            pauses: [],
            nextRunAt: null,
          },
        ],
      }),
    );
    expect(code).toBe(1);
    expect(out).toMatch(/product-usage {2}source of usage {2}PAUSED .*\[source-query\]/u);
    expect(out).toContain('No such column.\n    → Correct it.');
    expect(out).toContain(
      'by its schedule tried again after 2026-11-27 10:05 UTC; by its next tick: leadloop resume sources/product-usage --org acme',
    );
    expect(out).toContain('needs a person: acme/sources/product-usage');
    expect(out).toContain('by hand only');
  });

  it('shows how fresh scores are, and what came of the webhooks of today', async () => {
    const known = { freshness: { p50Seconds: 2.4, p95Seconds: 190 }, webhooks: { accepted: 1200, forged: 3 } };
    const { out } = await status(reportOf({ connections: [{ ...connection, ...known }] }));
    expect(out).toMatch(/fresh +half within 2 s, 95 of 100 within 3 min, in the last hour/u);
    expect(out).toMatch(/webhooks +today 1,200 accepted, 3 forged/u);
    const { out: silent } = await status(reportOf({}));
    expect(silent).not.toMatch(/fresh|webhooks|quota|waits|queue/u);
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

describe('the day’s calls', () => {
  const resetAt = new Date('2026-11-27T23:00:00Z');
  const pool = {
    max: 20_000,
    share: 10_000,
    used: 9_003,
    left: 0,
    leftForUrgent: 997,
    reserve: 1_000,
    resetAt,
    accountRemaining: 12_345,
    observedAt: at,
  };
  const waiting = [
    { priority: 0, count: 1, since: minutesAgo(1) },
    { priority: 1, count: 20, since: minutesAgo(9) },
    { priority: 2, count: 4_680, since: minutesAgo(9) },
  ] as const;
  const quotaOf = async (quota: ConnectionStatus['quota']) =>
    (await status(reportOf({ connections: [{ ...connection, quota }] }))).out;

  it('are told, what waits for them by urgency, until when and why, and what can be done', async () => {
    const waits = { until: resetAt, reason: 'reserve', pushes: 4_700 } as const;
    const out = await quotaOf({ pool, waiting, waits, remedy: 'Wait, or raise quota.dailyShare.' });
    expect(out).toMatch(
      /quota +9,003 of our 10,000 calls used, none left and 997 for a new status or tier; the account has 12,345 of 20,000 left, until 2026-11-27 23:00 UTC/u,
    );
    // What is urgent does not wait.
    expect(out).toMatch(
      /waits +20 hot with a new score, 4,680 with a new score until 2026-11-27 23:00 UTC: what is left of the calls is kept for a new status or tier/u,
    );
    expect(out).toContain('→ Wait, or raise quota.dailyShare.');
  });

  it.each([
    ['share', 'our share of the day’s calls is used up'],
    ['account', 'all users of the account have nearly used up its calls of the day'],
    ['crm', 'the CRM takes no more calls'],
  ] as const)('that are gone (%s) make everything wait', async (reason, why) => {
    const out = await quotaOf({ pool, waiting, waits: { until: resetAt, reason, pushes: 4_701 }, remedy: 'Wait.' });
    expect(out).toContain(
      `1 with a new status or tier, 20 hot with a new score, 4,680 with a new score until 2026-11-27 23:00 UTC: ${why}`,
    );
    const nothing = await quotaOf({ pool, waiting: [], waits: { until: resetAt, reason, pushes: 0 }, remedy: 'Wait.' });
    expect(nothing).toContain(`everything until 2026-11-27 23:00 UTC: ${why}`);
  });

  it('have no share where no maximum is known, and are not told where none was made', async () => {
    const unknown = { ...pool, max: null, share: null, left: null, leftForUrgent: null, accountRemaining: null };
    expect(await quotaOf({ pool: unknown, waiting, waits: null, remedy: null })).toMatch(
      /quota +9,003 calls used, until 2026-11-27 23:00 UTC/u,
    );
    expect(await quotaOf({ pool: null, waiting, waits: null, remedy: null })).not.toContain('quota');
  });
});

describe('the queue', () => {
  const idle = { waiting: 0, oldestWaitingMs: null, active: 0, oldestActiveMs: null, failed: 0 };
  const queueOf = (sync: Partial<QueueFacts['kinds'][number]>, workers: number): QueueStatus => {
    const kinds = [
      { ...idle, kind: 'hints', active: 1, oldestActiveMs: 20_000 },
      { ...idle, kind: 'sync', ...sync },
    ];
    const facts = { kinds, workers, processes: workers + 1 };
    return { ...facts, remedy: queueRemedy(facts) };
  };

  it('is told by kind, with what has waited longest, and who works', async () => {
    const queue = queueOf({ waiting: 1_200, oldestWaitingMs: 3_000, failed: 2 }, 1);
    const { out, code } = await status(reportOf({}, { queue }));
    expect(out).toContain(
      'queue  waiting: 1,200 sync (the longest for 3 s); at work: 1 hints (the longest for 20 s); given up within the hour: 2 sync; 1 worker',
    );
    expect(out).not.toContain('→ Nobody');
    expect(code).toBe(0);
  });

  it('that nobody looks at needs a person, after the moment that a worker takes to begin', async () => {
    const { out, code } = await status(reportOf({}, { queue: queueOf({ waiting: 2, oldestWaitingMs: 60_000 }, 0) }));
    expect(code).toBe(1);
    expect(out).toContain('no worker in 1 daemon\n→ Nobody works. Start one: leadloop serve --roles worker');
    expect(out).toContain('needs a person: queue');
    const early = await status(reportOf({}, { queue: queueOf({ waiting: 2, oldestWaitingMs: 5_000 }, 0) }));
    expect(early.code).toBe(0);
  });

  it('whose workers are all busy for long says what helps, and needs nobody', async () => {
    const queue = queueOf({ waiting: 2, oldestWaitingMs: 600_000 }, 2);
    const { out, code } = await status(reportOf({}, { queue }));
    expect(code).toBe(0);
    expect(out).toContain('→ All workers are busy. Start one more process: leadloop serve --roles worker');
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
    expect(out).toContain('What waited after failures is tried at the next tick (1).');
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
