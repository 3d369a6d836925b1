// Wrong: with our clock ahead of the CRM's by more than the lag, both lanes passed over what changed in between.
import { expect, test } from 'vitest';
import { type Loop, startLoop } from '../support/loop.ts';

function edit({ crm }: Loop, title: string): void {
  const { contacts } = crm.store;
  const [record] = [...contacts.from(0)].filter(({ archivedAt }) => archivedAt === undefined);
  crm.store.update(contacts, record!, { ...record!.properties, jobtitle: title }, crm.store.stamp());
}

test.each([
  ['five minutes ahead', 300_000],
  ['nine minutes ahead', 540_000],
  ['five minutes behind', -300_000],
])('a change in the CRM is seen although our clock is %s', async (_, skewMs) => {
  let crmNow = (): number => Date.now();
  await using loop = await startLoop({
    sandbox: { contacts: 12 },
    pull: { objects: [] },
    now: () => new Date(crmNow() + skewMs),
  });
  crmNow = () => loop.clock.now();
  await loop.sync();
  await loop.sync();
  loop.clock.advance(20_000);
  edit(loop, 'Superintendent of skew');
  loop.clock.advance(600_000);
  await loop.sync();
  loop.clock.advance(600_000);
  await loop.sync();
  expect(await loop.db.sql(`select title from leads where title = 'Superintendent of skew'`)).toHaveLength(1);
});
