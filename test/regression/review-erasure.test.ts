// Wrong: personal data outlived its deletion in the CRM: of merged and of archived records, and in images that were rejected.
import { expect, test } from 'vitest';
import { defaultMapping } from '../../connectors/hubspot/default-mapping.ts';
import type { InRule, MappingDefinition } from '../../src/model/mapping.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { handsOf } from '../support/loop-crm.ts';

const options = { sandbox: { contacts: 12 }, pull: { objects: ['forms'] } };

const strict: InRule = {
  from: ['enrollment_text'],
  to: 'enrollment',
  transform: [{ name: 'integer' }],
  onInvalid: 'reject',
  blank: 'keep',
  conflict: 'crm',
};

const contacts = defaultMapping.objects['contacts']!;
const rejecting: MappingDefinition = {
  ...defaultMapping,
  objects: { ...defaultMapping.objects, contacts: { ...contacts, in: [...contacts.in, strict] } },
};

/** Every table and column of a tenant that holds this text, in lower case, anywhere. */
async function placesOf({ db }: Loop, text: string): Promise<string[]> {
  const columns = await db.sql<{ table: string; column: string }>(
    `select c.relname as table, a.attname as column from pg_attribute a
     join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
       and t.typcategory in ('S', 'U', 'A')
       and exists (select from pg_attribute o where o.attrelid = c.oid and o.attname = 'org_id')`,
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

async function reasonOf({ db }: Loop, id: number): Promise<string | null | undefined> {
  const [row] = await db.sql<{ gone_reason: string | null }>(
    `select gone_reason from source_records where external_id = $1 and kind = 'lead'`,
    [String(id)],
  );
  return row?.gone_reason;
}

test('nothing of a person who was merged twice, then deleted for privacy, is left in any table', async () => {
  await using loop = await startLoop(options);
  const hands = handsOf(loop);
  const people = ['zaphira1@example.org', 'zaphira2@example.org', 'zaphira3@example.org'];
  const [first, second, third] = [
    await hands.create({ email: people[0]!, firstname: 'Zaphira', lastname: 'Quillfeather' }),
    await hands.create({ email: people[1]!, firstname: 'Zaphira', jobtitle: 'Zaphira of all trades' }),
    await hands.create({ email: people[2]!, lastname: 'Quillfeather', hs_linkedin_url: 'zaphira' }),
  ];
  for (const email of people) hands.submit('Whitepaper Download', email);
  await loop.sync();
  const merged = await hands.merge(first, second);
  await loop.sync();
  loop.clock.advance(5_000);
  await loop.sync({ full: true });
  const last = await hands.merge(merged, third);
  await loop.sync();
  expect(await placesOf(loop, 'zaphira')).toContain('leads.name');

  loop.clock.advance(7_200_000);
  await hands.erase(last);
  for (const [form, list] of loop.crm.store.submissions) {
    loop.crm.store.submissions.set(
      form,
      list.filter(({ values }) => values.every(({ value }) => !people.includes(value))),
    );
  }
  for (const _ of ['once', 'twice']) {
    loop.clock.advance(5_000);
    expect((await loop.sync({ full: true })).failure).toBeNull();
    expect(await placesOf(loop, 'zaphira')).toEqual([]);
    expect(await placesOf(loop, 'quillfeather')).toEqual([]);
  }
});

test('a write that does not find its record drops the write, and the next full pass erases the person', async () => {
  await using loop = await startLoop({ ...options, push: 'plan' });
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'zaphira@example.org', firstname: 'Zaphira' });
  await loop.sync();
  await hands.erase(id);
  const pushed = await loop.sync({ pushOnly: true });
  expect(pushed).toMatchObject({ failure: null, counts: { gone: 1, pushRejected: 0 } });
  expect(await loop.db.sql('select 1 from push_states where external_id = $1', [String(id)])).toEqual([]);
  expect(await reasonOf(loop, id)).toBeNull();
  expect(await placesOf(loop, 'zaphira')).toContain('leads.email');

  loop.clock.advance(5_000);
  expect((await loop.sync({ full: true })).failure).toBeNull();
  expect(await reasonOf(loop, id)).toBe('erased');
  expect(await placesOf(loop, 'zaphira')).toEqual([]);
});

test('a contact that was archived first and deleted for good later is erased by the next full pass', async () => {
  await using loop = await startLoop(options);
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'zaphira@example.org', firstname: 'Zaphira' });
  await loop.sync();
  await hands.archive(id);
  loop.clock.advance(5_000);
  await loop.sync({ full: true });
  expect(await reasonOf(loop, id)).toBe('archived');
  expect(await placesOf(loop, 'zaphira')).toContain('leads.email');
  loop.crm.store.contacts.remove(id);
  loop.clock.advance(5_000);
  await loop.sync({ full: true });
  expect(await reasonOf(loop, id)).toBe('erased');
  expect(await placesOf(loop, 'zaphira')).toEqual([]);
});

test('the image of a rejected record goes when it is deleted in the CRM, and when it has come right', async () => {
  await using loop = await startLoop({ ...options, mapping: rejecting });
  const hands = handsOf(loop);
  const image = { lastname: 'Quillfeather', enrollment_text: 'about a dozen' };
  const deleted = await hands.create({ email: 'zaphira@example.org', firstname: 'Zaphira', ...image });
  const mended = await hands.create({ email: 'mended@example.org', firstname: 'Gorbinia', ...image });
  expect((await loop.sync()).counts.rejected).toBeGreaterThan(1);
  expect(await placesOf(loop, 'zaphira')).toEqual(['rejected_records.fields']);
  expect(await placesOf(loop, 'gorbinia')).toEqual(['rejected_records.fields']);

  hands.edit(mended, { enrollment_text: '12' });
  loop.clock.advance(5_000);
  await loop.sync();
  expect(await placesOf(loop, 'gorbinia')).not.toContain('rejected_records.fields');
  expect(
    await loop.db.sql('select fields, message <> $2 as reasoned from rejected_records where external_id = $1', [
      String(mended),
      '',
    ]),
  ).toEqual([{ fields: {}, reasoned: true }]);

  await hands.erase(deleted);
  loop.clock.advance(5_000);
  expect((await loop.sync({ full: true })).failure).toBeNull();
  expect(await placesOf(loop, 'zaphira')).toEqual([]);
  expect(
    await loop.db.sql('select 1 from rejected_records where resolved_at is not null and fields <> $1', ['{}']),
  ).toEqual([]);
});

test.each(['unchanged', 'edited'])(
  'a record that vanished and comes back %s is a new lead that is scored and written',
  async (how) => {
    await using loop = await startLoop(options);
    const hands = handsOf(loop);
    const id = await hands.create({ email: 'zaphira@example.org', firstname: 'Zaphira', jobtitle: 'Director' });
    await loop.sync();
    const leadOf = async (): Promise<string | null | undefined> =>
      (
        await loop.db.sql<{ lead_id: string | null }>('select lead_id from source_records where external_id = $1', [
          String(id),
        ])
      )[0]?.lead_id;
    const before = await leadOf();
    const record = loop.crm.store.contacts.get(id)!;
    loop.crm.store.contacts.remove(id);
    loop.clock.advance(5_000);
    await loop.sync({ full: true });
    expect(await reasonOf(loop, id)).toBe('erased');

    const properties = Object.fromEntries(
      Object.entries(record.properties).filter(([name]) => !name.startsWith('leadloop_')),
    );
    loop.crm.store.contacts.insert({ ...record, properties });
    if (how === 'edited') hands.edit(id, { jobtitle: 'Superintendent' });
    loop.clock.advance(5_000);
    expect((await loop.sync({ full: how === 'unchanged' })).failure).toBeNull();
    const after = await leadOf();
    expect(after).toBeTypeOf('string');
    expect(after).not.toBe(before);
    expect(await loop.db.sql('select name, lead_score from leads where id = $1', [after])).toEqual([
      { name: 'Zaphira', lead_score: how === 'edited' ? 15 : 10 },
    ]);
    expect(
      await loop.db.sql('select name, erased_at is not null as erased from leads where id = $1', [before]),
    ).toEqual([{ name: null, erased: true }]);
    expect(loop.crm.store.contacts.get(id)?.properties['leadloop_score']).toBe(how === 'edited' ? '15' : '10');
  },
);
