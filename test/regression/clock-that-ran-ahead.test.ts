// A tick that was noted while a clock was an hour ahead counted as run until that hour had come: the connection stood still.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { claimPushes } from '../../src/db/queries/claim-pushes.ts';
import { resumeAt } from '../../src/db/queries/daily-pool.ts';
import { listConnections } from '../../src/db/queries/directory.ts';
import { readQuotas } from '../../src/db/queries/read-quotas.ts';
import { type Loop, startLoop } from '../support/loop.ts';

const minuteMs = 60_000;
const again = { code: 'tick-done' };

async function lastTick({ db }: Loop): Promise<Date | null | undefined> {
  return (await db.database.operator(listConnections))[0]?.lastTickAt;
}

test('after a clock that ran ahead is right again, ticks are run, each once', async () => {
  let aheadMs = 60 * minuteMs;
  const now = (): Date => new Date(Date.now() + aheadMs);
  await using loop = await startLoop({ sandbox: { contacts: 3 }, now });
  expect((await loop.sync({ tickAt: now() })).status).toBe('succeeded');
  aheadMs = 0;
  const tickAt = now();
  expect((await loop.sync({ tickAt })).status).toBe('succeeded');
  expect(await lastTick(loop)).toEqual(tickAt);
  await expect(loop.sync({ tickAt })).rejects.toMatchObject(again);
});

test('a tick of a scheduler whose clock is a little ahead is run once, too', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 3 } });
  const tickAt = new Date(loop.clock.now() + 20_000);
  expect((await loop.sync({ tickAt })).status).toBe('succeeded');
  await expect(loop.sync({ tickAt })).rejects.toMatchObject(again);
});

test('what was to be written while a clock was days ahead is written when it is right again', async () => {
  const days = 6 * 24 * 60 * minuteMs;
  await using loop = await startLoop({ sandbox: { contacts: 3 }, push: 'plan' });
  await loop.sync();
  const later = new Date(loop.clock.now() + days);
  await loop.db.sql(`update push_states set state = 'pending', available_at = $1 where wanted <> '{}'`, [later]);
  await loop.db.sql(`update daily_pools set ends_at = $1, resume_at = $1`, [later]);
  const claim = {
    connectionId: loop.connectionId,
    object: 'contacts',
    token: randomUUID(),
    now: new Date(loop.clock.now()),
    until: later,
    limit: 10,
    upTo: 3,
    isFilledUp: false,
  } as const;
  const { database } = loop.db;
  expect(await database.transaction(loop.orgId, (tx) => resumeAt(tx, loop.connectionId, claim.now))).toBeNull();
  // What is told of it is the same.
  expect(await database.transaction(loop.orgId, (tx) => readQuotas(tx, claim.now))).toMatchObject([{ resumeAt: null }]);
  expect(await database.transaction(loop.orgId, (tx) => claimPushes(tx, claim))).not.toEqual([]);
});
