import { expect, test } from 'vitest';
import { startLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';

test('two contacts that are merged become one lead with the history, events and furthest status of both', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 12 }, pull: { objects: ['forms'] } });
  const hands = handsOf(loop);
  const plain = await hands.create({ email: 'plain@example.org', firstname: 'Plain' });
  const hot = await hands.create({ email: 'hot@example.org', jobtitle: 'Superintendent' });
  hands.submit('Whitepaper Download', 'plain@example.org');
  await loop.sync();
  hands.edit(hot, { lifecyclestage: 'opportunity' });
  await loop.sync();
  const idOf = async (email: string): Promise<string> =>
    (await loop.db.sql<{ id: string }>('select id from leads where email = $1', [email]))[0]!.id;
  const leads = { plain: await idOf('plain@example.org'), hot: await idOf('hot@example.org') };
  const history = await loop.db.sql<{ n: number }>('select count(*)::int as n from score_history');

  const merged = await hands.merge(plain, hot);
  expect((await loop.sync()).failure).toBeNull();
  const alive = await loop.db.sql(
    'select id, status, content_downloads from leads where id = any($1) and merged_into is null',
    [Object.values(leads)],
  );
  expect(alive).toEqual([{ id: leads.hot, status: 'opportunity', content_downloads: 1 }]);
  expect(await loop.db.sql('select merged_into from leads where id = $1', [leads.plain])).toEqual([
    { merged_into: leads.hot },
  ]);
  expect(await loop.db.sql(`select lead_id from engagement_events where person = 'email:plain@example.org'`)).toEqual([
    { lead_id: leads.hot },
  ]);
  const [after] = await loop.db.sql<{ n: number }>('select count(*)::int as n from score_history');
  expect(after!.n).toBeGreaterThanOrEqual(history[0]!.n);
  expect(await loop.db.sql('select external_id from push_states where lead_id = $1', [leads.hot])).toEqual([
    { external_id: String(merged) },
  ]);
  expect(loop.crm.store.contacts.get(merged)?.properties['leadloop_status']).toBe('opportunity');
  expect((await loop.sync()).counts).toMatchObject({ changed: 0, pushed: 0, gone: 0 });
});

test('a write to a contact that was merged away a moment ago ends at the contact that absorbed it', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 12 }, pull: { objects: [] }, push: 'plan' });
  const hands = handsOf(loop);
  const [first, second] = [
    await hands.create({ email: 'one@example.org' }),
    await hands.create({ email: 'two@example.org' }),
  ];
  await loop.sync();
  const merged = await hands.merge(first, second);
  const pushed = await loop.sync({ pushOnly: true });
  expect(pushed).toMatchObject({ failure: null, counts: { gone: 2 } });
  await loop.sync();
  await loop.sync({ pushOnly: true });
  expect(loop.crm.store.contacts.get(merged)?.properties['leadloop_score']).toBeDefined();
});
