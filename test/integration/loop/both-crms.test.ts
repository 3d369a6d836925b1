import { expect, test } from 'vitest';
import { defaultMapping as hubspotMapping } from '../../../connectors/hubspot/default-mapping.ts';
import { defaultMapping as salesforceMapping } from '../../../connectors/salesforce/default-mapping.ts';
import type { ConflictRule, MappingDefinition } from '../../../src/model/mapping.ts';
import {
  type Loop,
  type LoopOptions,
  type SalesforceLoop,
  startLoop,
  startSalesforceLoop,
} from '../../support/loop.ts';
import { salesforceWritesOf, writesOf } from '../../support/loop-calls.ts';
import { type CrmHands, handsOf } from '../../support/loop-crm.ts';
import { type SalesforceHands, salesforceHandsOf } from '../../support/loop-salesforce.ts';

/** One organisation with a HubSpot and a Salesforce connection. */
interface Both extends AsyncDisposable {
  readonly hubspot: Loop;
  readonly salesforce: SalesforceLoop;
  readonly hub: CrmHands;
  readonly force: SalesforceHands;
}

interface Options {
  /** People of HubSpot, two thirds of whom Salesforce has as well, beside as many strangers. */
  readonly people?: number;
  readonly hubspot?: LoopOptions;
  readonly salesforce?: LoopOptions;
}

async function startBoth({ people = 0, ...options }: Options = {}): Promise<Both> {
  await using stack = new AsyncDisposableStack();
  const epoch = Date.now() - 3_600_000;
  const hubspot = stack.use(
    await startLoop({ sandbox: { contacts: Math.max(12, people), epoch }, ...options.hubspot }),
  );
  const half = Math.ceil(people / 2);
  const sandbox = { leads: Math.max(3, half), contacts: half, hubspotContacts: people, epoch };
  const salesforce = stack.use(await startSalesforceLoop({ beside: hubspot, sandbox, ...options.salesforce }));
  const kept = stack.move();
  return {
    hubspot,
    salesforce,
    hub: handsOf(hubspot),
    force: salesforceHandsOf(salesforce),
    [Symbol.asyncDispose]: async () => kept.disposeAsync(),
  };
}

/** One after the other until neither finds anything to do; returns how many turns that took. */
async function settle({ hubspot, salesforce }: Both): Promise<number> {
  for (let turn = 1; turn <= 4; turn += 1) {
    let busy = 0;
    for (const loop of [hubspot, salesforce]) {
      hubspot.clock.advance(150_000);
      const report = await loop.sync();
      expect(report).toMatchObject({ failure: null, counts: { pushRejected: 0 } });
      busy += report.counts.changed + report.counts.pushed;
    }
    if (busy === 0) return turn;
  }
  throw new Error('the two CRMs do not come to rest');
}

interface Person {
  readonly id: string;
  readonly status: string;
  readonly title: string | null;
  readonly downloads: number;
  readonly demo: boolean;
  readonly score: number;
  readonly records: readonly string[];
}

/** Those who are alive under an address. */
function peopleNamed({ hubspot: { db } }: Both, email: string): Promise<Person[]> {
  return db.sql<Person>(
    `select l.id, l.status, l.title, l.content_downloads as downloads, l.demo_requested as demo, l.lead_score as score,
       (select array_agg(s.external_id order by c.kind) from source_records s join connections c on c.id = s.connection_id
        where s.lead_id = l.id and s.gone_at is null) as records
     from leads l where l.email_key = $1 and l.merged_into is null`,
    [email],
  );
}

const ada = 'ada@example.org';

interface Ada {
  readonly contact: number;
  readonly lead: string;
}

async function createAda({ hub, force }: Both, titles: { hubspot?: string; salesforce?: string } = {}): Promise<Ada> {
  const { hubspot, salesforce } = titles;
  return {
    contact: await hub.create({
      email: ada,
      lastname: 'Lovelace',
      ...(hubspot !== undefined && { jobtitle: hubspot }),
    }),
    lead: force.create('Lead', { LastName: 'Lovelace', Email: 'Ada@Example.org', Title: salesforce ?? null }),
  };
}

function scoresOf({ hubspot, force }: Both, { contact, lead }: Ada): readonly unknown[] {
  const { properties } = hubspot.crm.store.contacts.get(contact) ?? {};
  return [Number(properties?.['leadloop_score']), force.value(lead, 'Leadloop_Score__c')];
}

test('people who are in both CRMs are one lead each, and both CRMs get the same score, status and reasons', async () => {
  await using both = await startBoth({ people: 60 });
  await settle(both);
  const shared = await both.hubspot.db.sql<{ hubspot: string; salesforce: string; object: string }>(
    `select h.external_id as hubspot, s.external_id as salesforce, s.object
     from source_records h join source_records s on s.lead_id = h.lead_id and s.connection_id = $2 and s.gone_at is null
       and s.successor_id is null and s.kind = 'lead'
     where h.connection_id = $1 and h.gone_at is null and h.kind = 'lead'`,
    [both.hubspot.connectionId, both.salesforce.connectionId],
  );
  expect(shared.length).toBeGreaterThan(30);
  expect(new Set(shared.map(({ object }) => object))).toEqual(new Set(['Lead', 'Contact']));
  const [written, told] = [both.hubspot.written(), both.salesforce.written()];
  for (const { hubspot, salesforce } of shared) {
    const [here, there] = [written[hubspot], told[salesforce]];
    for (const name of ['score', 'status', 'tier', 'segment', 'reasons']) {
      const field = `Leadloop_${name[0]!.toUpperCase()}${name.slice(1)}__c`;
      expect({ hubspot, [name]: here?.[`leadloop_${name}`] }).toEqual({ hubspot, [name]: there?.[field] });
    }
  }
  const doubles = await both.hubspot.db.sql(
    `select email_key from leads where email_key is not null and merged_into is null group by 1 having count(*) > 1`,
  );
  expect(doubles).toEqual([]);
});

test('HubSpot, Salesforce, HubSpot, Salesforce: it comes to rest, and nothing is written back and forth', async () => {
  await using both = await startBoth({ people: 40 });
  // One turn to read and write, one for the echo and what the other has brought, one that finds nothing.
  expect(await settle(both)).toBeLessThanOrEqual(3);
  const history = async (): Promise<object[]> =>
    both.hubspot.db.sql(
      `select (select count(*)::int from score_history) as scores, (select count(*)::int from push_ledger) as writes,
         (select count(*)::int from lifecycle_transitions) as moves`,
    );
  const before = await history();
  both.hubspot.crm.requests.reset();
  both.salesforce.crm.requests.reset();
  for (let turn = 0; turn < 2; turn += 1) {
    for (const loop of [both.hubspot, both.salesforce]) {
      both.hubspot.clock.advance(26 * 3_600_000);
      expect(await loop.sync({ full: true })).toMatchObject({ failure: null, counts: { changed: 0, pushed: 0 } });
    }
  }
  expect([writesOf(both.hubspot.crm), salesforceWritesOf(both.salesforce.crm)]).toEqual([0, 0]);
  expect(await history()).toEqual(before);
});

test('the latest edit wins, in whichever CRM it is made, and the other CRM’s old value does not take turns', async () => {
  await using both = await startBoth();
  const person = await createAda(both, { hubspot: 'Manager', salesforce: 'Teacher' });
  await settle(both);
  both.hub.edit(person.contact, { jobtitle: 'Director' });
  await settle(both);
  expect(await peopleNamed(both, ada)).toMatchObject([{ title: 'Director', score: 10 }]);
  both.force.edit(person.lead, { Title: 'Superintendent' });
  await settle(both);
  expect(await peopleNamed(both, ada)).toMatchObject([{ title: 'Superintendent', score: 15 }]);
  expect(scoresOf(both, person)).toEqual([15, 15]);
  // Something else is edited where the title is old.
  both.hub.edit(person.contact, { city: 'London' });
  await settle(both);
  both.hubspot.clock.advance(26 * 3_600_000);
  await both.hubspot.sync({ full: true });
  expect(await peopleNamed(both, ada)).toMatchObject([{ title: 'Superintendent', score: 15 }]);
  both.hub.edit(person.contact, { jobtitle: 'Principal' });
  await settle(both);
  expect(await peopleNamed(both, ada)).toMatchObject([{ title: 'Principal', score: 10 }]);
  expect(scoresOf(both, person)).toEqual([10, 10]);
});

function withTitle(mapping: MappingDefinition, object: string, conflict: ConflictRule): MappingDefinition {
  const known = mapping.objects[object]!;
  const rules = known.in.map((rule) => (rule.to === 'title' ? { ...rule, conflict } : rule));
  return { ...mapping, objects: { ...mapping.objects, [object]: { ...known, in: rules } } };
}

test.each([
  { rule: 'ours', added: 'Manager', edited: 'Director' },
  { rule: 'newest', added: 'Teacher', edited: 'Superintendent' },
  { rule: 'crm', added: 'Teacher', edited: 'Superintendent' },
] as const)(
  'under $rule what Salesforce adds to HubSpot’s Manager makes it $added, and what it edits after that $edited',
  async ({ rule, added, edited }) => {
    await using both = await startBoth({
      hubspot: { mapping: withTitle(hubspotMapping, 'contacts', 'newest') },
      salesforce: { mapping: withTitle(salesforceMapping, 'Lead', rule) },
    });
    const contact = await both.hub.create({ email: ada, lastname: 'Lovelace', jobtitle: 'Manager' });
    await settle(both);
    const lead = both.force.create('Lead', { LastName: 'Lovelace', Email: ada, Title: 'Teacher' });
    await settle(both);
    expect(await peopleNamed(both, ada)).toMatchObject([{ title: added }]);
    both.hub.edit(contact, { jobtitle: 'Director' });
    await settle(both);
    expect(await peopleNamed(both, ada)).toMatchObject([{ title: 'Director' }]);
    both.force.edit(lead, { Title: 'Superintendent' });
    await settle(both);
    expect(await peopleNamed(both, ada)).toMatchObject([{ title: edited }]);
  },
);

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

test('the same engagement that both CRMs tell of counts once, and that of another day counts again', async () => {
  await using both = await startBoth();
  const person = await createAda(both);
  both.hub.submit('Demo Request', ada);
  both.hub.submit('Whitepaper Download', ada);
  const today = dayOf(both.hubspot.clock.now());
  both.force.respond(person.lead, 'Request a Demo', today);
  both.force.respond(person.lead, 'Assessment Whitepaper', today);
  await settle(both);
  const events = await both.hubspot.db.sql(
    `select type, count(*)::int as told from engagement_events e join leads l on l.id = e.lead_id
     where l.email_key = $1 group by 1 order by 1`,
    [ada],
  );
  expect(events).toEqual([
    { type: 'content_download', told: 2 },
    { type: 'demo_request', told: 2 },
  ]);
  // 15 for the demo, 5 for one download.
  expect(await peopleNamed(both, ada)).toMatchObject([{ downloads: 1, demo: true, score: 20 }]);
  expect(scoresOf(both, person)).toEqual([20, 20]);

  both.hubspot.clock.advance(5 * 24 * 3_600_000);
  both.force.respond(person.lead, 'Assessment Whitepaper', dayOf(both.hubspot.clock.now()));
  await settle(both);
  expect(await peopleNamed(both, ada)).toMatchObject([{ downloads: 2, score: 25 }]);
  both.hub.submit('Whitepaper Download', ada);
  await settle(both);
  expect(await peopleNamed(both, ada)).toMatchObject([{ downloads: 2, score: 25 }]);
  both.hubspot.clock.advance(5 * 24 * 3_600_000);
  both.hub.submit('Whitepaper Download', ada);
  await settle(both);
  expect(await peopleNamed(both, ada)).toMatchObject([{ downloads: 3, score: 30 }]);
  expect(scoresOf(both, person)).toEqual([30, 30]);
});

test('who is deleted in one CRM stays a lead of the other, which goes on being told', async () => {
  await using both = await startBoth();
  const person = await createAda(both, { hubspot: 'Manager', salesforce: 'Manager' });
  await settle(both);
  const [before] = await peopleNamed(both, ada);
  expect(before?.records).toEqual([String(person.contact), person.lead]);
  both.force.remove(person.lead);
  await settle(both);
  expect(await peopleNamed(both, ada)).toEqual([{ ...before, records: [String(person.contact)] }]);
  both.hub.edit(person.contact, { jobtitle: 'Superintendent' });
  await settle(both);
  expect(await peopleNamed(both, ada)).toMatchObject([{ id: before?.id, score: 15 }]);
  expect(scoresOf(both, person)).toEqual([15, 5]);

  both.force.undelete(person.lead);
  await both.hub.archive(person.contact);
  await settle(both);
  both.hubspot.clock.advance(26 * 3_600_000);
  await both.hubspot.sync({ full: true });
  await settle(both);
  // What is known of a person comes from the records that are left.
  expect(await peopleNamed(both, ada)).toMatchObject([{ id: before?.id, records: [person.lead], title: 'Manager' }]);
  expect(scoresOf(both, person)).toEqual([15, 5]);
});

test('two people whom one CRM merges are one lead, whose records in the other CRM get one score', async () => {
  await using both = await startBoth();
  const person = await createAda(both, { hubspot: 'Superintendent', salesforce: 'Superintendent' });
  const second = await both.hub.create({ email: 'king@example.org', lastname: 'King' });
  const other = both.force.create('Lead', { LastName: 'King', Email: 'king@example.org' });
  both.force.respond(other, 'Assessment Whitepaper', '2026-11-20');
  await settle(both);
  const [[first], [king]] = [await peopleNamed(both, ada), await peopleNamed(both, 'king@example.org')];
  expect(first?.id).not.toBe(king?.id);
  const merged = await both.hub.merge(person.contact, second);
  await settle(both);
  const alive = await both.hubspot.db.sql<{ id: string; records: string[] }>(
    `select l.id, (select array_agg(s.external_id order by s.external_id) from source_records s
       where s.lead_id = l.id and s.gone_at is null) as records
     from leads l where l.id = any($1) and l.merged_into is null`,
    [[first?.id, king?.id]],
  );
  expect(alive).toHaveLength(1);
  expect(alive[0]?.records.toSorted()).toEqual([String(merged), person.lead, other].toSorted());
  const scores = [
    Number(both.hubspot.crm.store.contacts.get(merged)?.properties['leadloop_score']),
    both.force.value(person.lead, 'Leadloop_Score__c'),
    both.force.value(other, 'Leadloop_Score__c'),
  ];
  expect(scores).toEqual([20, 20, 20]);
});

test('a conversion in Salesforce is told to HubSpot, which tells nothing back', async () => {
  await using both = await startBoth();
  const person = await createAda(both, { hubspot: 'Superintendent', salesforce: 'Superintendent' });
  await settle(both);
  const { contactId } = both.force.convert(person.lead);
  await settle(both);
  expect(await peopleNamed(both, ada)).toMatchObject([{ status: 'opportunity', score: 15 }]);
  const { properties } = both.hubspot.crm.store.contacts.get(person.contact) ?? {};
  expect(properties).toMatchObject({ leadloop_status: 'opportunity', leadloop_is_mql: 'true' });
  expect(both.force.row(contactId).values).toMatchObject({
    Leadloop_Status__c: 'opportunity',
    Leadloop_Score__c: 15,
  });
});

test('both synchronised at the same time, again and again, while people edit, end with one score everywhere', async () => {
  await using both = await startBoth({ people: 60 });
  const { hubspot, salesforce, hub, force } = both;
  const titles = ['Superintendent', 'Director', 'Teacher', 'Janitor'];
  for (let turn = 0; turn < 5; turn += 1) {
    const reports = await Promise.all([hubspot.sync(), salesforce.sync()]);
    for (const report of reports) expect(report).toMatchObject({ failure: null, counts: { pushRejected: 0 } });
    hubspot.clock.advance(60_000);
    const title = titles[turn % titles.length]!;
    for (const { id } of hub.living().filter((_, at) => at % 3 === turn % 3)) hub.edit(id, { jobtitle: title });
    for (const { id } of force.living('Lead').filter((_, at) => at % 2 === turn % 2)) force.edit(id, { Title: title });
  }
  await settle(both);
  const [here, there] = [hubspot.written(), salesforce.written()];
  const records = await hubspot.db.sql<{ score: string; kind: string; id: string }>(
    `select l.lead_score::text as score, c.kind, s.external_id as id from leads l
     join source_records s on s.lead_id = l.id and s.kind = 'lead' and s.gone_at is null and s.successor_id is null
     join connections c on c.id = s.connection_id where l.merged_into is null`,
  );
  expect(records.length).toBeGreaterThan(90);
  const wrong = records.filter(({ score, kind, id }) =>
    kind === 'hubspot' ? here[id]?.['leadloop_score'] !== score : there[id]?.['Leadloop_Score__c'] !== score,
  );
  expect(wrong).toEqual([]);
});
