import { expect, test } from 'vitest';
import { startLoop } from '../../support/loop.ts';
import { openOn } from '../../support/loop-app.ts';

const small = { sandbox: { contacts: 5 }, pull: { objects: [] }, push: 'plan' } as const;

test('status tells of every connection and source what it did, what waits and how urgent it is', async () => {
  await using loop = await startLoop(small);
  await using app = await openOn(loop);
  const signal = new AbortController().signal;
  await loop.db.sql(`insert into data_sources (org_id, name, kind, query) values ($1, 'usage', 'usage', 'select 1')`, [
    loop.orgId,
  ]);
  const fresh = await app.status(null);
  expect(fresh).toMatchObject({
    needsPerson: [],
    orgs: [
      { org: 'acme', connections: [{ health: null, lastRun: null }], sources: [{ name: 'usage', lastRun: null }] },
    ],
  });

  const options = { full: false, acceptMissing: false, pullOnly: false, dryRun: false };
  const report = await app.sync('acme-hubspot', { ...options, signal, onProgress: () => undefined });
  await loop.db.sql(
    `update push_states set priority = 0 where external_id = (select min(external_id) from push_states where state = 'pending')`,
  );
  const [org] = (await app.status('acme')).orgs;
  const [connection] = org!.connections;
  expect(connection).toMatchObject({
    health: { state: 'healthy' },
    lastRun: { id: report.runId, kind: 'sync', status: 'succeeded', startedAt: expect.any(Date) as Date },
    lastSuccessAt: expect.any(Date) as Date,
    runs: { pull: true, push: true },
    pauses: [],
  });
  const { urgent, scores, rest } = connection!.waiting;
  expect(urgent).toBeGreaterThan(0);
  expect(urgent + scores + rest).toBe(report.counts.planned);
  await expect(app.status('umbrella')).rejects.toMatchObject({ code: 'org-unknown' });
});

test('status shows no organisation what another one has', async () => {
  await using loop = await startLoop(small);
  await using theirs = await startLoop({ ...small, db: loop.db, org: 'umbrella', name: 'umbrella-hubspot' });
  await using app = await openOn(loop);
  expect(theirs.orgId).not.toBe(loop.orgId);
  await app.pause({ org: 'umbrella', name: null, direction: 'all', reason: 'theirs' });
  const { orgs } = await app.status(null);
  expect(orgs.map(({ org, pauses, connections }) => [org, pauses.length, connections.map(({ name }) => name)])).toEqual(
    [
      ['acme', 0, ['acme-hubspot']],
      ['umbrella', 1, ['umbrella-hubspot']],
    ],
  );
  expect((await app.status('acme')).orgs.map(({ org }) => org)).toEqual(['acme']);
});
