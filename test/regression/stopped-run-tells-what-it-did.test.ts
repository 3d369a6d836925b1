// A run that stopped at a limit reported nothing read and nothing written, although it had committed thousands.
import { expect, test } from 'vitest';
import { startSalesforceLoop } from '../support/loop.ts';

test('a sync that the quota stops while reading tells what it has read', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 60, contacts: 30 } });
  loop.crm.faults.activate({ name: 'request-limit', path: 'sobjects/CampaignMember' });
  const stopped = await loop.sync();
  expect(stopped).toMatchObject({ status: 'failed', failure: { code: 'crm-quota-exhausted' } });
  expect(stopped.counts.pulled).toBeGreaterThan(50);
  expect(stopped.objects).toContainEqual(expect.objectContaining({ object: 'Lead', lane: 'full' }));
});

test('a sync that the quota stops while writing tells what it has written', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 450, contacts: 10 } });
  loop.crm.faults.activate({ name: 'request-limit', path: 'composite/sobjects', after: 1 });
  const stopped = await loop.sync();
  expect(stopped).toMatchObject({ status: 'failed', failure: { code: 'crm-quota-exhausted' } });
  // Three calls leave at once: the one that went through is a full one or the last.
  expect(stopped.counts.pushed).toBeGreaterThan(0);
});
