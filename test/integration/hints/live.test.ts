import { expect, it } from 'vitest';
import { syncLive } from '../../../src/sync/sync-live.ts';
import { type Loop, startLoop, startSalesforceLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { salesforceHandsOf } from '../../support/loop-salesforce.ts';

/** Whatever the sandboxes are filled with is old. */
const epoch = Date.now() - 3_600_000;

async function look(loop: Loop<unknown>, tickAt: Date | null = null) {
  await using session = await loop.open();
  return await syncLive(session, { tickAt, signal: new AbortController().signal });
}

it('between two syncs changed people are found, scored and written; nothing new costs a call for each of their objects', async () => {
  await using hubspot = await startLoop({ sandbox: { contacts: 20, epoch } });
  await hubspot.sync();
  await hubspot.sync();
  expect((await look(hubspot)).counts).toMatchObject({ pulled: 0, apiCalls: 1 });
  const hands = handsOf(hubspot);
  const id = hands.living()[0]!.id;
  hands.edit(id, { jobtitle: 'Superintendent', hs_analytics_num_visits: '40' });
  hubspot.clock.advance(5_000);
  expect((await look(hubspot)).counts).toMatchObject({ pulled: 1, pushed: 1 });

  await using salesforce = await startSalesforceLoop({ sandbox: { leads: 20, contacts: 5, epoch } });
  await salesforce.sync();
  await salesforce.sync();
  expect((await look(salesforce)).counts).toMatchObject({ changed: 0, pushed: 0, apiCalls: 2 });
  const rows = salesforceHandsOf(salesforce);
  rows.edit(rows.living('Lead')[0]!.id, { Title: 'Superintendent' });
  salesforce.clock.advance(5_000);
  expect((await look(salesforce)).counts).toMatchObject({ changed: 1, pushed: 1 });
});

it('an instant is looked at once, whoever asks; nothing is done before everything was read', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 5 } });
  expect((await look(loop)).counts).toMatchObject({ pulled: 0, pushed: 0 });
  await loop.sync();
  const tickAt = new Date(loop.clock.now() + 20_000);
  await look(loop, tickAt);
  await expect(look(loop, tickAt)).rejects.toMatchObject({ code: 'tick-done' });
});
