import { expect, test } from 'vitest';
import { defaultMapping as hubspotMapping } from '../../../connectors/hubspot/default-mapping.ts';
import { defaultMapping as salesforceMapping } from '../../../connectors/salesforce/default-mapping.ts';
import type { MappedField } from '../../../src/model/lead.ts';
import type { ConflictRule, InRule, MappingDefinition } from '../../../src/model/mapping.ts';
import { type Loop, startLoop, startSalesforceLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { salesforceHandsOf } from '../../support/loop-salesforce.ts';
import { productOf } from '../../support/product.ts';

const domain = 'facts.example';
const email = `ann@${domain}`;

function rule(to: MappedField, from: string, conflict: ConflictRule = 'crm'): InRule {
  return { from: [from], to, transform: [], onInvalid: 'null', blank: 'keep', conflict };
}

/** What an admin adds for facts that a CRM has no field of its own for. */
function withMore(mapping: MappingDefinition, object: string, more: readonly InRule[]): MappingDefinition {
  const { in: standard, out } = mapping.objects[object]!;
  const own = standard.filter(({ to }) => more.every((one) => one.to !== to));
  return { ...mapping, objects: { ...mapping.objects, [object]: { in: [...own, ...more], out } } };
}

/** A signup of a company of which imports know the stage and the industry. */
async function startImported(loop: Pick<Loop, 'db' | 'orgId' | 'clock'>) {
  const product = productOf(loop, () => new Date(loop.clock.now()));
  await product.company({ domain, funding_stage: 'seed', industry: 'Tools' });
  await product.update({ developerIds: [await product.signup({ email })] });
  return product;
}

const factsOf = async ({ db }: Pick<Loop, 'db'>) =>
  db.sql(
    `select company_name, employee_count, industry, funding_stage, total_funding_usd::int as funding, tech_stack
     from company_enrichment`,
  );

// The imported stage stands, as its rule says `ours`; the industry of the CRM goes before the imported one.
const facts = {
  company_name: 'Facts Inc',
  employee_count: 420,
  funding_stage: 'seed',
  funding: 25_000_000,
  tech_stack: ['AWS', 'Auth0'],
};

test('facts of a company come from HubSpot, from fields of its own and from those that a mapping names', async () => {
  const mapping = withMore(hubspotMapping, 'companies', [
    rule('total_funding_usd', 'annualrevenue'),
    rule('tech_stack', 'description'),
    rule('funding_stage', 'enrollment_text', 'ours'),
  ]);
  await using loop = await startLoop({ sandbox: { contacts: 5 }, pull: { objects: [] }, mapping });
  const product = await startImported(loop);
  const before = (await product.score(email))!.points[0]!;
  await handsOf(loop, 'companies').create({
    name: 'Facts Inc',
    domain,
    numberofemployees: '420',
    industry: 'COMPUTER_SOFTWARE',
    annualrevenue: '25000000',
    description: 'AWS; Auth0',
    enrollment_text: 'series_b',
  });
  expect(await loop.sync()).toMatchObject({ failure: null });
  expect(await factsOf(loop)).toEqual([{ ...facts, industry: 'COMPUTER_SOFTWARE' }]);
  expect((await product.score(email))!.points[0]).toBeGreaterThan(before);
});

test('the same from Salesforce', async () => {
  const mapping = withMore(salesforceMapping, 'Account', [
    rule('total_funding_usd', 'AnnualRevenue'),
    rule('tech_stack', 'Description'),
    rule('funding_stage', 'Site', 'ours'),
  ]);
  await using loop = await startSalesforceLoop({ sandbox: { leads: 2, contacts: 2 }, mapping });
  const product = await startImported(loop);
  const before = (await product.score(email))!.points[0]!;
  salesforceHandsOf(loop).create('Account', {
    Name: 'Facts Inc',
    Website: `https://www.${domain}/`,
    NumberOfEmployees: 420,
    Industry: 'Technology',
    AnnualRevenue: 25_000_000,
    Description: 'AWS; Auth0',
    Site: 'series_b',
  });
  expect(await loop.sync()).toMatchObject({ failure: null });
  expect(await factsOf(loop)).toEqual([{ ...facts, industry: 'Technology' }]);
  expect((await product.score(email))!.points[0]).toBeGreaterThan(before);
});
