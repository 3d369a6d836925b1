import { expect, test } from 'vitest';
import { defaultMapping } from '../../../connectors/salesforce/default-mapping.ts';
import { checkConnection } from '../../../src/check.ts';
import type { EventRule, InRule, MappingDefinition } from '../../../src/model/mapping.ts';
import { saveMapping, startSalesforceLoop, type SalesforceLoop } from '../../support/loop.ts';
import { salesforceHandsOf } from '../../support/loop-salesforce.ts';

const people = { sandbox: { leads: 3, contacts: 0 } };
const minute = 60_000;

async function countersOf({ db }: SalesforceLoop, email: string): Promise<Record<string, unknown>> {
  const [row] = await db.sql<Record<string, unknown>>(
    `select website_visits, content_downloads, email_opens, email_clicks, demo_requested from leads where email_key = $1`,
    [email],
  );
  return row ?? {};
}

function counted(to: InRule['to'], from: string, transform: InRule['transform']): InRule {
  return { from: [from], to, transform, onInvalid: 'null', blank: 'keep', conflict: 'crm' };
}

/** As an organisation writes it whose marketing tool counts into fields of its own. */
const withCounters: MappingDefinition = {
  ...defaultMapping,
  objects: Object.fromEntries(
    Object.entries(defaultMapping.objects).map(([object, { in: rules, out }]) => {
      const own = [
        counted('website_visits', 'Website_Visits__c', [{ name: 'integer' }]),
        counted('email_opens', 'Email_Opens__c', [{ name: 'integer' }]),
        counted('email_clicks', 'Email_Clicks__c', [{ name: 'integer' }]),
        counted('demo_requested', 'Demo_Requested__c', [{ name: 'boolean' }]),
      ];
      return [object, { in: object === 'Lead' ? [...rules, ...own] : rules, out }];
    }),
  ),
  counters: {
    website_visits: 'crm',
    email_opens: 'crm',
    email_clicks: 'crm',
    demo_requested: 'crm',
    content_downloads: 'events',
  },
};

test('counters that a marketing tool keeps in fields are read as they are, and events do not add to them', async () => {
  await using loop = await startSalesforceLoop({ ...people, mapping: withCounters });
  const hands = salesforceHandsOf(loop);
  const lead = hands.create('Lead', {
    LastName: 'Byron',
    Email: 'ada@example.org',
    Website_Visits__c: 12,
    Email_Opens__c: 7,
    Email_Clicks__c: 3,
    Demo_Requested__c: true,
  });
  hands.create('EmailMessage', {
    ActivityId: hands.create('Task', { WhoId: lead, TaskSubtype: 'Email' }),
    MessageDate: loop.clock.now(),
    FirstOpenedDate: loop.clock.now(),
  });
  hands.respond(lead, 'Assessment Whitepaper', '2026-03-02');
  expect(await loop.sync()).toMatchObject({ failure: null });
  expect(await countersOf(loop, 'ada@example.org')).toEqual({
    website_visits: 12,
    content_downloads: 1,
    email_opens: 7,
    email_clicks: 3,
    demo_requested: true,
  });
});

test('engagement becomes counters of the lead, and leaves them when it is taken back', async () => {
  await using loop = await startSalesforceLoop(people);
  const hands = salesforceHandsOf(loop);
  const lead = hands.create('Lead', { LastName: 'Byron', Email: 'ada@example.org' });
  const first = hands.respond(lead, 'Assessment Whitepaper', '2026-03-02');
  hands.respond(lead, 'Spring Webinar: Data in the Classroom', '2026-03-03');
  hands.respond(lead, 'Request a Demo', '2026-03-04');
  const mail = hands.create('EmailMessage', {
    ActivityId: hands.create('Task', { WhoId: lead, TaskSubtype: 'Email' }),
    MessageDate: loop.clock.now() - 3 * minute,
    FirstOpenedDate: loop.clock.now() - 2 * minute,
    LastOpenedDate: loop.clock.now() - minute,
  });
  await loop.sync();
  expect(await countersOf(loop, 'ada@example.org')).toMatchObject({
    content_downloads: 2,
    demo_requested: true,
    email_opens: 2,
  });

  loop.clock.advance(3 * minute);
  hands.remove(mail);
  hands.remove(first);
  loop.clock.advance(3 * minute);
  await loop.sync();
  // The mail is in the bin; a campaign member has none, and is missed by the next full pass.
  expect(await countersOf(loop, 'ada@example.org')).toMatchObject({ content_downloads: 2, email_opens: 0 });
  await loop.sync({ full: true });
  expect(await countersOf(loop, 'ada@example.org')).toMatchObject({ content_downloads: 1, email_opens: 0 });
});

test('changed event rules are applied to everything that was ever read', async () => {
  const rules = (...events: EventRule[]): MappingDefinition => ({ ...defaultMapping, events });
  const download = { object: 'CampaignMember', type: 'content_download' } as const;
  await using loop = await startSalesforceLoop({ ...people, mapping: rules({ ...download, contains: '' }) });
  const hands = salesforceHandsOf(loop);
  const lead = hands.create('Lead', { LastName: 'Byron', Email: 'ada@example.org' });
  for (const campaign of ['Assessment Whitepaper', 'ISTE Booth', 'Newsletter']) {
    hands.respond(lead, campaign, '2026-03-02');
  }
  const counts: unknown[] = [];
  for (const events of [
    [],
    [
      { object: 'CampaignMember', contains: { 'Campaign.Type': 'trade show' }, type: 'nothing' },
      { ...download, contains: '' },
    ],
    [{ ...download, contains: { 'Campaign.Type': 'content', Status: 'responded' } }],
    [{ ...download, contains: { 'Campaign.Type': 'content', Status: 'attended' } }],
  ] as const) {
    if (events.length > 0) await saveMapping(loop.db, { ...loop, mapping: rules(...events) });
    loop.clock.advance(3 * minute);
    expect((await loop.sync()).failure).toBeNull();
    counts.push((await countersOf(loop, 'ada@example.org'))['content_downloads']);
  }
  expect(counts).toEqual([3, 2, 1, 0]);
});

test('the default mapping fits a new organisation: nothing to complain of', async () => {
  await using loop = await startSalesforceLoop(people);
  await using session = await loop.open();
  const { mapping, findings } = await checkConnection(session, new AbortController().signal);
  expect(mapping).toEqual([]);
  expect(findings.filter(({ level }) => level === 'failure')).toEqual([]);
});
