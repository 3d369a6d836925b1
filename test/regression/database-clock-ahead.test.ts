// Wrong: a write was due by the database's clock but claimed by ours, so with the database ahead nothing was pushed.
import { expect, test } from 'vitest';
import { startLoop } from '../support/loop.ts';

test('a write is due at once although the clock of the database is ahead of ours', async () => {
  await using loop = await startLoop({
    sandbox: { contacts: 12 },
    pull: { objects: [] },
    now: () => new Date(Date.now() - 60_000),
  });
  expect((await loop.sync()).counts.pushed).toBeGreaterThan(5);
});
