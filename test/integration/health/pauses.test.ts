import { expect, test } from 'vitest';
import { standingOf } from '../../../src/health/standing.ts';
import { startLoop } from '../../support/loop.ts';
import { startProxy } from '../../support/loop-proxy.ts';
import { openOn } from '../../support/loop-app.ts';

const small = { sandbox: { contacts: 5 }, pull: { objects: [] }, push: 'auto' } as const;
const quiet = () => ({ signal: new AbortController().signal, onProgress: () => undefined });
const syncing = { full: false, acceptMissing: false, pullOnly: false, dryRun: false };
const connection = { org: null, name: 'acme-hubspot' };

test('while the push is paused everything is read, scored and planned, and nothing is written', async () => {
  await using loop = await startLoop(small);
  await using app = await openOn(loop);
  await app.pause({ ...connection, direction: 'push', reason: 'sales cleans up' });
  const report = await app.sync('acme-hubspot', { ...syncing, ...quiet() });
  expect(report).toMatchObject({ status: 'succeeded', paused: 'paused (push only): sales cleans up' });
  expect(report.counts).toMatchObject({ pulled: expect.any(Number) as number, pushed: 0 });
  expect(report.counts.planned).toBeGreaterThan(0);
  expect(await app.plan('acme-hubspot', quiet())).toMatchObject({
    blocked: {
      reason: 'paused (push only): sales cleans up',
      remedy: expect.stringContaining('leadloop resume') as string,
    },
  });
  await expect(app.push('acme-hubspot', quiet())).rejects.toMatchObject({
    code: 'connection-paused',
    exitCode: 75,
    remedy: 'To take the pause back: leadloop resume acme-hubspot',
  });
  const { orgs } = await app.status(null);
  expect(orgs).toMatchObject([{ connections: [{ runs: { reason: 'paused (push only): sales cleans up' } }] }]);

  await app.resume({ ...connection, direction: 'all' });
  expect((await app.sync('acme-hubspot', { ...syncing, ...quiet() })).counts.pushed).toBe(report.counts.planned);
});

test('a pause that comes while a run reads keeps it from writing', async () => {
  await using loop = await startLoop(small);
  await using app = await openOn(loop);
  let paused: Promise<unknown> | null = null;
  await using proxy = await startProxy(loop.crm.url, {
    async before(path) {
      if (!path.includes('contacts')) return;
      paused ??= app.pause({ ...connection, direction: 'push', reason: null });
      await paused;
    },
  });
  await loop.db.sql('update connections set base_url = $1', [proxy.url]);
  const report = await app.sync('acme-hubspot', { ...syncing, ...quiet() });
  expect(report).toMatchObject({ status: 'succeeded', paused: 'paused (push only): no reason was given' });
  expect(report.counts.pushed).toBe(0);
});

test('while the pull is paused what waits is written, and nothing is read', async () => {
  await using loop = await startLoop(small);
  await using app = await openOn(loop);
  await app.sync('acme-hubspot', { ...syncing, pullOnly: true, ...quiet() });
  await app.pause({ ...connection, direction: 'pull', reason: 'the CRM is being moved' });
  await expect(app.sync('acme-hubspot', { ...syncing, pullOnly: true, ...quiet() })).rejects.toMatchObject({
    code: 'connection-paused',
  });
  const report = await app.sync('acme-hubspot', { ...syncing, ...quiet() });
  expect(report.objects).toEqual([]);
  expect(report.counts.pushed).toBeGreaterThan(0);
});

test('pausing and resuming are answered, audited, and change nothing a second time', async () => {
  await using loop = await startLoop(small);
  await using app = await openOn(loop);
  const wish = { ...connection, direction: 'all', reason: 'moving house' } as const;
  expect(await app.pause(wish)).toEqual({
    of: 'connection',
    org: 'acme',
    name: 'acme-hubspot',
    direction: 'all',
    reason: 'moving house',
    changed: true,
  });
  expect(await app.pause({ ...wish, reason: null })).toMatchObject({ changed: false, reason: 'moving house' });
  expect(await app.pause({ ...wish, reason: 'moving on' })).toMatchObject({ changed: true, reason: 'moving on' });
  expect(await app.pause({ ...wish, name: null })).toMatchObject({ of: 'org', changed: true });

  // Of what is paused altogether one direction goes on, as far as the organisation lets it.
  const half = await app.resume({ ...connection, direction: 'pull' });
  expect(half).toMatchObject({ changed: true, lifted: [{ direction: 'all', reason: 'moving on' }] });
  expect(half.still).toMatchObject([
    { of: 'connection', direction: 'push', reason: 'moving on' },
    { of: 'org', direction: 'all' },
  ]);
  const subject = { type: 'connection', orgId: loop.orgId, id: loop.connectionId } as const;
  const services = { database: loop.db.database, now: () => new Date() };
  expect(await standingOf(services, subject)).toMatchObject({
    pull: false,
    push: false,
    reason: 'the organisation is paused: moving house',
  });
  await expect(app.sync('acme-hubspot', { ...syncing, ...quiet() })).rejects.toMatchObject({
    remedy: 'To take the pause back: leadloop resume --org acme',
  });
  await app.resume({ org: null, name: null, direction: 'all' });
  expect(await standingOf(services, subject)).toMatchObject({ pull: true, push: false });
  expect(await app.resume({ org: null, name: null, direction: 'all' })).toMatchObject({ changed: false });
  expect(
    (await loop.db.sql<{ action: string }>('select action from audit_log order by id')).map(({ action }) => action),
  ).toEqual(['connection.pause', 'connection.pause', 'org.pause', 'connection.resume', 'org.resume']);
  expect(
    await loop.db.sql(`select before, after from audit_log where action = 'connection.pause' order by id`),
  ).toEqual([
    { before: null, after: { direction: 'all', reason: 'moving house' } },
    { before: { direction: 'all', reason: 'moving house' }, after: { direction: 'all', reason: 'moving on' } },
  ]);
});

test('what is not there cannot be paused, and a source is not written to', async () => {
  await using loop = await startLoop(small);
  await using app = await openOn(loop);
  await loop.db.sql(
    `insert into data_sources (org_id, name, kind, query) values ($1, 'product-usage', 'usage', 'select 1')`,
    [loop.orgId],
  );
  const wish = { org: null, direction: 'all', reason: null } as const;
  await expect(app.pause({ ...wish, name: 'acme-pipedrive' })).rejects.toMatchObject({ code: 'connection-unknown' });
  await expect(app.pause({ ...wish, name: null, org: 'umbrella' })).rejects.toMatchObject({ code: 'org-unknown' });
  await expect(app.pause({ ...wish, name: 'product-usage', direction: 'push' })).rejects.toMatchObject({
    code: 'usage',
  });
  expect(await app.pause({ ...wish, name: 'product-usage' })).toMatchObject({ of: 'source', changed: true });
  await expect(app.importSource('product-usage', { org: null, full: false, ...quiet() })).rejects.toMatchObject({
    code: 'connection-paused',
    remedy: 'To take the pause back: leadloop resume product-usage --org acme',
  });
});
