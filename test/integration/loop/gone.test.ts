import { expect, test } from 'vitest';
import { type Loop, startLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';

const options = { sandbox: { contacts: 40 }, pull: { objects: ['forms'] } };

/** Tables and columns of tenants that hold this text anywhere. */
async function placesOf({ db }: Loop, text: string): Promise<string[]> {
  const columns = await db.sql<{ table: string; column: string }>(
    `select c.table_name as table, c.column_name as column from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.table_name not like 'mikro%'
       and c.data_type in ('text', 'character varying', 'jsonb')`,
  );
  const places: string[] = [];
  for (const { table, column } of columns) {
    const found = await db.sql(`select 1 from ${table} where position($1 in lower(${column}::text)) > 0 limit 1`, [
      text,
    ]);
    if (found.length > 0) places.push(`${table}.${column}`);
  }
  return places.sort();
}

const state = async ({ db }: Loop, id: number): Promise<unknown> =>
  (await db.sql('select gone_reason from source_records where external_id = $1', [String(id)]))[0];

test('an archived contact is written no more, and comes back when it is restored', async () => {
  await using loop = await startLoop(options);
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'ada@example.org' });
  await loop.sync();
  await hands.archive(id);
  loop.clock.advance(5_000);
  await loop.sync({ full: true });
  expect(await state(loop, id)).toEqual({ gone_reason: 'archived' });
  expect(await loop.db.sql('select 1 from push_states where external_id = $1', [String(id)])).toEqual([]);
  hands.restore(id);
  hands.edit(id, { jobtitle: 'Superintendent' });
  await loop.sync();
  expect(await state(loop, id)).toEqual({ gone_reason: null });
  expect(loop.crm.store.contacts.get(id)?.properties['leadloop_score']).toBe('15');
});

test('what the CRM deleted for privacy is nowhere to be found after a full pass', async () => {
  await using loop = await startLoop(options);
  const hands = handsOf(loop);
  const id = await hands.create({
    email: 'vanished@example.org',
    firstname: 'Vanessa',
    lastname: 'Ishka',
    jobtitle: 'Chief Ishka Officer',
  });
  hands.submit('Whitepaper Download', 'vanished@example.org');
  await loop.sync();
  await loop.sync();
  expect(await placesOf(loop, 'vanished@')).not.toEqual([]);
  loop.clock.advance(7_200_000);
  await hands.erase(id);
  loop.clock.advance(5_000);
  expect(await loop.sync({ full: true })).toMatchObject({ failure: null });
  expect(await placesOf(loop, 'vanished@')).toEqual([]);
  expect(await placesOf(loop, 'ishka')).toEqual([]);
  expect(await state(loop, id)).toEqual({ gone_reason: 'erased' });
});

test('what was merged before it was deleted for privacy is erased as well, whatever was merged into it', async () => {
  await using loop = await startLoop(options);
  const hands = handsOf(loop);
  const first = await hands.create({ email: 'vanished@example.org', firstname: 'Ishka' });
  const second = await hands.create({ email: 'alias@example.org', lastname: 'Ishka' });
  await loop.sync();
  const merged = await hands.merge(first, second);
  await loop.sync();
  loop.clock.advance(7_200_000);
  await hands.erase(merged);
  loop.clock.advance(5_000);
  await loop.sync({ full: true });
  expect(await placesOf(loop, 'ishka')).toEqual([]);
  expect(await placesOf(loop, 'vanished@')).toEqual([]);
  expect(await placesOf(loop, 'alias@')).toEqual([]);
});

test('a pass that misses a large part of what is known erases nobody and says so', async () => {
  await using loop = await startLoop({ ...options, sandbox: { contacts: 200 } });
  const hands = handsOf(loop);
  await loop.sync();
  for (const { id } of hands.living().slice(0, 60)) loop.crm.store.contacts.remove(id);
  loop.clock.advance(5_000);
  const report = await loop.sync({ full: true });
  expect(report).toMatchObject({ status: 'failed', failure: { code: 'census-drop', recovery: 'fix-config' } });
  expect(await loop.db.sql('select 1 from leads where erased_at is not null')).toEqual([]);
});
