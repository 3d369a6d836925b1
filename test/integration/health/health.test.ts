import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AuthError, TransientError } from '../../../src/connector-sdk/errors.ts';
import { endOfError, recordHealth, type RecordedEnd } from '../../../src/health/record-health.ts';
import { standingOf } from '../../../src/health/standing.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { openOn } from '../../support/loop-app.ts';
import { sandboxToken } from '../../support/loop-side.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const small = { sandbox: { contacts: 3 }, pull: { objects: [] } };
const quiet = () => ({ signal: new AbortController().signal, onProgress: () => undefined });

const subjectOf = ({ orgId, connectionId: id, name }: Loop) =>
  ({ type: 'connection', orgId, org: 'acme', id, name }) as const;
const healthOf = async ({ db }: Loop) => (await db.sql<Record<string, unknown>>('select * from connection_health'))[0];
const kindsOf = async ({ db }: Loop) =>
  (await db.sql<{ kind: string }>('select kind from alerts order by created_at, id')).map(({ kind }) => kind);

function servicesAt(loop: Loop, minutes = 0) {
  const at = new Date(Date.parse('2026-11-27T10:00:00Z') + minutes * 60_000);
  return { database: loop.db.database, now: () => at, newId: randomUUID };
}

const good: RecordedEnd = { runId: null, status: 'succeeded', failure: null, nextTryAt: null };
const refused = endOfError(new AuthError('The token was refused.'));
const away = endOfError(new TransientError('The CRM is away.'));

test('credentials that die pause a connection, with one alert, and good ones heal it, with one more', async () => {
  await using loop = await startLoop({ ...small, credentials: { accessToken: 'expired' } });
  await using app = await openOn(loop);
  expect(await app.sync('acme-hubspot', { ...syncing(), ...quiet() })).toMatchObject({ status: 'failed' });
  expect(await app.sync('acme-hubspot', { ...syncing(), ...quiet() })).toMatchObject({ status: 'failed' });
  expect(await healthOf(loop)).toMatchObject({
    state: 'paused',
    code: 'crm-credentials',
    remedy: expect.stringMatching(/\w/u) as string,
    failures_in_row: 2,
  });
  expect(await kindsOf(loop)).toEqual(['paused']);
  const [alert] = await loop.db.sql('select title, last_error, sent_at from alerts');
  expect(alert).toEqual({
    title: 'acme/acme-hubspot is paused',
    last_error: 'LEADLOOP_ALERT_URL is not set',
    sent_at: null,
  });
  const services = { database: loop.db.database, now: () => new Date() };
  expect(await standingOf(services, subjectOf(loop))).toMatchObject({ pull: false, push: false });

  // New credentials are tried at once, by whoever runs the schedule.
  await using folder = await tempFolder();
  await writeFile(join(folder.path, 'token'), sandboxToken);
  const file = join(folder.path, 'leadloop.yaml');
  await writeFile(
    file,
    `orgs:\n  - slug: acme\n    connections:\n      - name: acme-hubspot\n        kind: hubspot\n        baseUrl: ${loop.crm.url}\n        credentials: { accessToken: { file: token } }\n`,
  );
  await app.apply(file, { dryRun: false });
  expect(await standingOf(services, subjectOf(loop))).toMatchObject({ pull: true, push: true });
  expect(await healthOf(loop)).toMatchObject({ state: 'paused', try_again_at: null });

  expect(await app.sync('acme-hubspot', { ...syncing(), ...quiet() })).toMatchObject({ status: 'succeeded' });
  expect(await healthOf(loop)).toMatchObject({
    state: 'healthy',
    code: null,
    last_success_at: expect.any(Date) as Date,
  });
  expect(await kindsOf(loop)).toEqual(['paused', 'recovered']);
});

function syncing() {
  return { full: false, acceptMissing: false, pullOnly: true, dryRun: false };
}

test('a run counts once, and one that ended before another counts nothing after it', async () => {
  await using loop = await startLoop(small);
  const ids = [randomUUID(), randomUUID()] as const;
  for (const [minute, id] of ids.entries())
    await loop.db.sql(
      `insert into sync_runs (id, org_id, connection_id, kind, status, started_at, heartbeat_at, ended_at)
       values ($1, $2, $3, 'sync', 'failed', now(), now(), now() + make_interval(mins => $4))`,
      [id, loop.orgId, loop.connectionId, minute],
    );
  const subject = subjectOf(loop);
  await recordHealth(servicesAt(loop), subject, { ...good, runId: ids[1] });
  expect(await recordHealth(servicesAt(loop), subject, { ...good, runId: ids[1] })).toBeNull();
  expect(await recordHealth(servicesAt(loop), subject, { ...refused, runId: ids[0] })).toBeNull();
  expect(await healthOf(loop)).toMatchObject({ state: 'healthy', version: 0 });
});

test('of many ends that come together none is lost, and one alert is written', async () => {
  await using loop = await startLoop(small);
  const subject = subjectOf(loop);
  await recordHealth(servicesAt(loop), subject, good);
  await Promise.all([1, 2, 3, 4].map(() => recordHealth(servicesAt(loop, 1), subject, away)));
  expect(await healthOf(loop)).toMatchObject({ state: 'failing', failures_in_row: 4 });
  expect(await kindsOf(loop)).toEqual(['failing']);
});

test('resume tries at once what waits, and its recovery is told', async () => {
  await using loop = await startLoop(small);
  await using app = await openOn(loop);
  const subject = subjectOf(loop);
  for (const minute of [0, 1, 2]) await recordHealth(servicesAt(loop, minute), subject, away);
  expect(await standingOf(servicesAt(loop, 2), subject)).toMatchObject({
    pull: false,
    push: false,
    reason: 'The CRM is away.',
    until: new Date('2026-11-27T10:03:00Z'),
  });
  const wish = { org: null, name: 'acme-hubspot', direction: 'all' } as const;
  expect(await app.resume(wish)).toMatchObject({ changed: true, triedAtOnce: 1, lifted: [], still: [] });
  expect(await app.resume(wish)).toMatchObject({ changed: false, triedAtOnce: 0 });
  expect(await standingOf(servicesAt(loop, 2), subject)).toMatchObject({ pull: true, push: true });
  await recordHealth(servicesAt(loop, 3), subject, good);
  expect(await kindsOf(loop)).toEqual(['failing', 'recovered']);
  expect(await loop.db.sql('select action, subject from audit_log')).toEqual([
    { action: 'connection.resume', subject: 'acme-hubspot' },
  ]);
});

test('a look that goes well neither heals what a sync has found nor hides that it keeps failing', async () => {
  await using loop = await startLoop(small);
  const subject = subjectOf(loop);
  let minute = 0;
  const end = async (kind: string, failure: RecordedEnd['failure']): Promise<void> => {
    minute += 1;
    const runId = randomUUID();
    const services = servicesAt(loop, minute);
    const status = failure === null ? 'succeeded' : 'failed';
    await loop.db.sql(
      `insert into sync_runs (id, org_id, connection_id, kind, status, started_at, heartbeat_at, ended_at)
       values ($1, $2, $3, $4, $5, $6, $6, $6)`,
      [runId, loop.orgId, loop.connectionId, kind, status, services.now()],
    );
    await recordHealth(services, subject, { runId, status, failure, nextTryAt: null });
  };
  for (let n = 0; n < 3; n += 1) {
    await end('sync', away.failure);
    await end('live', null);
    await end('hints', null);
  }
  expect(await kindsOf(loop)).toEqual(['failing']);
  await end('sync', null);
  expect(await kindsOf(loop)).toEqual(['failing', 'recovered']);
  // What a look has stumbled over a look may heal.
  await end('hints', refused.failure);
  await end('hints', null);
  expect(await kindsOf(loop)).toEqual(['failing', 'recovered', 'paused', 'recovered']);
});
