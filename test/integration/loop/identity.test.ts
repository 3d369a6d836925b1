import { expect, test } from 'vitest';
import { startLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';

const options = { sandbox: { contacts: 12 }, pull: { objects: ['forms'] } };

test('the same address in other letters is one lead, and both records get its score', async () => {
  await using loop = await startLoop(options);
  const hands = handsOf(loop);
  const first = await hands.create({ email: 'ada@example.org', jobtitle: 'Superintendent' });
  await loop.sync();
  const second = await hands.create({ firstname: 'Ada' });
  // HubSpot itself would refuse the address a second time; an import of old data has it.
  hands.edit(second, { email: 'Ada@Example.ORG' });
  await loop.sync();
  const leads = await loop.db.sql(`select distinct lead_id from source_records where external_id = any($1)`, [
    [String(first), String(second)],
  ]);
  expect(leads).toHaveLength(1);
  const scores = [first, second].map((id) => loop.crm.store.contacts.get(id)?.properties['leadloop_score']);
  expect(scores[0]).toBeDefined();
  expect(scores[1]).toBe(scores[0]);
});

test('a change of address keeps the lead', async () => {
  await using loop = await startLoop(options);
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'before@example.org' });
  await loop.sync();
  const [before] = await loop.db.sql<{ id: string }>(`select id from leads where email = 'before@example.org'`);
  hands.edit(id, { email: 'after@example.org' });
  await loop.sync();
  expect(await loop.db.sql(`select id from leads where email = 'after@example.org'`)).toEqual([before]);
  expect(await loop.db.sql(`select id from leads where email = 'before@example.org'`)).toEqual([]);
});

test('a person who arrives after their submission gets it', async () => {
  await using loop = await startLoop(options);
  const hands = handsOf(loop);
  hands.submit('Whitepaper Download', 'early@example.org');
  await loop.sync();
  await hands.create({ email: 'Early@example.org' });
  await loop.sync();
  expect(await loop.db.sql(`select content_downloads from leads where email_key = 'early@example.org'`)).toEqual([
    { content_downloads: 1 },
  ]);
});
