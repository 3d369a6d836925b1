import { expect, test } from 'vitest';
import { looksOf } from '../../src/work.ts';
import { startLoop } from '../support/loop.ts';

/**
 * A tick that came while hints were attended to gave way (`run-active`) and was made good 20 s later at the earliest, if nothing was
 * attended to at that moment either: the soak found its first tick missing.
 */
test('a tick that finds hints being attended to is run as soon as they are', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 3 }, pull: { objects: [] } });
  const { services, orgId, connectionId, db } = loop;
  const looks = looksOf(services, { onReport: () => undefined, onRescored: async () => undefined });
  const hints = await db.database.lock(`connection ${connectionId}`);
  const tickAt = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString();
  const looking = looks.sync({ kind: 'sync', orgId, subjectId: connectionId, tickAt }, new AbortController().signal);
  setTimeout(() => void hints![Symbol.asyncDispose](), 700);
  expect(await looking).toMatchObject({ status: 'succeeded' });
  expect(await db.sql(`select tick_at as at from sync_runs where kind = 'sync'`)).toEqual([{ at: new Date(tickAt) }]);
});
