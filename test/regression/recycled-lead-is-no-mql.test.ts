// Wrong: a lead that sales recycled kept "MQL by …" as its reason, in the CRM too, until something else scored it again; and
// explain held its triggers against all that it ever did, although only what came since can qualify it.
import { expect, test } from 'vitest';
import { startLoop } from '../support/loop.ts';
import { openOn } from '../support/loop-app.ts';
import { handsOf } from '../support/loop-crm.ts';

test('the reason of a lead that is recycled says no more that it qualifies, and scoring again changes nothing', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 12 }, pull: { objects: [] } });
  await using app = await openOn(loop);
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'ada@example.org', jobtitle: 'Superintendent' });
  hands.edit(id, { hs_analytics_num_visits: '23' });
  await loop.sync();
  const written = () => loop.crm.store.contacts.get(id)?.properties;
  expect(written()).toMatchObject({ leadloop_status: 'mql', leadloop_reasons: expect.stringContaining('MQL by') });

  loop.clock.advance(60_000);
  hands.edit(id, { hs_lead_status: 'BAD_TIMING' });
  await loop.sync();
  expect(written()).toMatchObject({
    leadloop_status: 'recycled',
    leadloop_is_mql: 'false',
    leadloop_reasons: expect.not.stringContaining('MQL by'),
  });

  const run = { org: null, signal: new AbortController().signal, onProgress: () => undefined };
  await app.scoreRun(run);
  loop.clock.advance(60_000);
  expect((await loop.sync()).counts).toMatchObject({ planned: 0, pushed: 0 });
  expect((await app.explain('ada@example.org', run.signal))?.facts).toMatchObject({ website_visits: 0 });
});
