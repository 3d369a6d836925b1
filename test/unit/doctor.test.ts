import { describe, expect, it } from 'vitest';
import type { ServerFacts } from '../../src/db/server-facts.ts';
import type { QueueFacts } from '../../src/db/queue-facts.ts';
import { lockKey } from '../../src/db/advisory-lock.ts';
import { lockFindings, type LockSubject } from '../../src/doctor/lock-findings.ts';
import { pauseFinding, standingFinding, workFindings } from '../../src/doctor/org-findings.ts';
import { queueFindings, type Scheduled, schedulerFindings } from '../../src/doctor/queue-findings.ts';
import { serverFindings } from '../../src/doctor/server-findings.ts';

import { runsAfter } from '../../src/scheduler/calendar.ts';

const now = new Date('2026-11-27T10:00:00Z');
const server: ServerFacts = {
  version: '18.1',
  versionNumber: 180_001,
  now,
  isReplica: false,
  isReadOnly: false,
  connections: 12,
  maxConnections: 97,
  statementTimeoutMs: 0,
  idleSessionTimeoutMs: 0,
  isUnsafe: false,
};
const badOf = (facts: Partial<ServerFacts>) =>
  serverFindings({ ...server, ...facts }, now).filter(({ level }) => level !== 'ok');

describe('the server', () => {
  it('is fine as it comes', () => {
    expect(badOf({})).toEqual([]);
  });

  it.each([
    ['too old', { version: '14.2', versionNumber: 140_002 }, 'failure', 'DATABASE_URL'],
    ['a replica', { isReplica: true }, 'failure', 'primary'],
    ['read-only', { isReadOnly: true }, 'failure', 'set default_transaction_read_only = off'],
    ['of another time', { now: new Date('2026-11-27T10:01:00Z') }, 'failure', 'timedatectl set-ntp true'],
    ['full', { connections: 90 }, 'warning', 'alter system set max_connections = 200'],
    ['impatient', { statementTimeoutMs: 5_000 }, 'warning', 'set statement_timeout = 0'],
    ['fond of closing sessions', { idleSessionTimeoutMs: 5_000 }, 'warning', 'set idle_session_timeout = 0'],
    ['careless', { isUnsafe: true }, 'failure', 'alter system set fsync = on'],
  ] as const)('that is %s is named, with what to do', (_, facts, level, remedy) => {
    expect(badOf(facts)).toEqual([
      expect.objectContaining({ level, remedy: expect.stringContaining(remedy) as string }),
    ]);
  });
});

describe('leases', () => {
  const subject = { org: 'acme', name: 'acme-hubspot', type: 'connection', id: 'c-1' } as const;
  const holder = { key: lockKey('connection c-1'), pid: 4711, silentMs: 4_000, since: now };
  const run = {
    id: 'r-1',
    org: 'acme',
    orgId: 'o-1',
    connectionId: 'c-1',
    sourceId: null,
    name: 'acme-hubspot',
    startedAt: now,
  };
  const rescoring = { ...run, id: 'r-2', connectionId: null, name: null };

  it('that are held by living processes are fine, and so are their runs', () => {
    expect(lockFindings([holder], [subject], [run])).toEqual([expect.objectContaining({ level: 'ok' })]);
  });

  it('whose holder is silent are named with the statement that ends it', () => {
    const [finding] = lockFindings([{ ...holder, silentMs: 300_000 }], [subject], [run]);
    expect(finding).toMatchObject({
      level: 'warning',
      message: 'the lock of acme/acme-hubspot is held by a process that has been silent for 5 min',
      remedy: `The next run that wants it takes it over by itself. At once: psql "$DATABASE_URL" -c 'select pg_terminate_backend(4711)'`,
    });
  });

  it('are stuck when their holder has been silent for longer than whoever wants them waits', () => {
    const at = (silentMs: number) => lockFindings([{ ...holder, silentMs }], [subject], [run])[0]?.level;
    expect([at(4_000), at(19_000), at(21_000)]).toEqual(['ok', 'ok', 'warning']);
  });

  it('may be those of credentials, of a source, or of an organisation’s rescoring', () => {
    const named = (type: LockSubject['type'], name: string | null) =>
      lockFindings(
        [{ ...holder, key: lockKey(`${type} x`), silentMs: 30_000 }],
        [{ org: 'acme', name, type, id: 'x' }],
        [],
      )[0]?.message;
    expect(named('credentials', 'crm')).toContain('the lock of the credentials of acme/crm is held');
    expect(named('source', 'usage')).toContain('the lock of acme/usage is held');
    expect(named('org', null)).toContain('the lock of the rescoring of acme is held');
  });

  it('of an organisation’s rescoring belong to the runs of neither a connection nor a source', () => {
    const held = [{ ...holder, key: lockKey('org o-1') }];
    expect(lockFindings(held, [], [rescoring])).toEqual([expect.objectContaining({ level: 'ok' })]);
    expect(lockFindings([], [], [rescoring])).toEqual([
      expect.objectContaining({ subject: 'rescoring of acme', remedy: 'leadloop serve' }),
    ]);
    const ofSource = { ...run, connectionId: null, sourceId: 's-1', name: 'usage' };
    expect(lockFindings([], [], [ofSource])).toEqual([
      expect.objectContaining({ remedy: 'leadloop import --source usage --org acme' }),
    ]);
  });

  it('that nobody holds leave a run open, which the next one closes', () => {
    expect(lockFindings([], [subject], [run])).toEqual([
      expect.objectContaining({
        level: 'warning',
        subject: 'run of acme/acme-hubspot',
        remedy: 'leadloop sync acme-hubspot',
      }),
    ]);
  });
});

describe('an organisation', () => {
  const health = {
    state: 'paused',
    code: 'crm-credentials',
    message: 'Refused.',
    remedy: 'Renew it.',
    failuresInRow: 2,
    since: now,
    tryAgainAt: now,
    lastSuccessAt: null,
  } as const;
  const entry = { org: 'acme', name: 'acme-hubspot' };
  const pause = { of: 'connection', direction: 'push', reason: 'sales', since: now } as const;

  it('has connections that are paused, failing, or stopped by a person', () => {
    expect(standingFinding('connection', entry, { health, pauses: [] })).toMatchObject({
      level: 'failure',
      remedy: 'Renew it.',
    });
    expect(
      standingFinding('connection', entry, { health: { ...health, state: 'failing', remedy: null }, pauses: [] }),
    ).toMatchObject({
      level: 'warning',
      message: 'failing, 2 times in a row: Refused.',
      remedy: 'leadloop check acme-hubspot',
    });
    expect(standingFinding('connection', entry, { health: null, pauses: [pause] })).toMatchObject({
      level: 'warning',
      remedy: 'leadloop resume acme-hubspot',
    });
    expect(standingFinding('connection', entry, { health: null, pauses: [] })).toMatchObject({ level: 'ok' });
    expect(standingFinding('source', { org: 'acme', name: 'usage' }, { health, pauses: [] })).toMatchObject({
      level: 'failure',
      subject: 'source acme/usage',
    });
    expect(pauseFinding('acme', { ...pause, of: 'org' })).toMatchObject({ remedy: 'leadloop resume --org acme' });
  });

  it('has writes that were refused, and alerts that reached nobody', () => {
    const alerts = { waiting: 1, givenUp: 2, lastError: 'the address answered 404' };
    expect(workFindings({ org: 'acme', dead: [{ connection: 'crm', dead: 3 }], alerts })).toMatchObject([
      { level: 'warning', subject: 'writes of acme/crm', remedy: 'leadloop rejected retry crm' },
      {
        level: 'warning',
        subject: 'alerts of acme',
        remedy: expect.stringContaining('"$LEADLOOP_ALERT_URL"') as string,
      },
    ]);
    expect(workFindings({ org: 'acme', dead: [], alerts: { waiting: 0, givenUp: 0, lastError: null } })).toEqual([]);
  });
});

describe('the queue', () => {
  const idle = { waiting: 0, oldestWaitingMs: null, active: 0, oldestActiveMs: null, failed: 0 };
  const queueOf = (sync: Partial<QueueFacts['kinds'][number]>, workers = 1): QueueFacts => ({
    kinds: [
      { ...idle, kind: 'hints' },
      { ...idle, kind: 'sync', ...sync },
    ],
    workers,
    processes: 1,
  });

  it('that is not there means that no daemon has run: bad news only where something has a schedule', () => {
    expect(queueFindings(null, false)).toMatchObject([{ level: 'ok', subject: 'queue' }]);
    expect(queueFindings(null, true)).toMatchObject([{ level: 'warning', remedy: 'leadloop serve' }]);
  });

  it('is fine while wake-ups are looked at, and for a moment without a worker', () => {
    expect(queueFindings(queueOf({ waiting: 3, oldestWaitingMs: 60_000, active: 8 }), true)).toMatchObject([
      { level: 'ok' },
    ]);
    expect(queueFindings(queueOf({ waiting: 3, oldestWaitingMs: 2_000 }, 0), true)).toMatchObject([{ level: 'ok' }]);
  });

  it('is named when wake-ups wait for long, or nobody is there', () => {
    expect(queueFindings(queueOf({ waiting: 3, oldestWaitingMs: 400_000 }), true)).toEqual([
      {
        level: 'warning',
        subject: 'queue',
        message: '3 sync wait for a worker, the longest for 7 min; 1 alive',
        remedy: 'All workers are busy. Start one more process: leadloop serve --roles worker',
      },
    ]);
    expect(queueFindings(queueOf({ waiting: 1, oldestWaitingMs: 60_000 }, 0), true)).toMatchObject([
      { remedy: 'Nobody works. Start one: leadloop serve --roles worker' },
    ]);
  });

  it('is named when wake-ups were given up', () => {
    expect(queueFindings(queueOf({ failed: 2 }), true)).toMatchObject([
      { level: 'warning', subject: 'failed wake-ups', message: expect.stringContaining('2 sync given up') as string },
    ]);
  });
});

describe('a scheduler', () => {
  const one: Scheduled = {
    type: 'connection',
    org: 'acme',
    name: 'crm',
    id: 'c-1',
    schedule: '*/15 * * * *',
    timeZone: 'UTC',
    pausedReason: null,
    lastTickAt: new Date('2026-11-27T09:15:00Z'),
  };
  const found = (
    changed: Partial<Scheduled>,
    facts: { queued?: ReadonlySet<string>; held?: ReadonlySet<string> } = {},
  ) =>
    schedulerFindings(
      { scheduled: [{ ...one, ...changed }], queued: new Set(), held: new Set(), now, ...facts },
      runsAfter,
    );

  it('is missing where two ticks have passed and nothing holds the connection', () => {
    expect(found({})).toEqual([
      {
        level: 'warning',
        subject: 'scheduler',
        message: 'no scheduler seems to run: the last tick of acme/crm was at 2026-11-27 09:15 UTC',
        remedy: 'leadloop serve',
      },
    ]);
    expect(found({ lastTickAt: new Date('2026-11-27T09:45:00Z') })).toEqual([]);
  });

  it('is not missed at a weekend by a schedule of working days', () => {
    const friday = new Date('2026-11-20T09:00:00Z');
    const workdays = { schedule: '0 9 * * 1-5', lastTickAt: friday };
    const at = (day: string) =>
      schedulerFindings(
        { scheduled: [{ ...one, ...workdays }], queued: new Set(), held: new Set(), now: new Date(day) },
        runsAfter,
      );
    expect(at('2026-11-23T08:59:00Z')).toEqual([]);
    expect(at('2026-11-24T09:01:00Z')).toHaveLength(1);
  });

  it('is there where something is queued or under way, and nobody misses it where nothing is to run', () => {
    expect(found({}, { queued: new Set(['c-1']) })).toEqual([]);
    expect(found({}, { held: new Set([lockKey('connection c-1')]) })).toEqual([]);
    for (const held of [{ pausedReason: 'moving house' }, { schedule: null }, { lastTickAt: null }])
      expect(found(held)).toEqual([]);
  });
});
