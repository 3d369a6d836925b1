import { describe, expect, test } from 'vitest';
import { hubspot } from '../../connectors/hubspot/index.ts';
import type { Cursor, Lane } from '../../src/connector-sdk/index.ts';
import { startHubSpot, type HubSpotCrm } from '../support/connector-hubspot.ts';
import { createReplica, walk, type Replica, type Walk } from '../support/connector-replica.ts';
import { connectorLaws, type Harness } from './connector-suite.ts';

const harness: Harness = {
  definition: hubspot,
  object: 'contacts',
  fields: ['jobtitle', 'email', 'hs_analytics_num_visits'],
  score: 'leadloop_score',
  refused: { field: 'leadloop_tier', value: 'lukewarm' },
  company: {
    object: 'companies',
    score: 'leadloop_plg_score',
    refused: { field: 'leadloop_plg_tier', value: 'lukewarm' },
  },
  kept: { field: 'lifecyclestage', from: 'customer', to: 'lead' },
  calledOff: 'meetings',
  queryCap: 10_000,
  // Submissions are listed form by form.
  idleCalls: (crm, object) => (object === 'forms' ? (crm as HubSpotCrm).readableForms : 1),
  start: startHubSpot,
};

describe('HubSpot keeps the laws of a connector', () => {
  connectorLaws(harness);
});

const events = hubspot.defaultMapping.events;
const never = (): AbortSignal => new AbortController().signal;

function pull(crm: HubSpotCrm, replica: Replica, step: Partial<Walk>): ReturnType<typeof walk> {
  const until = new Date(crm.clock.now());
  return walk(crm.open(), replica, { object: 'contacts', lane: 'live', fields: ['jobtitle'], until, events, ...step });
}

describe('HubSpot’s own traps', () => {
  test('a calculated value changes without a stamp: only a full pass sees it (trap 6)', async () => {
    await using crm = await startHubSpot({ leads: 5 });
    const [id = ''] = crm.ids();
    const replica = createReplica();
    const fields = ['num_conversion_events'];
    const { cursor } = await pull(crm, replica, { fields });
    const { contacts } = crm.sandbox.store;
    const record = contacts.get(Number(id));
    if (record === undefined) throw new Error('no contact');
    crm.clock.advance(1);
    crm.sandbox.store.update(contacts, record, { ...record.properties, num_conversion_events: '77' }, undefined);
    await pull(crm, replica, { fields, since: cursor });
    expect(replica.records.get(id)?.fields['num_conversion_events']).not.toBe(77);
    await pull(crm, replica, { fields, lane: 'full' });
    expect(replica.records.get(id)?.fields['num_conversion_events']).toBe(77);
  });

  test('a list of fields too long for a URL is read by batches (trap 10)', async () => {
    await using crm = await startHubSpot({ leads: 150 });
    const replica = createReplica();
    const unused = Array.from({ length: 700 }, (_, index) => `a_property_that_does_not_exist_${index}`);
    await pull(crm, replica, { lane: 'full', fields: ['jobtitle', ...unused] });
    expect([...replica.records.keys()].sort()).toEqual([...crm.ids()].sort());
    expect(crm.sandbox.requests.entries().every(({ url }) => url.length < 8_000)).toBe(true);
  });

  test('all contacts of a meeting are read, however many pages they take (trap 11)', async () => {
    await using paged = await startHubSpot({ leads: 120 }, { associationPageSize: 1 });
    await using whole = await startHubSpot({ leads: 120 });
    const contactsOf = async (crm: HubSpotCrm): Promise<unknown> => {
      const replica = createReplica();
      await pull(crm, replica, { object: 'meetings', lane: 'full', fields: [] });
      return [...replica.events.values()].map(({ externalId, contactIds }) => [externalId, [...contactIds].sort()]);
    };
    const events = await contactsOf(whole);
    expect(await contactsOf(paged)).toEqual(events);
    expect(JSON.stringify(events)).toContain('meetings:');
  });

  test('a search that is refused for a second goes on where it was (trap 12)', async () => {
    await using crm = await startHubSpot({ leads: 450 });
    const replica = createReplica();
    crm.touch(450);
    crm.sandbox.faults.activate({ name: '429-secondly', probability: 0.5 });
    await pull(crm, replica, {});
    expect([...replica.records.keys()].sort()).toEqual([...crm.ids()].sort());
    expect(new Set(replica.arrivals.values())).toEqual(new Set([1]));
    expect(crm.limitsHit()).toBeGreaterThan(0);
  });

  test('our own write comes back with the values that the push reported (trap 15)', async () => {
    await using crm = await startHubSpot({ leads: 3 });
    const owned = hubspot.ownedFields['contacts'] ?? [];
    const connector = crm.open();
    await connector.ensureFields('contacts', owned, never());
    const replica = createReplica();
    const { cursor } = await pull(crm, replica, {});
    crm.clock.advance(1);
    const [id = ''] = crm.ids();
    const sent = {
      leadloop_score: 88,
      leadloop_segment: 'SMB',
      leadloop_status: 'mql',
      leadloop_is_mql: true,
      leadloop_mql_date: '2026-11-22T09:30:00.000Z',
      leadloop_tier: 'hot',
      leadloop_reasons: 'Demo requested; 12 visits.',
    };
    const [outcome] = await connector.push({
      object: 'contacts',
      changes: [{ key: 'k', externalId: id, fields: sent }],
      signal: never(),
    });
    expect(outcome).toMatchObject({ status: 'applied', fields: sent });
    await pull(crm, replica, { since: cursor, fields: Object.keys(sent) });
    expect(replica.records.get(id)?.fields).toEqual(sent);
  });

  test('so does what was written to a company, and a company and its people have fields of the same names', async () => {
    await using crm = await startHubSpot({ companies: 2 });
    const connector = crm.open();
    for (const [object, fields] of Object.entries(hubspot.ownedFields)) {
      await connector.ensureFields(object, fields, never());
    }
    const sent = {
      leadloop_plg_score: 88,
      leadloop_plg_tier: 'hot',
      leadloop_suggested_action: 'Reach out to Marcus; offer to connect with VP of Engineering Sarah Kim.',
    };
    const replica = createReplica();
    const { cursor } = await pull(crm, replica, { object: 'companies', fields: ['name'] });
    crm.clock.advance(1);
    const [id = ''] = crm.ids();
    const changes = [{ key: 'k', externalId: id, fields: sent }];
    const [outcome] = await connector.push({ object: 'companies', changes, signal: never() });
    expect(outcome).toMatchObject({ status: 'applied', fields: sent });
    await pull(crm, replica, { object: 'companies', since: cursor, fields: Object.keys(sent) });
    expect(replica.records.get(id)?.fields).toEqual(sent);
  });

  test('a batch that is refused as a whole is split until the good rows are written (trap 9)', async () => {
    await using crm = await startHubSpot({ leads: 100 }, { updateTraceIds: false });
    const connector = crm.open();
    await connector.ensureFields('contacts', hubspot.ownedFields['contacts'] ?? [], never());
    const changes = crm.ids().map((externalId, index) => ({
      key: `k${index}`,
      externalId,
      fields: { leadloop_tier: index % 40 === 3 ? 'lukewarm' : 'hot' },
    }));
    await connector.describe('contacts', never());
    const before = crm.calls();
    const outcomes = await connector.push({ object: 'contacts', changes, signal: never() });
    outcomes.forEach((outcome, index) => {
      expect(outcome).toMatchObject(
        index % 40 === 3 ? { status: 'rejected', field: 'leadloop_tier' } : { status: 'applied' },
      );
    });
    // Three bad rows with one bad value: once it is found, the others go without a call of their own.
    expect(crm.calls() - before).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(100)) + 2);
  });
});

describe('HubSpot’s engagement', () => {
  test.for<readonly [string, Lane]>([
    ['meetings', 'full'],
    ['calls', 'full'],
    ['emails', 'full'],
    ['forms', 'live'],
    ['marketing_emails', 'live'],
  ])('%s stopped after any batch and resumed bring the same events', async ([object, lane]) => {
    await using crm = await startHubSpot({ leads: 400 });
    const whole = createReplica();
    const until = new Date(crm.clock.now());
    await pull(crm, whole, { object, lane, fields: [], until });
    expect(whole.events.size).toBeGreaterThan(0);

    const pieces = createReplica();
    let since: Cursor | null = null;
    for (let done = false; !done;) {
      ({ cursor: since, done } = await pull(crm, pieces, { object, lane, fields: [], until, since, batches: 1 }));
    }
    expect([...pieces.events.keys()].sort()).toEqual([...whole.events.keys()].sort());
  });

  test('a form is what its name says it is', async () => {
    await using crm = await startHubSpot({ leads: 200 });
    const replica = createReplica();
    await pull(crm, replica, { object: 'forms', fields: [] });
    for (const { type, detail, email, contactIds } of replica.events.values()) {
      if (detail?.toLowerCase().includes('demo')) expect(type).toBe('demo_request');
      expect(contactIds).toEqual([]);
      expect(email).toBe(email?.toLowerCase());
    }
  });

  test('e-mail events are opens and clicks, and nothing else', async () => {
    await using crm = await startHubSpot({ leads: 200 });
    const replica = createReplica();
    await pull(crm, replica, { object: 'marketing_emails', fields: [] });
    const types = new Set([...replica.events.values()].map(({ type }) => type));
    expect(types).toEqual(new Set(['email_open', 'email_click']));
  });

  test('owners who left are still known, and cost no second call', async () => {
    await using crm = await startHubSpot({ leads: 1 });
    const replica = createReplica();
    await pull(crm, replica, { object: 'owners', lane: 'full', fields: [] });
    const owners = crm.sandbox.store.owners.map(({ id }) => id);
    expect([...replica.records.keys()].sort()).toEqual(owners.sort());
    const before = crm.calls();
    await pull(crm, replica, { object: 'owners', lane: 'full', fields: [] });
    expect(crm.calls() - before).toBe(1);
  });
});
