// A flow of the customer's that changes our field after each write was answered with one write more in every sync, for ever.
import { expect, test } from 'vitest';
import { startSalesforceLoop, type SalesforceLoop } from '../support/loop.ts';
import { salesforceHandsOf } from '../support/loop-salesforce.ts';

const tier = 'Leadloop_Tier__c';

async function written(loop: SalesforceLoop): Promise<number> {
  loop.clock.advance(60_000);
  const report = await loop.sync();
  expect(report.failure).toBeNull();
  return report.counts.pushed;
}

test('a flow that takes our value back twice in a row is left alone until we have something else to say', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 20, contacts: 5 } });
  const hands = salesforceHandsOf(loop);
  await loop.sync();
  const lead = hands.living('Lead')[0]!.id;
  const other = hands.value(lead, tier) === 'hot' ? 'warm' : 'hot';
  const flow = (): void => hands.edit(lead, { [tier]: other });
  flow();
  expect(await written(loop)).toBe(1);
  flow();
  expect([await written(loop), await written(loop)]).toEqual([0, 0]);
  expect(hands.value(lead, tier)).toBe(other);
  // Something else about the lead is told all the same, and the field stays the flow's.
  hands.edit(lead, { Title: 'Superintendent' });
  expect(await written(loop)).toBe(1);
});

test('a person who edits our field now and then is overruled each time', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 20, contacts: 5 } });
  const hands = salesforceHandsOf(loop);
  await loop.sync();
  const lead = hands.living('Lead')[0]!.id;
  for (let turn = 0; turn < 3; turn += 1) {
    hands.edit(lead, { Leadloop_Score__c: 99 });
    expect(await written(loop)).toBe(1);
    // The echo shows that our value has stayed.
    expect(await written(loop)).toBe(0);
    expect(hands.value(lead, 'Leadloop_Score__c')).not.toBe(99);
  }
});
