import { expect, test } from 'vitest';
import { defaultMapping } from '../../../connectors/hubspot/default-mapping.ts';
import { checkConnection } from '../../../src/check.ts';
import type { App } from '../../../src/cli/app-port.ts';
import type { InRule, MappingDefinition, ObjectMapping } from '../../../src/model/mapping.ts';
import { type Loop, saveMapping, startLoop } from '../../support/loop.ts';
import { openOn } from '../../support/loop-app.ts';
import { handsOf } from '../../support/loop-crm.ts';

const sandbox = { contacts: 12 };
const pull = { objects: [] };
const contacts = defaultMapping.objects['contacts']!;

function mapping(own: Partial<ObjectMapping>, more: Partial<MappingDefinition> = {}): MappingDefinition {
  return { ...defaultMapping, ...more, objects: { ...defaultMapping.objects, contacts: { ...contacts, ...own } } };
}

/** The default rules, with those that fill the same lead fields replaced. */
function reading(...rules: readonly Pick<InRule, 'from' | 'to' | 'transform' | 'onInvalid'>[]): readonly InRule[] {
  const own = rules.map((rule): InRule => ({ blank: 'keep', conflict: 'crm', ...rule }));
  return [...contacts.in.filter(({ to }) => own.every((rule) => rule.to !== to)), ...own];
}

async function leadOf({ db }: Loop, id: number): Promise<Record<string, unknown> | undefined> {
  const [lead] = await db.sql<Record<string, unknown>>(
    `select l.name, l.email, l.company_name, l.title, l.enrollment, l.email_opens, l.content_downloads
     from leads l join source_records s on s.lead_id = l.id where s.object = 'contacts' and s.external_id = $1`,
    [String(id)],
  );
  return lead;
}

async function complaintsOf({ db }: Loop, id: number): Promise<Record<string, unknown>[]> {
  return db.sql(
    `select stage, field, effect, message, resolved_at is not null as resolved from rejected_records
     where object = 'contacts' and external_id = $1 order by stage, field`,
    [String(id)],
  );
}

const retrying = (): Parameters<App['rejected']['retry']>[1] => ({
  signal: new AbortController().signal,
  onProgress: () => undefined,
});

test('a property that the portal lacks is named by check with a remedy, and pauses its own field only', async () => {
  const absent = mapping({
    in: reading(
      { from: ['job_title'], to: 'title', transform: [], onInvalid: 'null' },
      { from: ['pupils'], to: 'enrollment', transform: [{ name: 'integer' }], onInvalid: 'reject' },
    ),
    out: [...contacts.out, { from: 'suggested_action', to: 'next_step', write: 'always', values: null }],
  });
  await using loop = await startLoop({ sandbox, pull, mapping: absent });
  const hands = handsOf(loop);
  const id = await hands.create({
    email: 'ada@example.org',
    firstname: 'Ada',
    lastname: 'Lovelace',
    jobtitle: 'Superintendent',
    company: 'Springfield Schools',
  });
  await using session = await loop.open();
  const { mapping: problems } = await checkConnection(session, new AbortController().signal);
  const paused = (problems ?? []).filter(({ severity }) => severity === 'pauses');
  expect(paused.map(({ direction, field, code }) => ({ direction, field, code }))).toEqual(
    expect.arrayContaining([
      { direction: 'in', field: 'job_title', code: 'missing-field' },
      { direction: 'in', field: 'pupils', code: 'missing-field' },
      { direction: 'out', field: 'next_step', code: 'missing-field' },
    ]),
  );
  expect(paused).toHaveLength(3);
  for (const { field, message } of paused) expect(message).toContain(field);
  expect(paused.map(({ remedy }) => remedy)).toEqual([
    'Write jobtitle instead.',
    'Create it in the CRM or grant the connection access to it, or take it out of the mapping.',
    'Let leadloop create it, or take it out of the mapping.',
  ]);

  const report = await loop.sync();
  expect(report).toMatchObject({ status: 'succeeded', failure: null, counts: { pushed: hands.living().length } });
  expect(report.problems).toEqual(expect.arrayContaining(paused));
  const known = { name: 'Ada Lovelace', email: 'ada@example.org', company_name: 'Springfield Schools' };
  expect(await leadOf(loop, id)).toMatchObject({ ...known, title: null, enrollment: null });
  expect(await complaintsOf(loop, id)).toEqual([]);
  expect(loop.crm.store.contacts.get(id)?.properties).toMatchObject({ leadloop_score: '0' });

  await saveMapping(loop.db, { ...loop, mapping: mapping({}) });
  expect((await loop.sync()).problems.filter(({ severity }) => severity === 'pauses')).toEqual([]);
  expect(await leadOf(loop, id)).toMatchObject({ ...known, title: 'Superintendent' });
  expect(loop.crm.store.contacts.get(id)?.properties['leadloop_score']).not.toBe('0');
});

/** What nobody could type into HubSpot today, but imports and older days have left there. */
const unfit = {
  firstname: 'x'.repeat(300),
  lastname: '',
  email: 'ada at example.org',
  city: 'about 12,500',
  hs_email_open: 'many',
};
const fit = { firstname: 'Ada', email: 'ada@example.org', city: '12,500', hs_email_open: '3' };
const intoEnrollment = { from: ['city'], to: 'enrollment', transform: [{ name: 'integer' }] } as const;

test('values that do not fit are left out with their reasons, and the reasons close once the CRM is mended', async () => {
  const strict = reading({ ...intoEnrollment, onInvalid: 'null' });
  await using loop = await startLoop({ sandbox, pull, push: 'plan', mapping: mapping({ in: strict }) });
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'before@example.org', jobtitle: 'Superintendent' });
  hands.edit(id, unfit);
  const report = await loop.sync();
  expect(report).toMatchObject({ status: 'succeeded', failure: null });
  expect(report.counts.nulled).toBeGreaterThanOrEqual(4);
  expect(await leadOf(loop, id)).toMatchObject({
    name: null,
    email: null,
    title: 'Superintendent',
    enrollment: null,
    email_opens: 0,
  });
  const open = { effect: 'null', resolved: false };
  const complaints = await complaintsOf(loop, id);
  expect(complaints).toEqual([
    { ...open, stage: 'decode', field: 'hs_email_open', message: expect.stringContaining('no number') },
    { ...open, stage: 'map', field: 'city', message: expect.stringContaining('not a number (for enrollment)') },
    { ...open, stage: 'map', field: 'email', message: expect.stringContaining('not an e-mail address') },
    { ...open, stage: 'map', field: 'firstname, lastname', message: expect.stringContaining('longer than 200') },
  ]);
  for (const value of Object.values(unfit).filter(Boolean)) expect(JSON.stringify(complaints)).not.toContain(value);

  loop.clock.advance(5_000);
  hands.edit(id, { ...fit, city: unfit.city });
  await loop.sync();
  expect(await leadOf(loop, id)).toMatchObject({
    name: 'Ada',
    email: 'ada@example.org',
    enrollment: null,
    email_opens: 3,
  });
  expect((await complaintsOf(loop, id)).filter(({ resolved }) => resolved !== true)).toMatchObject([{ field: 'city' }]);
  loop.clock.advance(5_000);
  hands.edit(id, fit);
  await loop.sync();
  expect(await leadOf(loop, id)).toMatchObject({ enrollment: 12_500 });
  expect((await complaintsOf(loop, id)).map(({ resolved }) => resolved)).toEqual([true, true, true, true]);
});

test.each([
  { field: 'email', to: 'email', rule: { from: ['email'], transform: [] } },
  { field: 'firstname', to: 'name', rule: { from: ['firstname'], transform: [] } },
  { field: 'city', to: 'enrollment', rule: intoEnrollment },
] as const)('a rule that rejects keeps the whole record out until $field is mended', async ({ field, to, rule }) => {
  const strict = reading({ ...rule, to, onInvalid: 'reject' });
  await using loop = await startLoop({ sandbox: { contacts: 0 }, pull, mapping: mapping({ in: strict }) });
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'before@example.org', firstname: 'Ada', city: '1' });
  const other = await hands.create({ email: 'other@example.org', firstname: 'Grace', city: '2' });
  hands.edit(id, { [field]: unfit[field] });
  expect(await loop.sync()).toMatchObject({ status: 'partial', failure: null, counts: { rejected: 1, pushed: 1 } });
  expect(await leadOf(loop, id)).toBeUndefined();
  expect(await leadOf(loop, other)).toMatchObject({ email: 'other@example.org' });
  const reason = { stage: 'map', field, effect: 'reject', message: expect.stringContaining(`(for ${to})`) };
  expect(await complaintsOf(loop, id)).toEqual([{ ...reason, resolved: false }]);

  loop.clock.advance(5_000);
  hands.edit(id, { [field]: fit[field] });
  expect(await loop.sync()).toMatchObject({ status: 'succeeded', counts: { rejected: 0, created: 1 } });
  expect(await leadOf(loop, id)).toBeDefined();
  expect(await complaintsOf(loop, id)).toEqual([{ ...reason, resolved: true }]);
  expect(loop.crm.store.contacts.get(id)?.properties['leadloop_score']).toBeDefined();
});

test('a known record that is rejected later keeps what was known, and takes the mended value', async () => {
  const strict = reading({ from: ['email'], to: 'email', transform: [], onInvalid: 'reject' });
  await using loop = await startLoop({ sandbox, pull, mapping: mapping({ in: strict }) });
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'ada@example.org', jobtitle: 'Manager' });
  await loop.sync();
  loop.clock.advance(5_000);
  hands.edit(id, { email: unfit.email, jobtitle: 'Director' });
  expect((await loop.sync()).counts.rejected).toBeGreaterThan(0);
  expect(await leadOf(loop, id)).toMatchObject({ email: 'ada@example.org', title: 'Manager' });
  loop.clock.advance(5_000);
  hands.edit(id, { email: 'ada@example.com' });
  await loop.sync();
  expect(await leadOf(loop, id)).toMatchObject({ email: 'ada@example.com', title: 'Director' });
  expect((await complaintsOf(loop, id)).map(({ resolved }) => resolved)).toEqual([true]);
});

const integer = [{ name: 'integer' }] as const;
const counted = (source: 'crm' | 'events'): MappingDefinition =>
  mapping(
    {
      in:
        source === 'crm'
          ? reading({ from: ['num_conversion_events'], to: 'content_downloads', transform: integer, onInvalid: 'null' })
          : contacts.in.filter(({ to }) => to !== 'email_opens'),
    },
    { counters: { ...defaultMapping.counters, content_downloads: source, email_opens: source } },
  );

test('a counter has one source at a time, and changing it from the CRM to events and back counts nothing twice', async () => {
  await using loop = await startLoop({
    sandbox: { contacts: 12 },
    pull: { objects: ['forms', 'marketing_emails'] },
    mapping: counted('crm'),
  });
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'ada@example.org' });
  hands.edit(id, { num_conversion_events: '7', hs_email_open: '9' });
  for (const _ of [1, 2, 3]) hands.submit('Whitepaper Download', 'ada@example.org');
  const { emailEvents, portalId } = loop.crm.store;
  for (const number of [1, 2]) {
    const created = loop.clock.now();
    const sentBy = { id: `sent-${number}`, created };
    const event = { id: `open-${number}`, created, type: 'OPEN', recipient: 'ada@example.org', sentBy };
    emailEvents.push({ ...event, emailCampaignId: 1, appId: 1, portalId });
  }
  const counts: unknown[] = [];
  for (const source of ['crm', 'crm', 'events', 'events', 'crm'] as const) {
    loop.clock.advance(7_200_000);
    await saveMapping(loop.db, { ...loop, mapping: counted(source) });
    for (const _ of ['changed', 'as ever']) {
      expect((await loop.sync()).failure).toBeNull();
      const { content_downloads, email_opens } = (await leadOf(loop, id)) ?? {};
      counts.push([content_downloads, email_opens]);
    }
  }
  const [crm, events] = [
    [7, 9],
    [3, 2],
  ];
  expect(counts).toEqual([crm, crm, crm, crm, events, events, events, events, crm, crm]);
});

test('rejected retry reads a rejected record with the mended mapping, whatever the CRM says of its age', async () => {
  const strict = reading({ from: ['email'], to: 'email', transform: [], onInvalid: 'reject' });
  await using loop = await startLoop({ sandbox: { contacts: 0 }, pull, mapping: mapping({ in: strict }) });
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'ada@example.org', jobtitle: 'Director' });
  hands.edit(id, { email: unfit.email });
  await loop.sync();
  await using app = await openOn(loop);
  const listed = async (): Promise<readonly object[]> => app.rejected.list({ connection: 'acme-hubspot', limit: 50 });
  expect(await listed()).toMatchObject([
    { object: 'contacts', externalId: String(id), stage: 'map', field: 'email', effect: 'reject', times: 1 },
  ]);
  expect(await app.rejected.retry('acme-hubspot', retrying())).toMatchObject({
    status: 'partial',
    counts: { rejected: 1 },
  });
  expect(await listed()).toMatchObject([{ externalId: String(id), times: 2 }]);

  await saveMapping(loop.db, { ...loop, mapping: mapping({}) });
  const retried = await app.rejected.retry(null, retrying());
  expect(retried).toMatchObject({ status: 'succeeded', failure: null, counts: { pulled: 1, created: 1, rejected: 0 } });
  expect(await leadOf(loop, id)).toMatchObject({ email: null, title: 'Director' });
  expect(await listed()).toMatchObject([{ externalId: String(id), field: 'email', effect: 'null' }]);
});

test('rejected retry brings refused writes back once their cause is mended', async () => {
  await using loop = await startLoop({ sandbox, pull });
  const hands = handsOf(loop);
  await loop.sync();
  const [contact] = hands.living();
  const { id } = contact!;
  loop.crm.faults.activate({ name: 'unknown-property', property: 'leadloop_score' });
  hands.edit(id, { jobtitle: 'Superintendent', hs_email_click: '40' });
  expect((await loop.sync()).status).toBe('partial');
  await using app = await openOn(loop);
  const listed = async (): Promise<readonly object[]> => app.rejected.list({ connection: null, limit: 50 });
  expect(await listed()).toContainEqual(
    expect.objectContaining({ externalId: String(id), stage: 'push', message: expect.stringMatching(/./) }),
  );
  loop.crm.faults.clear();
  loop.clock.advance(5_000);
  expect((await loop.sync()).counts.pushed).toBe(0);
  expect((await app.rejected.retry('acme-hubspot', retrying())).failure).toBeNull();
  const { counts, failure } = await loop.sync();
  expect({ failure, ...counts }).toMatchObject({ failure: null, pushed: hands.living().length, pushRejected: 0 });
  const [lead] = await loop.db.sql<{ lead_score: number }>(
    `select l.lead_score from leads l join source_records s on s.lead_id = l.id
     where s.object = 'contacts' and s.external_id = $1`,
    [String(id)],
  );
  expect(loop.crm.store.contacts.get(id)?.properties['leadloop_score']).toBe(String(lead?.lead_score));
  expect((await listed()).filter((one) => 'stage' in one && one.stage === 'push')).toEqual([]);
});
