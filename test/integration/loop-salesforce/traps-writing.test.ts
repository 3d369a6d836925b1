import { expect, test } from 'vitest';
import type { RejectedEntry } from '../../../src/cli/app-port.ts';
import { type SalesforceLoop, startSalesforceLoop } from '../../support/loop.ts';
import { openOn } from '../../support/loop-app.ts';
import { salesforceCallsOf, salesforceWritesOf } from '../../support/loop-calls.ts';
import { untilItRests } from '../../support/loop-faults.ts';
import { type SalesforceHands, salesforceHandsOf } from '../../support/loop-salesforce.ts';

// The worst traps of Salesforce, by their number in the list that the connector's README has; here those of writing.

const few = { leads: 12, contacts: 6 };
const minute = 60_000;

async function stateOf({ db }: SalesforceLoop, id: string): Promise<string | undefined> {
  const [row] = await db.sql<{ state: string }>('select state from push_states where external_id = $1', [id]);
  return row?.state;
}

const score = (hands: SalesforceHands, id: string): unknown => hands.value(id, 'Leadloop_Score__c');

/** Leads and contacts that may be written. */
const people = (hands: SalesforceHands): string[] =>
  [...hands.living('Lead'), ...hands.living('Contact')].map(({ id }) => id);

test('trap 6: a converted lead stops nobody else’s score, and its contact gets its own', async () => {
  await using loop = await startSalesforceLoop({ sandbox: few, push: 'plan' });
  const hands = salesforceHandsOf(loop);
  await loop.sync();
  const [converted = '', ...others] = people(hands);
  const { contactId } = hands.convert(converted);
  const pushed = await loop.sync({ pushOnly: true });
  expect(pushed).toMatchObject({ status: 'succeeded', counts: { pushed: others.length, gone: 1, pushRejected: 0 } });
  for (const id of others) expect(score(hands, id)).not.toBeNull();
  loop.clock.advance(5 * minute);
  await loop.sync();
  expect((await loop.sync({ pushOnly: true })).counts).toMatchObject({ pushRejected: 0 });
  expect(score(hands, contactId)).not.toBeNull();
  expect(await stateOf(loop, converted)).toBeUndefined();
});

test('trap 7: a record that a validation rule refuses is parked with its reason, and all others are written', async () => {
  const where = "LastName = 'Parked' AND Phone = null";
  const rule = { object: 'Lead', where, message: 'Parked leads need a phone' };
  await using loop = await startSalesforceLoop({ sandbox: { ...few, validationRules: [rule] } });
  const hands = salesforceHandsOf(loop);
  const parked = hands.create('Lead', { LastName: 'Parked', Email: 'parked@example.org', Title: 'Director' });
  const others = people(hands).filter((id) => id !== parked);
  const report = await loop.sync();
  expect(report).toMatchObject({
    status: 'partial',
    failure: null,
    counts: { pushed: others.length, pushRejected: 1, pushDeferred: 0 },
  });
  for (const id of others) expect(score(hands, id)).not.toBeNull();
  expect(score(hands, parked)).toBeNull();
  expect(await stateOf(loop, parked)).toBe('dead');
  await using app = await openOn(loop);
  const listed = async (): Promise<readonly RejectedEntry[]> => app.rejected.list({ connection: loop.name, limit: 50 });
  expect(await listed()).toMatchObject([
    {
      externalId: parked,
      stage: 'push',
      message: 'Salesforce refused this record: FIELD_CUSTOM_VALIDATION_EXCEPTION.',
    },
  ]);
  // It is not tried again for nothing.
  loop.clock.advance(5 * minute);
  loop.crm.requests.reset();
  expect((await loop.sync()).counts).toMatchObject({ pushed: 0, pushRejected: 0 });
  expect(salesforceWritesOf(loop.crm)).toBe(0);

  hands.edit(parked, { Phone: '+1 555 0100' });
  const retrying = { signal: new AbortController().signal, onProgress: () => undefined };
  expect((await app.rejected.retry(loop.name, retrying)).failure).toBeNull();
  expect((await loop.sync()).counts).toMatchObject({ pushed: 1, pushRejected: 0 });
  expect(score(hands, parked)).toBe(10);
  expect(await listed()).toEqual([]);
});

test('trap 8: row locks put writes off, nobody else waits for them, and they go through when the locks are gone', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 5, contacts: 0 }, push: 'plan' });
  const hands = salesforceHandsOf(loop);
  const [locked = '', free = ''] = ['Locked', 'Free'].map((Name) => hands.create('Account', { Name }));
  // More than one call holds, of both companies.
  const contacts = Array.from({ length: 240 }, (_, at) =>
    hands.create('Contact', {
      LastName: `Person ${at}`,
      Email: `person.${at}@example.org`,
      AccountId: at % 2 === 0 ? locked : free,
    }),
  );
  await loop.sync();
  loop.crm.org.locks.hold(locked);
  const pushed = await loop.sync({ pushOnly: true });
  expect(pushed).toMatchObject({ status: 'succeeded', failure: null, counts: { pushDeferred: 120, pushRejected: 0 } });
  expect(contacts.filter((id) => score(hands, id) === null)).toHaveLength(120);
  // At once it is not even tried.
  loop.crm.requests.reset();
  await loop.sync({ pushOnly: true });
  expect(salesforceWritesOf(loop.crm)).toBe(0);
  loop.crm.org.locks.clear();
  loop.clock.advance(5 * minute);
  expect((await loop.sync({ pushOnly: true })).counts).toMatchObject({ pushed: 120, pushDeferred: 0 });
  expect(contacts.filter((id) => score(hands, id) === null)).toEqual([]);
});

test('trap 9: a session that Salesforce does not take any more is renewed once a request, then the run asks for help', async () => {
  await using loop = await startSalesforceLoop({ sandbox: few });
  const hands = salesforceHandsOf(loop);
  loop.crm.faults.activate({ name: 'session-dead', path: '/composite/sobjects' });
  expect(await loop.sync()).toMatchObject({
    status: 'failed',
    failure: { code: 'crm-credentials', recovery: 'reauthorise' },
  });
  // The session of the run, and one more for each call that was under way.
  expect(loop.crm.requests.count('POST', /oauth2\/token/)).toBeLessThanOrEqual(4);
  loop.crm.faults.clear();
  await untilItRests(loop);
  for (const id of people(hands)) expect(score(hands, id)).not.toBeNull();
});

test('trap 13: a mass push clears what has to be cleared and leaves alone what it does not name', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 240, contacts: 0 }, massFrom: 200 });
  const hands = salesforceHandsOf(loop);
  await untilItRests(loop);
  const leads = hands.living('Lead').filter(({ values }) => values['Leadloop_Is_MQL__c'] !== true);
  expect(leads.length).toBeGreaterThan(200);
  const phones = new Map(leads.map(({ id, values }) => [id, values['Phone']]));
  // Somebody has filled fields of ours: a date where there is none to have, text that a table could misread.
  for (const [at, { id }] of leads.entries()) {
    hands.edit(id, { Leadloop_MQL_Date__c: loop.clock.now(), ...(at % 2 === 0 && { Leadloop_Reasons__c: '#N/A' }) });
  }
  loop.clock.advance(5 * minute);
  loop.crm.requests.reset();
  expect((await loop.sync()).counts).toMatchObject({ pushed: leads.length, pushRejected: 0, pushDeferred: 0 });
  expect(salesforceCallsOf(loop.crm)).toMatchObject({ 'POST /jobs/ingest': 1 });
  for (const { id } of leads) {
    expect(hands.value(id, 'Leadloop_MQL_Date__c')).toBeNull();
    expect(hands.value(id, 'Leadloop_Reasons__c')).not.toBe('#N/A');
    expect(hands.value(id, 'Phone') ?? null).toBe(phones.get(id) ?? null);
  }
  await untilItRests(loop);
});

test.each(['plain', 'bursts', 'per-app'] as const)(
  'trap 15: with little left of the day (told as %s) a run stops, keeps what it has, and goes on from there',
  async (limitInfo) => {
    const sandbox = { ...few, limits: { dailyApiRequests: 1_000 }, usedByOthers: 780, limitInfo };
    await using loop = await startSalesforceLoop({ sandbox, quota: { stopAtOrgUse: 0.8, urgentReserve: 0 } });
    const stopped = await loop.sync();
    expect(stopped).toMatchObject({ status: 'failed', failure: { code: 'crm-quota-exhausted', recovery: 'retry' } });
    expect(loop.crm.usage.used()).toBeLessThanOrEqual(801);
    expect(stopped.nextTryAt!.getTime()).toBeGreaterThan(loop.clock.now());
    const done = await loop.db.sql<{ object: string }>(
      `select object from sync_cursors where lane = 'full' and completed_at is not null`,
    );
    expect(done).toContainEqual({ object: 'Account' });
    loop.crm.usage.others = 0;
    loop.clock.advance(stopped.nextTryAt!.getTime() - loop.clock.now() + 1_000);
    const next = await loop.sync();
    expect(next).toMatchObject({ status: 'succeeded', failure: null });
    // What was read is not read in full again.
    const again = next.objects.filter(
      ({ object, lane }) => lane === 'full' && object !== 'User' && done.some((one) => one.object === object),
    );
    expect(again).toEqual([]);
  },
);

test('an assignment rule moves no lead to another owner because of a score', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 250, contacts: 0, assignmentRule: true } });
  const hands = salesforceHandsOf(loop);
  const owners = new Map(hands.living('Lead').map(({ id, values }) => [id, values['OwnerId']]));
  const report = await loop.sync();
  expect(report.counts.pushed).toBeGreaterThan(200);
  for (const [id, owner] of owners) expect(hands.value(id, 'OwnerId')).toBe(owner);
});

test('a duplicate rule that only alerts stops no score', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { ...few, duplicateRule: 'alert' } });
  const hands = salesforceHandsOf(loop);
  const twins = [1, 2].map(() => hands.create('Lead', { LastName: 'Twin', Email: 'twin@example.org' }));
  expect(await loop.sync()).toMatchObject({ status: 'succeeded', counts: { pushRejected: 0 } });
  for (const id of twins) expect(score(hands, id)).not.toBeNull();
});

test('a merge keeps the survivor’s score and history, and the loser’s engagement', async () => {
  await using loop = await startSalesforceLoop({ sandbox: few });
  const hands = salesforceHandsOf(loop);
  const winner = hands.create('Lead', { LastName: 'Winner', Email: 'winner@example.org', Title: 'Superintendent' });
  const loser = hands.create('Lead', { LastName: 'Loser', Email: 'loser@example.org', Title: 'Teacher' });
  hands.respond(winner, 'Request a Demo', '2026-03-02');
  hands.respond(loser, 'Assessment Whitepaper', '2026-03-03');
  await untilItRests(loop);
  const historyOf = (leadId: string): Promise<object[]> =>
    loop.db.sql('select total, tier, reason, at from score_history where lead_id = $1 order by id', [leadId]);
  const leadOf = async (id: string): Promise<string> =>
    (await loop.db.sql<{ id: string }>('select lead_id as id from source_records where external_id = $1', [id]))[0]!.id;
  const [survivor, absorbed] = [await leadOf(winner), await leadOf(loser)];
  const before = await historyOf(survivor);
  expect(score(hands, winner)).toBe(30);
  hands.merge(winner, loser);
  await untilItRests(loop);
  expect([await leadOf(winner), await leadOf(loser)]).toEqual([survivor, survivor]);
  expect((await historyOf(survivor)).slice(0, before.length)).toEqual(before);
  expect(await loop.db.sql('select merged_into from leads where id = $1', [absorbed])).toEqual([
    { merged_into: survivor },
  ]);
  expect(await loop.db.sql('select status, content_downloads from leads where id = $1', [survivor])).toEqual([
    { status: 'mql', content_downloads: 1 },
  ]);
  expect(score(hands, winner)).toBe(35);
  expect(await stateOf(loop, loser)).toBeUndefined();
  loop.clock.advance(5 * minute);
  expect((await loop.sync()).counts).toMatchObject({ changed: 0, pushed: 0, gone: 0 });
});
