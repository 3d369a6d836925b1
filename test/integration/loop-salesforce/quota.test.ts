import { expect, test } from 'vitest';
import { salesforceHandsOf } from '../../support/loop-salesforce.ts';
import { startSalesforceLoop } from '../../support/loop.ts';
import { leaveCalls, quotaOf, toAfternoon } from '../../support/loop-quota.ts';

const minute = 60_000;
/** Of 20,000 calls a day half are ours, and of these 1,000 are kept for what is urgent. */
const quota = { dailyShare: 0.5, stopAtOrgUse: 1, urgentReserve: 0.1 };
const limits = { dailyApiRequests: 20_000 };
const pull = { objects: [] };

test(
  'with 1,000 calls left and 5,000 records to push, tier and MQL changes of leads and contacts are in the CRM, the rest waits and is told, and follows after the reset',
  { timeout: 180_000 },
  async () => {
    const sandbox = { leads: 3_000, contacts: 2_000, limits };
    await using loop = await startSalesforceLoop({ sandbox, pull, quota });
    toAfternoon(loop);
    const hands = salesforceHandsOf(loop);
    await loop.sync();
    loop.clock.advance(20 * minute);
    expect(await loop.sync()).toMatchObject({ status: 'succeeded' });
    const ours = (object: string): string[] =>
      hands.living(object).flatMap(({ id }) => (hands.value(id, 'Leadloop_Tier__c') === null ? [] : [id]));
    const [leads, contacts] = [ours('Lead'), ours('Contact')];
    expect(leads.length + contacts.length).toBeGreaterThan(4_500);
    const urgent = [...leads.slice(0, 250), ...contacts.slice(0, 50)];
    const rest = [...leads.slice(250), ...contacts.slice(50)];
    const before = new Map(urgent.map((id) => [id, hands.value(id, 'Leadloop_Tier__c')]));
    for (const id of urgent) hands.edit(id, { Leadloop_Tier__c: 'nobody knows', Leadloop_Is_MQL__c: true });
    for (const id of rest) hands.edit(id, { Leadloop_Score__c: -99 });
    loop.clock.advance(20 * minute);
    await loop.sync({ pullOnly: true });

    await leaveCalls(loop, 10_000, 1_000);
    loop.crm.requests.reset();
    const stopped = await loop.sync();
    expect(stopped).toMatchObject({ status: 'failed', failure: { code: 'crm-quota-exhausted' } });
    expect(stopped.counts.pushed).toBe(urgent.length);
    // Two calls for 250 leads, one for 50 contacts.
    expect(stopped.counts.apiCalls).toBe(3);
    for (const [id, tier] of before) expect(hands.value(id, 'Leadloop_Tier__c')).toBe(tier);
    for (const id of rest) expect(hands.value(id, 'Leadloop_Score__c')).toBe(-99);
    const state = await quotaOf(loop);
    expect(state.pool).toMatchObject({ max: 20_000, share: 10_000, used: 9_003, left: 0, leftForUrgent: 997 });
    expect(state.waits).toEqual({ reason: 'reserve', pushes: rest.length, until: stopped.nextTryAt });

    loop.clock.advance(stopped.nextTryAt!.getTime() - loop.clock.now() + 1_000);
    expect(await loop.sync()).toMatchObject({ status: 'succeeded', failure: null });
    for (const id of rest) expect(hands.value(id, 'Leadloop_Score__c')).not.toBe(-99);
    expect(await quotaOf(loop)).toMatchObject({ waiting: [], waits: null });
  },
);

test('what one session is told of the organisation stops another one without a call, until it may look again', async () => {
  const sandbox = { leads: 20, contacts: 5, limits: { dailyApiRequests: 1_000 }, usedByOthers: 900 };
  await using loop = await startSalesforceLoop({ sandbox, pull, quota: { stopAtOrgUse: 0.8 } });
  toAfternoon(loop);
  expect(await loop.sync()).toMatchObject({ counts: { apiCalls: 1 }, failure: { code: 'crm-quota-exhausted' } });
  loop.crm.usage.others = 0;
  const again = await loop.sync();
  expect(again).toMatchObject({ counts: { apiCalls: 0 }, failure: { code: 'crm-quota-exhausted' } });
  expect(await quotaOf(loop)).toMatchObject({ waits: { reason: 'account', until: again.nextTryAt } });
  loop.clock.advance(again.nextTryAt!.getTime() - loop.clock.now());
  expect(await loop.sync()).toMatchObject({ failure: null });
});
