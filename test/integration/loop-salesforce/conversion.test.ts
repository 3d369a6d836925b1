import { expect, test } from 'vitest';
import { type SalesforceLoop, startSalesforceLoop } from '../../support/loop.ts';
import { salesforceWritesOf } from '../../support/loop-calls.ts';
import { salesforceHandsOf, type SalesforceHands } from '../../support/loop-salesforce.ts';

const sandbox = { leads: 12, contacts: 4 };
const ada = { FirstName: 'Ada', LastName: 'Lovelace', Email: 'ada@example.org', Company: 'Analytical Engines' };

interface Person {
  readonly id: string;
  readonly status: string;
  readonly score: number;
  readonly opportunity: string | null;
  readonly isDealDated: boolean;
  readonly records: readonly string[];
}

/** Those who are alive under an address. */
function peopleNamed({ db }: SalesforceLoop, email: string): Promise<Person[]> {
  return db.sql<Person>(
    `select l.id, l.status, l.lead_score as score, o.external_id as opportunity,
       l.opportunity_date is not null as "isDealDated",
       (select array_agg(s.external_id order by s.external_id desc) from source_records s
        where s.lead_id = l.id and s.gone_at is null) as records
     from leads l left join opportunities o on o.id = l.opportunity_id
     where l.email_key = $1 and l.merged_into is null`,
    [email],
  );
}

interface Past {
  readonly scores: readonly number[];
  readonly moves: readonly string[];
}

async function pastOf({ db }: SalesforceLoop, leadId: string): Promise<Past> {
  const [past] = await db.sql<Past>(
    `select
       coalesce((select array_agg(total order by id) from score_history where lead_id = $1), '{}') as scores,
       coalesce((select array_agg(from_status || ' to ' || to_status order by id) from lifecycle_transitions
         where lead_id = $1), '{}') as moves`,
    [leadId],
  );
  return past!;
}

/** Until nothing is left to do; five minutes between two syncs. */
async function settle(loop: SalesforceLoop): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    loop.clock.advance(300_000);
    const report = await loop.sync();
    expect(report).toMatchObject({ status: 'succeeded', failure: null, counts: { pushRejected: 0 } });
    if (report.counts.changed + report.counts.pushed === 0) return;
  }
  throw new Error('it does not come to rest');
}

const score = (hands: SalesforceHands, id: string): unknown => hands.value(id, 'Leadloop_Score__c');

/** A superintendent who has asked for a demo: an MQL with a history. */
async function qualified(loop: SalesforceLoop, hands: SalesforceHands): Promise<string> {
  const lead = hands.create('Lead', { ...ada, Title: 'Manager' });
  await loop.sync();
  loop.clock.advance(60_000);
  hands.edit(lead, { Title: 'Superintendent' });
  hands.respond(lead, 'Request a Demo', '2026-11-20');
  await settle(loop);
  return lead;
}

test('a converted lead keeps its lead, score, status and history, and its contact gets the score', async () => {
  await using loop = await startSalesforceLoop({ sandbox });
  const hands = salesforceHandsOf(loop);
  const lead = await qualified(loop, hands);
  const [before] = await peopleNamed(loop, ada.Email);
  expect(before).toMatchObject({ status: 'mql', score: 30, opportunity: null, isDealDated: false });
  const past = await pastOf(loop, before!.id);
  expect(past.scores.length).toBeGreaterThan(1);
  expect(score(hands, lead)).toBe(30);

  loop.clock.advance(60_000);
  const { contactId, opportunityId } = hands.convert(lead);
  const stamp = hands.value(lead, 'SystemModstamp');
  await settle(loop);
  const people = await peopleNamed(loop, ada.Email);
  expect(people).toEqual([
    {
      ...before,
      status: 'opportunity',
      opportunity: opportunityId,
      isDealDated: true,
      records: [lead, contactId],
    },
  ]);
  const now = await pastOf(loop, before!.id);
  expect(now.scores.slice(0, past.scores.length)).toEqual(past.scores);
  expect(now.moves.slice(0, past.moves.length)).toEqual(past.moves);
  expect(now.moves.at(-1)).toMatch(/ to opportunity$/);
  expect(hands.row(contactId).values).toMatchObject({
    Leadloop_Score__c: 30,
    Leadloop_Status__c: 'opportunity',
    Leadloop_Is_MQL__c: true,
  });
  expect(hands.value(lead, 'SystemModstamp')).toBe(stamp);

  // Of the one demo that was asked for, lead and contact both tell: it counts once.
  hands.edit(contactId, { Title: 'Manager' });
  await settle(loop);
  expect(await peopleNamed(loop, ada.Email)).toMatchObject([{ id: before!.id, score: 20 }]);
  expect(score(hands, contactId)).toBe(20);
  expect(score(hands, lead)).toBe(30);
  expect(hands.value(lead, 'SystemModstamp')).toBe(stamp);
});

test('a lead that was converted into a contact we know makes one person of the two, with both histories', async () => {
  await using loop = await startSalesforceLoop({ sandbox });
  const hands = salesforceHandsOf(loop);
  const contact = hands.create('Contact', { FirstName: 'Ada', LastName: 'King', Email: 'king@example.org' });
  const lead = await qualified(loop, hands);
  const [older] = await peopleNamed(loop, ada.Email);
  const [other] = await peopleNamed(loop, 'king@example.org');
  const past = await pastOf(loop, older!.id);
  hands.edit(contact, { AccountId: hands.living('Account')[0]!.id });
  hands.convert(lead, { contact: hands.row(contact), opportunity: false });
  await settle(loop);
  const alive = await loop.db.sql<{ id: string; status: string }>(
    'select id, status from leads where id = any($1) and merged_into is null',
    [[older!.id, other!.id]],
  );
  expect(alive).toEqual([{ id: older!.id, status: 'sql' }]);
  expect((await pastOf(loop, older!.id)).scores.slice(0, past.scores.length)).toEqual(past.scores);
  expect(score(hands, contact)).toBeGreaterThanOrEqual(15);
});

test('a lead that is converted between our plan and our write sends the score to its contact', async () => {
  await using loop = await startSalesforceLoop({ sandbox, push: 'plan' });
  const hands = salesforceHandsOf(loop);
  const lead = hands.create('Lead', { ...ada, Title: 'Superintendent' });
  await loop.sync();
  const { contactId } = hands.convert(lead);
  const pushed = await loop.sync({ pushOnly: true });
  expect(pushed).toMatchObject({ failure: null, counts: { pushRejected: 0 } });
  expect(pushed.counts.gone).toBeGreaterThan(0);
  expect(score(hands, lead)).toBeNull();
  loop.clock.advance(300_000);
  await loop.sync();
  await loop.sync({ pushOnly: true });
  expect(score(hands, contactId)).toBe(15);
  expect(await peopleNamed(loop, ada.Email)).toMatchObject([{ records: [lead, contactId] }]);
  loop.clock.advance(300_000);
  expect((await loop.sync({ pushOnly: true })).counts).toMatchObject({ planned: 0, gone: 0, pushRejected: 0 });
});

test('a lead that had been converted before we ever read it is one person with its contact, and is not written', async () => {
  await using loop = await startSalesforceLoop({ sandbox });
  const hands = salesforceHandsOf(loop);
  const lead = hands.create('Lead', { ...ada, Title: 'Superintendent' });
  const { contactId, opportunityId } = hands.convert(lead);
  await settle(loop);
  expect(await peopleNamed(loop, ada.Email)).toMatchObject([
    { status: 'opportunity', opportunity: opportunityId, isDealDated: true, records: [lead, contactId] },
  ]);
  expect(score(hands, contactId)).toBe(15);
  expect(score(hands, lead)).toBeNull();
  const written = await loop.db.sql(`select 1 from push_ledger where external_id = $1`, [lead]);
  expect(written).toEqual([]);
});

test('a conversion without an opportunity is a word of sales, and a later opportunity of the contact is dated', async () => {
  await using loop = await startSalesforceLoop({ sandbox });
  const hands = salesforceHandsOf(loop);
  const lead = await qualified(loop, hands);
  const { contactId, accountId } = hands.convert(lead, { opportunity: false });
  await settle(loop);
  expect(await peopleNamed(loop, ada.Email)).toMatchObject([{ status: 'sql', opportunity: null, isDealDated: false }]);
  const opportunity = hands.create('Opportunity', {
    Name: 'Analytical Engines 2026',
    AccountId: accountId,
    StageName: 'Prospecting',
    IsClosed: false,
    IsWon: false,
  });
  hands.create('OpportunityContactRole', { OpportunityId: opportunity, ContactId: contactId, IsPrimary: true });
  await settle(loop);
  expect(await peopleNamed(loop, ada.Email)).toMatchObject([{ status: 'opportunity', opportunity, isDealDated: true }]);
  expect(hands.value(contactId, 'Leadloop_Status__c')).toBe('opportunity');
});

test('calls and meetings that move to the contact with a conversion stay the same events', async () => {
  await using loop = await startSalesforceLoop({ sandbox });
  const hands = salesforceHandsOf(loop);
  const lead = await qualified(loop, hands);
  const task = hands.create('Task', {
    WhoId: lead,
    Subject: 'Call',
    TaskSubtype: 'Call',
    Status: 'Completed',
    IsClosed: true,
    CompletedDateTime: loop.clock.now(),
  });
  await settle(loop);
  const events = (): Promise<object[]> =>
    loop.db.sql(
      `select e.external_id, e.type, count(distinct e.lead_id)::int as people from engagement_events e
       join leads l on l.id = e.lead_id where l.email_key = $1 group by 1, 2 order by 1`,
      [ada.Email],
    );
  const before = await events();
  expect(before).toHaveLength(2);
  hands.convert(lead);
  expect(hands.value(task, 'WhoId')).not.toBe(lead);
  await settle(loop);
  expect(await events()).toEqual(before);
  loop.crm.requests.reset();
  await settle(loop);
  expect(salesforceWritesOf(loop.crm)).toBe(0);
});
