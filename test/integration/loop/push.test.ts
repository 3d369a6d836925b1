import { expect, test } from 'vitest';
import { defaultMapping } from '../../../connectors/hubspot/default-mapping.ts';
import type { MappingDefinition, OutRule } from '../../../src/model/mapping.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { writesOf } from '../../support/loop-calls.ts';
import { handsOf } from '../../support/loop-crm.ts';

const pull = { objects: [] };
const sandbox = { contacts: 12 };

function writing(change: (rule: OutRule) => OutRule, more: readonly OutRule[] = []): MappingDefinition {
  const contacts = defaultMapping.objects['contacts']!;
  const out = [...contacts.out.map((rule) => change(rule)), ...more];
  return { ...defaultMapping, objects: { ...defaultMapping.objects, contacts: { ...contacts, out } } };
}

const valueOf = ({ crm }: Loop, id: number, field = 'leadloop_score'): string | undefined =>
  crm.store.contacts.get(id)?.properties[field];

test('in plan mode a sync writes nothing, not even properties, until somebody pushes', async () => {
  await using loop = await startLoop({ sandbox, pull, push: 'plan' });
  expect((await loop.sync()).counts).toMatchObject({ pushed: 0 });
  expect(
    loop.crm.requests.entries().filter(({ method, url }) => method !== 'GET' && !/search|batch\/read/.test(url)),
  ).toEqual([]);
  expect(loop.crm.store.contacts.catalogue.get('leadloop_score')).toBeUndefined();
  expect((await loop.sync({ pushOnly: true })).counts.pushed).toBe(handsOf(loop).living().length);
});

test('only fields that change are written, and each write is in the ledger with its whole story', async () => {
  await using loop = await startLoop({ sandbox, pull });
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'ada@example.org', jobtitle: 'Manager' });
  await loop.sync();
  await loop.sync();
  await loop.db.sql(`delete from push_ledger`);
  hands.edit(id, { jobtitle: 'Director' });
  await loop.sync();
  const rows = await loop.db.sql<Record<string, unknown>>('select * from push_ledger order by id');
  expect(rows.map(({ field, before, after, outcome }) => ({ field, before, after, outcome }))).toContainEqual({
    field: 'leadloop_score',
    before: 5,
    after: 10,
    outcome: 'applied',
  });
  expect(rows.map(({ field }) => field)).not.toContain('leadloop_status');
  expect(rows.every((row) => row['why'] !== '' && row['request_id'] !== null && row['settled_at'] !== null)).toBe(true);
});

test('a score that a rep has overwritten is put back under always and left alone under if-ours', async () => {
  for (const policy of ['always', 'if-ours'] as const) {
    await using loop = await startLoop({ sandbox, pull, mapping: writing((rule) => ({ ...rule, write: policy })) });
    const hands = handsOf(loop);
    const id = await hands.create({ email: 'ada@example.org', jobtitle: 'Director' });
    await loop.sync();
    hands.edit(id, { leadloop_score: '99' });
    await loop.sync();
    expect(valueOf(loop, id)).toBe(policy === 'always' ? '10' : '99');
  }
});

test('a lifecycle stage moves forward only, and one that the CRM keeps is not tried for ever', async () => {
  const stage: OutRule = {
    from: 'status',
    to: 'lifecyclestage',
    write: 'forward',
    values: { engaged: 'subscriber', mql: 'marketingqualifiedlead' },
  };
  await using loop = await startLoop({ sandbox, pull, mapping: writing((rule) => rule, [stage]) });
  const hands = handsOf(loop);
  const low = await hands.create({ email: 'low@example.org', lifecyclestage: 'lead' });
  hands.edit(low, { hs_email_open: '1' });
  await loop.sync();
  expect(valueOf(loop, low, 'lifecyclestage')).toBe('lead');
  hands.edit(low, { jobtitle: 'Superintendent', recent_conversion_event_name: 'Request a Demo: Demo Request' });
  await loop.sync();
  expect(valueOf(loop, low, 'leadloop_status')).toBe('mql');
  expect(valueOf(loop, low, 'lifecyclestage')).toBe('marketingqualifiedlead');
  await loop.sync();
  loop.crm.requests.reset();
  await loop.sync();
  expect(writesOf(loop.crm)).toBe(0);
});

test('a refused write is dead with its reason, and goes through when it is retried after the cause has gone', async () => {
  await using loop = await startLoop({ sandbox, pull });
  await loop.sync();
  const hands = handsOf(loop);
  const [contact] = hands.living();
  loop.crm.faults.activate({ name: 'unknown-property', property: 'leadloop_score' });
  hands.edit(contact!.id, { jobtitle: 'Superintendent', hs_email_click: '40', company: 'Changed' });
  const refused = await loop.sync();
  expect(refused).toMatchObject({ status: 'partial', failure: null });
  // The property is gone from every contact, and all of them are read again after our first write.
  const [dead] = await loop.db.sql<{ state: string; last_error: string }>(
    'select state, last_error from push_states where external_id = $1',
    [String(contact!.id)],
  );
  expect(dead?.state).toBe('dead');
  expect(dead?.last_error).not.toBe('');
  expect(
    await loop.db.sql(`select stage, field from rejected_records where resolved_at is null and stage = 'push'`),
  ).toHaveLength(hands.living().length);
  loop.crm.faults.clear();
  await loop.db.sql(`update push_states set state = 'pending', available_at = 'epoch' where state = 'dead'`);
  expect((await loop.sync()).counts.pushed).toBe(hands.living().length);
  expect(await loop.db.sql(`select 1 from rejected_records where resolved_at is null and stage = 'push'`)).toEqual([]);
});

test('an automatic push beyond its blast radius is held, and a person may push it', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 30 }, pull, blastRadius: { records: 5, share: 0.2 } });
  await loop.sync();
  await loop.sync();
  const hands = handsOf(loop);
  for (const { id } of hands.living()) hands.edit(id, { jobtitle: 'Janitor of change', hs_email_click: '60' });
  loop.crm.requests.reset();
  expect(await loop.sync()).toMatchObject({ failure: { code: 'push-held' } });
  expect(writesOf(loop.crm)).toBe(0);
  expect((await loop.sync({ pushOnly: true })).counts.pushed).toBeGreaterThan(5);
});
