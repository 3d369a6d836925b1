// Wrong: a new output stayed empty on known leads or wrote over what nobody had read, one that is not computed blanked the CRM,
// a dead write had no reason.
import { expect, test } from 'vitest';
import { defaultMapping } from '../../connectors/hubspot/default-mapping.ts';
import type { MappingDefinition, OutRule } from '../../src/model/mapping.ts';
import { defaultMqlProfile } from '../../src/scoring/defaults.ts';
import { saveMapping, startLoop } from '../support/loop.ts';
import { handsOf } from '../support/loop-crm.ts';

const options = { sandbox: { contacts: 12 }, pull: { objects: [] } };
const contacts = defaultMapping.objects['contacts']!;

function writingAlso(...more: readonly OutRule[]): MappingDefinition {
  return {
    ...defaultMapping,
    objects: { ...defaultMapping.objects, contacts: { ...contacts, out: [...contacts.out, ...more] } },
  };
}

const tierInto = (write: OutRule['write']): OutRule => ({ from: 'tier', to: 'seniority', write, values: null });

test('an output that is added to the mapping fills its field on the leads that are there', async () => {
  await using loop = await startLoop({ ...options, mapping: writingAlso() });
  const { contacts: table } = loop.crm.store;
  for (const { id } of handsOf(loop).living()) handsOf(loop).edit(id, { seniority: '' });
  await loop.sync();
  await loop.sync();
  loop.clock.advance(5_000);
  await saveMapping(loop.db, { ...loop, mapping: writingAlso(tierInto('always')) });
  expect(await loop.sync()).toMatchObject({ failure: null, counts: { pushed: handsOf(loop).living().length } });
  const values = handsOf(loop)
    .living()
    .map(({ id }) => table.get(id)!.properties);
  expect(values.map(({ seniority }) => seniority)).toEqual(values.map(({ leadloop_tier }) => leadloop_tier));
});

test('a new output that fills blanks only spares what the CRM has', async () => {
  await using loop = await startLoop({ ...options, mapping: writingAlso() });
  const hands = handsOf(loop);
  const [kept, blank] = [
    await hands.create({ email: 'kept@example.org', seniority: 'vp of all' }),
    await hands.create({ email: 'blank@example.org' }),
  ];
  await loop.sync();
  loop.clock.advance(5_000);
  await saveMapping(loop.db, { ...loop, mapping: writingAlso(tierInto('if-blank')) });
  await loop.sync();
  const valueOf = (id: number): string | undefined => loop.crm.store.contacts.get(id)?.properties['seniority'];
  expect([valueOf(kept), valueOf(blank)]).toEqual(['vp of all', 'monitor']);
});

test('a push before the next pull leaves a new field alone, for nobody has read what the CRM has there', async () => {
  await using loop = await startLoop({ ...options, mapping: writingAlso() });
  const id = await handsOf(loop).create({ email: 'kept@example.org', seniority: 'vp of all' });
  await loop.sync();
  loop.clock.advance(5_000);
  await saveMapping(loop.db, { ...loop, mapping: writingAlso(tierInto('if-blank')) });
  // With a new profile the push scores all leads first.
  await loop.db.sql(
    `insert into org_scoring_profiles (org_id, kind, name, version, profile, active) values ($1, 'mql', 'mql', 1, $2, true)`,
    [loop.orgId, JSON.stringify(defaultMqlProfile)],
  );
  for (const chosen of [{ pushOnly: true }, {}]) {
    expect((await loop.sync(chosen)).failure).toBeNull();
    expect(loop.crm.store.contacts.get(id)?.properties['seniority']).toBe('vp of all');
  }
  const blank = handsOf(loop)
    .living()
    .filter(({ properties }) => properties['seniority'] !== properties['leadloop_tier']);
  expect(blank.map((record) => record.id)).toEqual([id]);
});

test('an output that nothing computes leaves the own value of the CRM alone', async () => {
  const rule: OutRule = { from: 'plg_tier', to: 'seniority', write: 'always', values: null };
  await using loop = await startLoop({ ...options, mapping: writingAlso(rule) });
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'ada@example.org', seniority: 'vp of all' });
  await loop.sync();
  hands.edit(id, { jobtitle: 'Superintendent' });
  await loop.sync();
  const properties = loop.crm.store.contacts.get(id)!.properties;
  expect(properties).toMatchObject({ leadloop_score: '15', seniority: 'vp of all' });
  expect(await loop.db.sql(`select 1 from push_ledger where field = 'seniority'`)).toEqual([]);
});

test('a write that is put off until it is given up is among the rejected records with the reason', async () => {
  await using loop = await startLoop({ ...options, push: 'plan' });
  await loop.sync();
  loop.crm.faults.activate({ name: '207-some-rows-failed', row: 0 });
  const rejected = async (): Promise<object[]> =>
    loop.db.sql(`select object, field, effect, message, external_id from rejected_records where stage = 'push'`);
  let tries = 0;
  for (; tries < 40 && (await rejected()).length === 0; tries += 1) {
    loop.clock.advance(3_700_000);
    expect((await loop.sync({ pushOnly: true })).failure).toBeNull();
  }
  const [dead] = await loop.db.sql<{ external_id: string; last_error: string }>(
    `select external_id, last_error from push_states where state = 'dead'`,
  );
  expect(tries).toBeGreaterThan(3);
  expect(dead?.last_error).toContain('INTERNAL_ERROR');
  expect(await rejected()).toEqual([
    { object: 'contacts', field: '', effect: 'reject', message: dead?.last_error, external_id: dead?.external_id },
  ]);
  loop.crm.faults.clear();
  await loop.db.sql(`update push_states set state = 'pending', available_at = 'epoch' where state = 'dead'`);
  await loop.sync({ pushOnly: true });
  expect(
    await loop.db.sql(`select fields, resolved_at is null as open from rejected_records where stage = 'push'`),
  ).toEqual([{ fields: {}, open: false }]);
});
