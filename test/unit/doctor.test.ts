import { describe, expect, it } from 'vitest';
import type { ServerFacts } from '../../src/db/server-facts.ts';
import { lockKey } from '../../src/db/advisory-lock.ts';
import { lockFindings } from '../../src/doctor/lock-findings.ts';
import { connectionFinding, pauseFinding, workFindings } from '../../src/doctor/org-findings.ts';
import { serverFindings } from '../../src/doctor/server-findings.ts';

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
    ['full', { connections: 90 }, 'warning', 'alter system set max_connections = 150'],
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
  const run = { id: 'r-1', org: 'acme', connectionId: 'c-1', sourceId: null, name: 'acme-hubspot', startedAt: now };

  it('that are held by living processes are fine, and so are their runs', () => {
    expect(lockFindings([holder], [subject], [run])).toEqual([expect.objectContaining({ level: 'ok' })]);
  });

  it('whose holder is silent are named with the statement that ends it', () => {
    const [finding] = lockFindings([{ ...holder, silentMs: 300_000 }], [subject], [run]);
    expect(finding).toMatchObject({
      level: 'warning',
      message: 'the lock of acme/acme-hubspot is held by a process that has been silent for 5 min',
      remedy: `psql "$DATABASE_URL" -c 'select pg_terminate_backend(4711)'`,
    });
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
    expect(connectionFinding(entry, { health, pauses: [] })).toMatchObject({ level: 'failure', remedy: 'Renew it.' });
    expect(
      connectionFinding(entry, { health: { ...health, state: 'failing', remedy: null }, pauses: [] }),
    ).toMatchObject({
      level: 'warning',
      message: 'failing, 2 times in a row: Refused.',
      remedy: 'leadloop check acme-hubspot',
    });
    expect(connectionFinding(entry, { health: null, pauses: [pause] })).toMatchObject({
      level: 'warning',
      remedy: 'leadloop resume acme-hubspot',
    });
    expect(connectionFinding(entry, { health: null, pauses: [] })).toMatchObject({ level: 'ok' });
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
