import { Client } from 'pg';
import { expect, test } from 'vitest';
import type { CheckFinding } from '../../../src/connector-sdk/index.ts';
import { lockKey } from '../../../src/db/advisory-lock.ts';
import { readLockHolders } from '../../../src/db/server-facts.ts';
import { revertMigrations } from '../../../src/db/migrate.ts';
import { openQueue } from '../../../src/scheduler/queue.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { openOn } from '../../support/loop-app.ts';
import { startScripted } from '../../support/scripted-server.ts';

const small = { sandbox: { contacts: 3 }, pull: { objects: [] } };
const signal = new AbortController().signal;

/** Without what the server of the tests is meant to be: fast, and not safe. */
const notOk = (findings: readonly CheckFinding[]) =>
  findings.filter(({ level, subject }) => level !== 'ok' && subject !== 'durability');

async function examined(loop: Loop, isOffline = true): Promise<readonly CheckFinding[]> {
  await using app = await openOn(loop);
  return await app.doctor({ isOffline, signal });
}

const alertsGoNowhere = expect.objectContaining({ level: 'warning', subject: 'alerts' }) as CheckFinding;

test('a healthy machine has no finding but that nobody is told, and every finding that is not ok says what to do', async () => {
  await using loop = await startLoop(small);
  const findings = await examined(loop);
  expect(notOk(findings)).toEqual([alertsGoNowhere]);
  expect(findings.map(({ subject }) => subject).filter((subject) => subject !== 'durability')).toEqual([
    'database',
    'clock',
    'connections of the database',
    'schema',
    'key',
    'key of acme/acme-hubspot',
    'leases',
    'queue',
    'alerts',
    'connection acme/acme-hubspot',
  ]);
});

test('unless it is offline every CRM is asked: account, scopes, quota, mapped fields', async () => {
  await using loop = await startLoop(small);
  const findings = await examined(loop, false);
  const subjects = findings.map(({ subject }) => subject);
  for (const what of ['scope crm.objects.contacts.read', 'quota', 'contacts.in recent_conversion_event_name'])
    expect(subjects).toContain(`acme/acme-hubspot ${what}`);
  for (const { remedy } of notOk(findings)) expect(remedy).toMatch(/\w{3}/u);
});

test('credentials that the CRM refuses, and a CRM that is away, are named with a remedy', async () => {
  await using loop = await startLoop({ ...small, credentials: { accessToken: 'expired' } });
  const refused = notOk(await examined(loop, false)).filter(({ subject }) => subject.startsWith('acme/'));
  expect(refused.length).toBeGreaterThan(0);
  for (const { remedy } of refused) expect(remedy).toMatch(/\w{3}/u);
  await loop.db.sql('update connections set credentials_sealed = null');
  expect(notOk(await examined(loop, false))).toContainEqual(
    expect.objectContaining({ level: 'failure', subject: 'acme/acme-hubspot connection-unauthorised' }),
  );
});

test('a CRM that does not answer ends with its time limit, not with the patience of whoever asks', async () => {
  await using loop = await startLoop(small);
  await using silent = await startScripted(() => undefined);
  await loop.db.sql('update connections set base_url = $1', [silent.url]);
  const { crmFindings } = await import('../../../src/doctor/crm-findings.ts');
  const { listConnections } = await import('../../../src/db/queries/directory.ts');
  const entries = await loop.db.database.operator(listConnections);
  const findings = await crmFindings({ services: loop.services, signal, timeoutMs: 200 }, entries);
  expect(findings).toEqual([
    {
      level: 'failure',
      subject: 'acme/acme-hubspot',
      message: 'no answer within 0 s',
      remedy: 'leadloop check acme-hubspot',
    },
  ]);
});

test('migrations that have not run are named before anything else is looked for', async () => {
  await using loop = await startLoop(small);
  await revertMigrations(loop.db.database, 'previous');
  expect(notOk(await examined(loop))).toEqual([
    { level: 'failure', subject: 'schema', message: '1 migrations have not run', remedy: 'leadloop migrate' },
  ]);
});

test('secrets that no key of this machine opens are named, each with its connection', async () => {
  await using loop = await startLoop(small);
  await loop.db.sql(`update connections set credentials_key_id = 'lost'`);
  expect(notOk(await examined(loop))).toContainEqual({
    level: 'failure',
    subject: 'key of acme/acme-hubspot',
    message: 'These credentials were sealed with the key "lost", which is not among ours.',
    remedy: expect.stringContaining('LEADLOOP_KEY') as string,
  });
  await loop.db.sql(`update connections set credentials_key_id = 'test', credentials_sealed = 'x'`);
  expect(notOk(await examined(loop))).toContainEqual(
    expect.objectContaining({ level: 'failure', subject: 'key of acme/acme-hubspot' }),
  );
});

test('who holds a lock is seen, with what ends it, and a run without a holder is named', async () => {
  await using loop = await startLoop(small);
  const name = `connection ${loop.connectionId}`;
  await loop.db.sql(
    `insert into sync_runs (id, org_id, connection_id, kind, status, started_at, heartbeat_at)
     values (gen_random_uuid(), $1, $2, 'sync', 'running', now(), now())`,
    [loop.orgId, loop.connectionId],
  );
  const orphan = { level: 'warning', subject: 'run of acme/acme-hubspot', remedy: 'leadloop sync acme-hubspot' };
  expect(notOk(await examined(loop))).toContainEqual(expect.objectContaining(orphan));
  {
    await using lock = await loop.db.database.lock(name);
    expect(lock).not.toBeNull();
    expect(notOk(await examined(loop))).toEqual([alertsGoNowhere]);
    const [holder, ...others] = await readLockHolders(loop.db.database);
    expect(others).toEqual([]);
    expect(holder).toMatchObject({ key: lockKey(name), silentMs: expect.any(Number) as number });
    // Another database of the same server, and other programs' locks, are none of ours.
    const other = new Client({ connectionString: loop.db.url, application_name: 'somebody else' });
    await other.connect();
    await other.query('select pg_advisory_lock(1)');
    expect(await readLockHolders(loop.db.database)).toHaveLength(1);
    await other.end();
    // What the remedy says works.
    await loop.db.sql('select pg_terminate_backend($1)', [holder!.pid]);
    await expect.poll(() => readLockHolders(loop.db.database)).toEqual([]);
  }
});

test('refused writes, pauses and alerts that reached nobody are named', async () => {
  await using loop = await startLoop({ ...small, push: 'auto' });
  await loop.sync();
  await loop.db.sql(`update push_states set state = 'dead'`);
  await loop.db.sql(
    `insert into alerts (id, org_id, connection_id, kind, title, text, created_at, last_error)
     values (gen_random_uuid(), $1, $2, 'paused', 't', 't', now(), 'the address answered 404')`,
    [loop.orgId, loop.connectionId],
  );
  await using app = await openOn(loop);
  await app.pause({ org: null, name: null, direction: 'push', reason: 'moving house' });
  const bad = notOk(await app.doctor({ isOffline: true, signal }));
  expect(bad.map(({ subject, remedy }) => [subject, remedy])).toEqual([
    ['organisation acme', 'leadloop resume --org acme'],
    ['writes of acme/acme-hubspot', 'leadloop rejected retry acme-hubspot'],
    ['alerts of acme', expect.stringContaining('curl') as string],
    ['alerts', expect.stringContaining('export LEADLOOP_ALERT_URL') as string],
  ]);
});

test('a rescoring that is under way is no finding, and one that nobody runs is', async () => {
  await using loop = await startLoop(small);
  await loop.db.sql(
    `insert into sync_runs (id, org_id, kind, status, started_at, heartbeat_at)
     values (gen_random_uuid(), $1, 'rescore', 'running', now(), now())`,
    [loop.orgId],
  );
  {
    await using lock = await loop.db.database.lock(`org ${loop.orgId}`);
    expect(lock).not.toBeNull();
    expect(notOk(await examined(loop))).toEqual([alertsGoNowhere]);
  }
  await expect.poll(() => readLockHolders(loop.db.database)).toEqual([]);
  expect(notOk(await examined(loop))).toContainEqual(
    expect.objectContaining({ subject: 'rescoring of acme', remedy: 'leadloop serve' }),
  );
});

test('without a daemon schedules wait: for the first one, for a scheduler, for a worker', async () => {
  await using loop = await startLoop(small);
  const found = async (): Promise<unknown[]> =>
    notOk(await examined(loop))
      .filter(({ subject }) => subject !== 'alerts')
      .map(({ subject, remedy }) => [subject, remedy]);
  await loop.db.sql(`update connections set schedule = '*/15 * * * *', last_tick_at = now()`);
  expect(await found()).toEqual([['queue', 'leadloop serve']]);

  const queue = await openQueue({ url: loop.db.url, log: () => undefined });
  try {
    expect(await found()).toEqual([]);
    await loop.db.sql(`update connections set last_tick_at = now() - interval '1 hour'`);
    expect(await found()).toEqual([['scheduler', 'leadloop serve']]);
    await queue.wake({ kind: 'sync', orgId: loop.orgId, subjectId: loop.connectionId, tickAt: null });
    expect(await found()).toEqual([]);
    const minutesAgo = `created_on = now() - interval '6 minutes', start_after = now() - interval '6 minutes'`;
    await loop.db.sql(`update pgboss.job set ${minutesAgo}`);
    expect(await found()).toEqual([['queue', 'Nobody works. Start one: leadloop serve --roles worker']]);
    await loop.db.sql(`update connections set last_tick_at = now()`);
    await loop.db.sql(`update pgboss.job set state = 'failed', completed_on = now()`);
    expect(await found()).toEqual([['failed wake-ups', expect.stringContaining('leadloop sync') as string]]);
  } finally {
    await queue.stop(0);
  }
});
