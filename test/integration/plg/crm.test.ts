import { expect, test } from 'vitest';
import { type Loop, startLoop, startSalesforceLoop } from '../../support/loop.ts';
import { salesforceWritesOf, writesOf } from '../../support/loop-calls.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { salesforceHandsOf } from '../../support/loop-salesforce.ts';
import { addVelocityPay, type Product, productOf, type StoredScore } from '../../support/product.ts';

const options = { sandbox: { contacts: 20 }, pull: { objects: ['forms'] } };
const email = 'marcus.chen@velocitypay.io';

/** A person and a company that the sandbox has, on the product side as well. */
async function startWithVelocityPay(loop: Loop) {
  const people = handsOf(loop);
  const companies = handsOf(loop, 'companies');
  const company = companies.living().find(({ properties }) => properties['domain'] === 'velocitypay.io')!.id;
  const person = people.living().find(({ properties }) => properties['email'] === email)!.id;
  const product = productOf(loop, () => new Date(loop.clock.now()));
  const signup = await addVelocityPay(product);
  const has = (id: number, object: 'contacts' | 'companies') => loop.crm.store.table(object).get(id)!.properties;
  return { people, companies, company, person, product, signup, has };
}

test('score, tier and action are in HubSpot beside the marketing score: at the person and at the company', async () => {
  await using loop = await startLoop(options);
  const { company, person, product, signup, has } = await startWithVelocityPay(loop);
  await product.update({ developerIds: [signup] });
  expect(await loop.sync()).toMatchObject({ failure: null, status: 'succeeded' });
  expect(has(person, 'contacts')).toMatchObject({
    leadloop_plg_score: '88',
    leadloop_plg_tier: 'hot',
    leadloop_suggested_action: expect.stringContaining('Marcus'),
    leadloop_status: 'new',
  });
  expect(has(company, 'companies')).toMatchObject({ leadloop_plg_score: '88', leadloop_plg_tier: 'hot' });
  expect(has(company, 'companies')).not.toHaveProperty('leadloop_score');
  const others = handsOf(loop)
    .living()
    .filter(({ id }) => id !== person);
  expect(others.every(({ properties }) => properties['leadloop_plg_score'] === undefined)).toBe(true);
});

// One person's scores are not those of the company, whose usage is that of all.
const lin = { email: 'lin@velocitypay.io', full_name: 'Lin Wu' };
async function addLin(product: Product): Promise<readonly [person: StoredScore, company: StoredScore]> {
  const id = await product.signup(lin);
  await product.usage(lin.email, { project_count: 1, api_calls_30d: 1_000, api_calls_prev_30d: 1_000 });
  await product.update({ developerIds: [id] });
  const both = [(await product.score(lin.email))!, (await product.account('velocitypay.io'))!] as const;
  expect(both[0].total).toBeLessThan(both[1].total);
  expect(both[0].tier).not.toBe(both[1].tier);
  return both;
}

test('a colleague gets their own score and tier, the company that of all of them', async () => {
  await using loop = await startLoop(options);
  const { people, company, product, signup, has } = await startWithVelocityPay(loop);
  const colleague = await people.create({ email: lin.email });
  await product.update({ developerIds: [signup] });
  const [ofPerson, ofCompany] = await addLin(product);
  expect(await loop.sync()).toMatchObject({ failure: null });
  for (const [properties, { total, tier, action }] of [
    [has(colleague, 'contacts'), ofPerson],
    [has(company, 'companies'), ofCompany],
  ] as const)
    expect(properties).toMatchObject({
      leadloop_plg_score: String(total),
      leadloop_plg_tier: tier,
      leadloop_suggested_action: action,
    });
});

test('the echo of what we wrote writes nothing', async () => {
  await using loop = await startLoop(options);
  const { product, signup } = await startWithVelocityPay(loop);
  await product.update({ developerIds: [signup] });
  await loop.sync();
  for (const minutes of [0, 20, 40]) {
    loop.clock.advance(minutes * 60_000);
    loop.crm.requests.reset();
    expect(await loop.sync()).toMatchObject({ counts: { pushed: 0, planned: 0 } });
    expect(writesOf(loop.crm)).toBe(0);
  }
});

test('usage that comes in after the CRM was read is written at the next sync: one call for people, one for companies', async () => {
  await using loop = await startLoop(options);
  const { company, person, product, signup, has } = await startWithVelocityPay(loop);
  await loop.sync();
  expect(has(person, 'contacts')['leadloop_plg_tier']).toBe('hot');
  loop.clock.advance(1_000);
  await product.usage(email, { project_count: 1 });
  await product.update({ developerIds: [signup] });
  loop.crm.requests.reset();
  expect(await loop.sync()).toMatchObject({ failure: null });
  expect(writesOf(loop.crm)).toBe(2);
  expect(has(person, 'contacts')['leadloop_plg_tier']).toBe('nurture');
  expect(has(company, 'companies')['leadloop_plg_tier']).toBe('nurture');
  const why = await loop.db.sql<{ object: string; why: string }>(
    `select object, why from push_ledger where field = 'leadloop_plg_score' order by id desc limit 2`,
  );
  expect(why.map(({ object }) => object).toSorted()).toEqual(['companies', 'contacts']);
  for (const line of why) expect(line.why).toMatch(/company 85, usage \d+, expansion 90/);
});

test('what HubSpot says of a company counts, goes before what was imported, and is taken back with the record', async () => {
  await using loop = await startLoop(options);
  const { companies, company, product } = await startWithVelocityPay(loop);
  await loop.sync();
  companies.edit(company, { numberofemployees: '1200' });
  loop.clock.advance(60_000);
  await loop.sync();
  const employees = async () =>
    (await loop.db.sql<{ n: number }>(`select employee_count as n from company_enrichment`)).map(({ n }) => n);
  expect(await employees()).toEqual([1200]);
  await product.rescore();
  // 40 instead of 30 points for the size.
  expect((await product.score(email))?.points[0]).toBe(95);
  companies.edit(company, { domain: 'elsewhere.example' });
  loop.clock.advance(60_000);
  await loop.sync();
  expect(await employees()).toEqual([180]);
  expect((await product.score(email))?.points[0]).toBe(85);
});

test('a company that HubSpot has known for long is found when the first of its people signs up', async () => {
  await using loop = await startLoop(options);
  const companies = handsOf(loop, 'companies');
  await companies.create({
    name: 'Older Than Us',
    domain: 'older.example',
    numberofemployees: '700',
    industry: 'REAL_ESTATE',
  });
  await loop.sync();
  const known = `select company_name, employee_count from company_enrichment`;
  expect(await loop.db.sql(known)).toEqual([]);
  const product = productOf(loop);
  await product.update({ developerIds: [await product.signup({ email: 'first@older.example' })] });
  expect(await loop.db.sql(known)).toEqual([{ company_name: 'Older Than Us', employee_count: 700 }]);
});

test('who is deleted for privacy takes signup, usage, score and every sentence about them along', async () => {
  await using loop = await startLoop(options);
  const { people, person, company, product, signup, has } = await startWithVelocityPay(loop);
  await product.update({ developerIds: [signup] });
  await loop.sync();
  loop.clock.advance(7_200_000);
  await people.erase(person);
  loop.clock.advance(5_000);
  expect(await loop.sync({ full: true })).toMatchObject({ failure: null });
  for (const table of ['developer_signups', 'internal_signals', 'lead_scores', 'account_scores'])
    expect(await loop.db.sql(`select 1 from ${table}`)).toEqual([]);
  const named = await loop.db.sql(
    `select 1 from push_ledger where before::text like '%Marcus%' or after::text like '%Marcus%'`,
  );
  expect(named).toEqual([]);
  await loop.sync();
  expect(has(company, 'companies')).toMatchObject({
    name: 'VelocityPay',
    leadloop_plg_score: '',
    leadloop_suggested_action: '',
  });
});

test('the same in Salesforce: on the contact and on the account, and no echo', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 5, contacts: 5 } });
  const hands = salesforceHandsOf(loop);
  const account = hands.create('Account', { Name: 'VelocityPay', Website: 'https://www.velocitypay.io/' });
  const contact = hands.create('Contact', { LastName: 'Chen', Email: email, AccountId: account });
  const product = productOf(loop, () => new Date(loop.clock.now()));
  const colleague = hands.create('Contact', { LastName: 'Wu', Email: lin.email, AccountId: account });
  await product.update({ developerIds: [await addVelocityPay(product)] });
  expect(await loop.sync()).toMatchObject({ failure: null });
  for (const id of [contact, account]) {
    expect(hands.value(id, 'Leadloop_PLG_Score__c')).toBe(88);
    expect(hands.value(id, 'Leadloop_PLG_Tier__c')).toBe('hot');
    expect(hands.value(id, 'Leadloop_Suggested_Action__c')).toContain('Marcus');
  }
  loop.clock.advance(20 * 60_000);
  loop.crm.requests.reset();
  expect(await loop.sync()).toMatchObject({ counts: { pushed: 0 } });
  expect(salesforceWritesOf(loop.crm)).toBe(0);
  const [ofPerson, ofCompany] = await addLin(product);
  expect(await loop.sync()).toMatchObject({ failure: null });
  for (const [id, { total, tier, action }] of [
    [colleague, ofPerson],
    [account, ofCompany],
  ] as const) {
    expect(hands.value(id, 'Leadloop_PLG_Score__c')).toBe(total);
    expect(hands.value(id, 'Leadloop_PLG_Tier__c')).toBe(tier);
    expect(hands.value(id, 'Leadloop_Suggested_Action__c')).toBe(action);
  }
});
