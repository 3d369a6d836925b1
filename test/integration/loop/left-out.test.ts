import { expect, test } from 'vitest';
import type { FaultOrder } from '../../../src/sandbox/hubspot/index.ts';
import { type Loop, startLoop, startSalesforceLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { salesforceHandsOf } from '../../support/loop-salesforce.ts';

const sandbox = { contacts: 12 };
const pull = { objects: [] };
const companyUpdate = '/companies/batch/update$';

const noRecords: FaultOrder = { name: 'missing-scope', scope: 'crm.objects.companies.write', path: companyUpdate };
const noFields: FaultOrder = {
  name: 'missing-scope',
  scope: 'crm.schemas.companies.write',
  path: '/properties/[^/]+/companies',
  method: 'POST',
};

/** Companies wait to be told a score, whoever has come to it. */
async function companiesWait({ db }: Pick<Loop, 'db'>, object: string, wanted: object): Promise<void> {
  await db.sql(
    `insert into push_states (org_id, connection_id, object, external_id, wanted, state)
     select org_id, connection_id, object, external_id, $2, 'pending' from source_records where object = $1
     on conflict (org_id, connection_id, object, external_id) do update set wanted = excluded.wanted, state = 'pending'`,
    [object, JSON.stringify(wanted)],
  );
}

const scoresOf = ({ crm }: Loop): Set<string | undefined> =>
  new Set([...crm.store.table('companies').from(0)].map(({ properties }) => properties['leadloop_plg_score']));

test.for([
  ['companies may not be written', noRecords],
  ['the fields of companies may not be made', noFields],
] as const)('where %s people are written all the same, and it is said why', async ([, fault]) => {
  await using loop = await startLoop({ sandbox, pull });
  await loop.sync({ pullOnly: true });
  await companiesWait(loop, 'companies', { leadloop_plg_score: 88 });
  loop.crm.faults.activate(fault);
  const report = await loop.sync({ pushOnly: true });
  expect(report).toMatchObject({ status: 'succeeded', failure: null });
  expect(report.counts.pushed).toBe(handsOf(loop).living().length);
  expect(report.problems.filter(({ code }) => code === 'unwritable')).toMatchObject([
    { object: 'companies', direction: 'out', severity: 'pauses', remedy: expect.stringMatching(/\w/) as string },
  ]);
  expect(scoresOf(loop)).toEqual(new Set([undefined]));
});

test('what was refused is asked for again after an hour, not at every run, and then goes', async () => {
  await using loop = await startLoop({ sandbox, pull });
  await loop.sync();
  await companiesWait(loop, 'companies', { leadloop_plg_score: 88 });
  loop.crm.faults.activate(noRecords);
  await loop.sync();
  const tries = () => loop.crm.requests.count('POST', new RegExp(companyUpdate));
  const before = tries();
  loop.crm.faults.clear();
  expect((await loop.sync()).problems.map(({ code }) => code)).toContain('unwritable');
  expect([before > 0, tries()]).toEqual([true, before]);
  loop.clock.advance(3_600_000);
  const report = await loop.sync();
  expect(report.problems.map(({ code }) => code)).not.toContain('unwritable');
  expect(scoresOf(loop)).toEqual(new Set(['88']));
});

test('people who may not be written end the run', async () => {
  await using loop = await startLoop({ sandbox, pull });
  loop.crm.faults.activate({ ...noRecords, scope: 'crm.objects.contacts.write', path: '/contacts/batch/update$' });
  expect(await loop.sync()).toMatchObject({ status: 'failed', failure: { code: 'crm-permission' } });
});

test.for([true, false])(
  'without Edit on Account leads are written all the same (our fields were there: %s)',
  async (there) => {
    await using loop = await startSalesforceLoop({ sandbox: { leads: 5, contacts: 5 } });
    const hands = salesforceHandsOf(loop);
    const [account] = hands.living('Account');
    const score = () => hands.value(account?.id ?? '', 'Leadloop_PLG_Score__c');
    await loop.sync();
    if (there) {
      await companiesWait(loop, 'Account', { Leadloop_PLG_Score__c: 88 });
      await loop.sync();
      expect(score()).toBe(88);
    }
    await companiesWait(loop, 'Account', { Leadloop_PLG_Score__c: 90 });
    loop.crm.faults.activate({ name: 'object-read-only', object: 'Account' });
    loop.clock.advance(3_600_000);
    const lead = hands.create('Lead', { LastName: 'Chen', Company: 'VelocityPay', Title: 'CTO' });
    for (const found of there ? ['read-only'] : ['unwritable', 'read-only']) {
      const report = await loop.sync();
      expect(report).toMatchObject({ status: 'succeeded', failure: null, counts: { pushRejected: 0 } });
      expect(report.problems.find(({ object }) => object === 'Account')?.code).toBe(found);
    }
    expect(hands.value(lead, 'Leadloop_Score__c')).not.toBeNull();
    expect(score()).toBe(there ? 88 : null);
  },
);
