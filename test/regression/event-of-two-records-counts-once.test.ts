// Wrong: an event that names a lead and the contact that it became counted twice for the one person they are.
import { expect, test } from 'vitest';
import { loadDatedEvents } from '../../src/db/queries/load-dated-events.ts';
import { startSalesforceLoop } from '../support/loop.ts';
import { salesforceHandsOf } from '../support/loop-salesforce.ts';

test('the campaign response of a converted lead counts once', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 4, contacts: 1 } });
  const hands = salesforceHandsOf(loop);
  const lead = hands.create('Lead', { LastName: 'Lovelace', Company: 'Engines', Email: 'ada@example.org' });
  hands.respond(lead, 'Whitepaper', '2026-11-20');
  await loop.sync();
  loop.clock.advance(60_000);
  // The member keeps its lead, and learns of the contact.
  hands.convert(lead);
  await loop.sync();
  const [person] = await loop.db.sql<{ id: string; downloads: number; people: number }>(
    `select l.id, l.content_downloads as downloads,
       (select count(*)::int from engagement_events e where e.lead_id = l.id) as people
     from leads l where l.email_key = 'ada@example.org' and l.merged_into is null`,
  );
  expect(person).toMatchObject({ downloads: 1, people: 2 });
  const dated = await loop.db.database.transaction(loop.orgId, (tx) => loadDatedEvents(tx, [person!.id]));
  expect(dated.get(person!.id)).toHaveLength(1);
});
