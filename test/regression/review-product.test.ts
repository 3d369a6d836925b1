// Faults of the product side that a review found: a score or a fact that stayed behind, and a name that outlived its erasure.
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Tx } from '../../src/db/tx.ts';
import { seeCompanies } from '../../src/plg/update-companies.ts';
import { updateSignups } from '../../src/plg/update-signups.ts';
import type { ScoringContext } from '../../src/pull/pipeline.ts';
import { updateLeads } from '../../src/pull/update-leads.ts';
import { nothingSeen } from '../../src/pull/want.ts';
import { setProductWeights } from '../../src/db/queries/set-product-weights.ts';
import { defaultPlgProfile } from '../../src/scoring/defaults.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { handsOf } from '../support/loop-crm.ts';
import { addVelocityPay, productOf } from '../support/product.ts';

const options = { sandbox: { contacts: 20 }, pull: { objects: ['forms'] } };
const domain = 'velocitypay.io';
const marcus = `marcus.chen@${domain}`;

function sidesOf(loop: Loop) {
  const people = handsOf(loop);
  const companies = handsOf(loop, 'companies');
  const product = productOf(loop, () => new Date(loop.clock.now()));
  const has = (object: 'contacts' | 'companies', id: number) => loop.crm.store.table(object).get(id)!.properties;
  const company = companies.living().find(({ properties }) => properties['domain'] === domain)!.id;
  const person = people.living().find(({ properties }) => properties['email'] === marcus)!.id;
  const later = async (): Promise<void> => {
    loop.clock.advance(150_000);
    expect(await loop.sync()).toMatchObject({ failure: null });
  };
  return { people, companies, product, has, company, person, later };
}

// Wrong: new weights change the stored totals at once, so the rescore that followed found nothing new to tell.
test('weights that are applied reach the CRM, at people and at companies, and the history', async () => {
  await using loop = await startLoop(options);
  const { product, has, company, person, later } = sidesOf(loop);
  await product.update({ developerIds: [await addVelocityPay(product)] });
  await later();
  const percents = { company: 0, usage: 0, expansion: 0, champion: 100, timing: 0 };
  const components = defaultPlgProfile.components.map((one) => ({
    ...one,
    weightPercent: percents[one.name as keyof typeof percents],
  }));
  await product.profile({ ...defaultPlgProfile, components });
  await loop.db.database.transaction(loop.orgId, (tx) => setProductWeights(tx, percents));
  await later();
  expect(has('contacts', person)['leadloop_plg_score']).toBe('80');
  expect(has('companies', company)['leadloop_plg_score']).toBe('80');
  const history = await loop.db.sql(`select total_before, total from score_history where kind = 'plg' order by id`);
  expect(history).toEqual([
    { total_before: null, total: 88 },
    { total_before: 88, total: 80 },
  ]);
});

// Wrong: the next suggestion to the company brought the last one, with the name in it, into the ledger once more.
test('who is erased is not named in the ledger by what comes after them', async () => {
  await using loop = await startLoop(options);
  const { people, product, person, has, company, later } = sidesOf(loop);
  await addVelocityPay(product);
  await product.signup({ email: `lin@${domain}`, full_name: 'Lin Wu' });
  await product.usage(`lin@${domain}`, { project_count: 4, team_member_count: 5 });
  await product.rescore();
  await later();
  expect(has('companies', company)['leadloop_suggested_action']).toContain('Marcus');
  await people.erase(person);
  loop.clock.advance(5_000);
  await loop.sync({ full: true });
  await later();
  expect(has('companies', company)['leadloop_suggested_action']).toContain('Lin');
  const named = `select field from push_ledger where before::text like '%Marcus%' or after::text like '%Marcus%'`;
  expect(await loop.db.sql(named)).toEqual([]);
});

// Wrong: only the address that the CRM had last was kept out.
test('no address under which an erased person signed up comes in again', async () => {
  await using loop = await startLoop(options);
  const { people, product, person, later } = sidesOf(loop);
  await product.update({ developerIds: [await addVelocityPay(product)] });
  await later();
  people.edit(person, { email: `m.chen@${domain}` });
  await later();
  await people.erase(person);
  loop.clock.advance(5_000);
  await loop.sync({ full: true });
  const [row] = await loop.db.sql<{ n: number }>('select count(*)::int as n from erased_addresses');
  expect(row!.n).toBeGreaterThanOrEqual(2);
});

// Wrong: what the CRM knows of a company was read for people who were new, not for those who came to it.
test('who changes company is scored by what the CRM knows of the new one', async () => {
  await using loop = await startLoop(options);
  const { companies, product, later } = sidesOf(loop);
  await companies.create({ name: 'Elsewhere', domain: 'elsewhere.example', numberofemployees: '1500' });
  await later();
  const email = 'ada@nowhere.example';
  const id = await product.signup({ email });
  await product.update({ developerIds: [id] });
  const before = (await product.score(email))!.points[0]!;
  await loop.db.sql(`update developer_signups set company_domain = 'elsewhere.example' where id = $1`, [id]);
  await product.update({ developerIds: [id], domains: ['nowhere.example', 'elsewhere.example'] });
  expect((await product.score(email))!.points[0]).toBe(before + 40);
});

// Wrong: the record went on showing the score of the company that it was no more.
test('a record that becomes another company loses the score of the first one', async () => {
  await using loop = await startLoop(options);
  const { companies, product, has, company, later } = sidesOf(loop);
  await product.update({ developerIds: [await addVelocityPay(product)] });
  await later();
  expect(has('companies', company)['leadloop_plg_score']).toBe('88');
  companies.edit(company, { domain: 'elsewhere.example' });
  await later();
  await later();
  expect(has('companies', company)).toMatchObject({ leadloop_plg_score: '', leadloop_suggested_action: '' });
});

// Wrong: what it had said stayed, since its record was emptied or its loss was told by another one.
test('what a company said that another one has absorbed is taken back', async () => {
  await using loop = await startLoop(options);
  const { companies, product, company, later } = sidesOf(loop);
  companies.edit(company, { numberofemployees: '1500' });
  await product.update({ developerIds: [await addVelocityPay(product)] });
  await later();
  const employees = async () =>
    (
      await loop.db.sql<{ n: number }>(`select employee_count as n from company_enrichment where domain = $1`, [domain])
    )[0]!.n;
  expect(await employees()).toBe(1500);
  const other = await companies.create({ name: 'Buyer', domain: 'buyer.example' });
  await later();
  await companies.merge(other, company);
  await later();
  await later();
  expect(await employees()).toBe(180);
});

/** Until the other work is done, or waits for us. */
async function doneOrWaiting({ db }: Loop, work: Promise<unknown>): Promise<void> {
  const isDone = work.then(() => true);
  while (!(await Promise.race([isDone, setTimeout(10, false)]))) {
    const [waiting] = await db.sql(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (waiting !== undefined) return;
  }
}

const records = `
  insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapped, mapping_version, lead_id)
  select $1, $2, object, '1', kind, now(), '{}', mapped, 0, lead_id
  from (values ('contacts', 'lead', '{}'::jsonb, $3::uuid), ('companies', 'company', '{"company_domain": "velocitypay.io"}', null))
    as r (object, kind, mapped, lead_id) where object = $4`;

// Wrong: a page of the CRM that was read at the same moment put the older score back as what is wanted.
test.each([
  ['contacts', (tx: Tx, context: ScoringContext, leadId: string) => updateLeads(tx, context, [leadId], asStored)],
  ['companies', (tx: Tx, context: ScoringContext) => seeCompanies(tx, context, [velocityPays], seenOf(context))],
] as const)('a score that changes while %s come in is what they are to have', async (object, comesIn) => {
  await using loop = await startLoop(options);
  const { product } = sidesOf(loop);
  const id = await addVelocityPay(product);
  await product.update({ developerIds: [id] });
  const [lead] = await loop.db.sql<{ id: string }>('select id from leads');
  loop.clock.advance(60_000);
  await product.usage(marcus, { project_count: 1 });
  let reading: Promise<unknown> = Promise.resolve();
  await product.inTransaction(async (tx, context) => {
    await updateSignups(tx, context, { developerIds: [id], domains: [] });
    reading = product.inTransaction(async (other, its) => {
      await other.query(records, [loop.orgId, loop.connectionId, lead!.id, object]);
      await comesIn(other, its, lead!.id);
    });
    await doneOrWaiting(loop, reading);
  });
  await reading;
  const { total } = (await product.score(marcus))!;
  expect(total).not.toBe(88);
  const wanted = `select (wanted->>'leadloop_plg_score')::int as score from push_states`;
  expect(await loop.db.sql(wanted)).toEqual([{ score: total }]);
});

const asStored = { previous: new Map(), seen: nothingSeen };
const velocityPays = {
  externalId: '1',
  modifiedAt: new Date(),
  fields: {},
  mapped: { company_domain: domain },
  companyId: null,
  successor: null,
  mergedIds: [],
  email: null,
  remote: {},
};
const seenOf = ({ outputs }: ScoringContext) => ({
  connectionId: outputs[0]!.connectionId,
  object: 'companies',
  fields: new Map([['1', {}]]),
});

// Wrong: the sum of a company was as fresh as its freshest person.
test('usage that nobody has seen for long counts in a company no more than in a person', async () => {
  await using loop = await startLoop(options);
  const { product } = sidesOf(loop);
  await addVelocityPay(product);
  await product.signup({ email: `gone@${domain}`, full_name: 'Gone Long Ago' });
  const longAgo = new Date(loop.clock.now() - 200 * 86_400_000);
  await product.usage(`gone@${domain}`, { captured_at: longAgo, uses_vector: true, api_calls_30d: 9_000_000_000 });
  await product.rescore();
  expect(await product.account(domain)).toMatchObject({ people: 2, share: 100, points: [85, 95, 90, 80, 85] });
});
