// Wrong: a write that arrived while its worker died was not remembered as ours, so `if-ours` never wrote the field again.
import { expect, test } from 'vitest';
import { defaultMapping } from '../../connectors/hubspot/default-mapping.ts';
import type { MappingDefinition } from '../../src/model/mapping.ts';
import { startLoop } from '../support/loop.ts';

const contacts = defaultMapping.objects['contacts']!;
const ifOurs: MappingDefinition = {
  ...defaultMapping,
  objects: {
    ...defaultMapping.objects,
    contacts: { ...contacts, out: contacts.out.map((rule) => ({ ...rule, write: 'if-ours' as const })) },
  },
};

test('after an interruption the fields that arrived are known as ours and follow the score again', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 20 }, mapping: ifOurs, pull: { objects: [] } });
  await loop.sync();
  // As a process leaves it that was killed between the answer of the CRM and its own note of it.
  await loop.db.sql('alter table push_ledger disable trigger push_ledger_settle_once');
  await loop.db.sql('update push_ledger set outcome = null, settled_at = null, request_id = null');
  await loop.db.sql(
    `update push_states p set state = 'claimed', claim_token = l.claim_token, claimed_until = now() + interval '10 minutes',
       pushed = '{}', remote = (select jsonb_object_agg(key, 'null'::jsonb) from jsonb_object_keys(p.remote) key)
     from push_ledger l where l.external_id = p.external_id`,
  );
  await loop.sync();
  const states = await loop.db.sql<{ state: string; pushed: object }>('select state, pushed from push_states');
  expect(states.every(({ state, pushed }) => state === 'settled' && 'leadloop_score' in pushed)).toBe(true);
  expect(await loop.db.sql('select 1 from push_ledger where outcome is null')).toEqual([]);

  const { contacts: table } = loop.crm.store;
  const [record] = [...table.from(0)].filter(({ properties }) => Number(properties['leadloop_score']) < 30);
  loop.crm.store.update(
    table,
    record!,
    { ...record!.properties, hs_email_click: '30', hs_email_open: '60', hs_analytics_num_visits: '50' },
    loop.crm.store.stamp(),
  );
  const before = Number(record!.properties['leadloop_score']);
  expect((await loop.sync()).counts.pushed).toBe(1);
  expect(Number(table.get(record!.id)?.properties['leadloop_score'])).toBeGreaterThan(before);
});
