// A field of a parent record that was hidden ended the whole sync: Salesforce refuses every query that names it.
import { expect, test } from 'vitest';
import { startSalesforceLoop } from '../support/loop.ts';

test('without Campaign.Type the members are read, and the run goes on', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 200, contacts: 50 } });
  loop.crm.faults.activate({ name: 'field-hidden', field: 'Campaign.Type' });
  const report = await loop.sync();
  expect(report.failure).toBeNull();
  const members = report.objects.find(({ object, lane }) => object === 'CampaignMember' && lane === 'full');
  expect(members?.records).toBeGreaterThan(0);
  const events = await loop.db.sql(`select 1 from engagement_events where external_id like 'CampaignMember:%'`);
  expect(events.length).toBeGreaterThan(0);
  expect(report.counts.pushed).toBeGreaterThan(200);
});
