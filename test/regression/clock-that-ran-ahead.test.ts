// A tick that was noted while a clock was an hour ahead counted as run until that hour had come: the connection stood still.
import { expect, test } from 'vitest';
import { listConnections } from '../../src/db/queries/directory.ts';
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
