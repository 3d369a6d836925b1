// Wrong: one impossible date stopped a sync, events under a later address were nobody's, and new event rules left old counts.
import { expect, test } from 'vitest';
import { defaultMapping } from '../../connectors/hubspot/default-mapping.ts';
import type { EventRule, MappingDefinition } from '../../src/model/mapping.ts';
import { type Loop, saveMapping, startLoop } from '../support/loop.ts';
import { handsOf } from '../support/loop-crm.ts';

const forms = { sandbox: { contacts: 12 }, pull: { objects: ['forms'] } };

async function downloadsOf({ db }: Loop, email: string): Promise<number | undefined> {
  const [row] = await db.sql<{ content_downloads: number }>(
    'select content_downloads from leads where email_key = $1',
    [email],
  );
  return row?.content_downloads;
}

test('an engagement or a submission with a date in microseconds is left out with a reason, and the sync goes on', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 12 }, pull: { objects: ['forms', 'calls'] } });
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'ada@example.org' });
  hands.submit('Whitepaper Download', 'ada@example.org');
  hands.submit('Whitepaper Download', 'ada@example.org');
  const { store } = loop.crm;
  for (const list of store.submissions.values()) {
    const [first] = list;
    if (first?.values[0]?.value === 'ada@example.org') first.submittedAt *= 1_000;
  }
  const calls = store.table('calls');
  const log = (hs_timestamp: number): number => {
    const properties = { hs_timestamp: String(hs_timestamp), hs_call_status: 'COMPLETED' };
    const call = store.create(calls, properties, store.stamp());
    store.associations.add({ type: 'calls', id: call.id }, { type: 'contacts', id }, false);
    return call.id;
  };
  const wild = log(loop.clock.now() * 1_000);
  const sound = log(loop.clock.now());

  expect(await loop.sync()).toMatchObject({ failure: null, counts: { pushRejected: 0 } });
  expect(await downloadsOf(loop, 'ada@example.org')).toBe(1);
  expect(
    await loop.db.sql('select external_id from engagement_events where external_id = any($1)', [
      [`calls:${wild}`, `calls:${sound}`],
    ]),
  ).toEqual([{ external_id: `calls:${sound}` }]);
  const reasons = await loop.db.sql<{ object: string; external_id: string; message: string }>(
    `select object, external_id, message from rejected_records where object in ('forms', 'calls') and resolved_at is null
     order by object`,
  );
  expect(reasons.map(({ object }) => object)).toEqual(['calls', 'forms']);
  expect(reasons[0]?.external_id).toContain(String(wild));
  expect(reasons.every(({ message }) => message !== '')).toBe(true);
});

test('events under an address that a known contact gets later are tied to the contact', async () => {
  await using loop = await startLoop(forms);
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'before@example.org' });
  await loop.sync();
  hands.submit('Whitepaper Download', 'after@example.org');
  await loop.sync();
  expect(await downloadsOf(loop, 'before@example.org')).toBe(0);
  // Longer than the forms are looked back upon: the submission is not read again.
  loop.clock.advance(7_200_000);
  await loop.sync();
  hands.edit(id, { email: 'After@example.org' });
  await loop.sync();
  expect(await downloadsOf(loop, 'after@example.org')).toBe(1);
});

const withEvents = (events: readonly EventRule[]): MappingDefinition => ({ ...defaultMapping, events });
const download = (contains: string): EventRule => ({ object: 'forms', contains, type: 'content_download' });

test('changed event rules read the forms from the beginning and count every submission once', async () => {
  await using loop = await startLoop({ ...forms, mapping: withEvents([download('whitepaper')]) });
  const hands = handsOf(loop);
  await hands.create({ email: 'ada@example.org' });
  for (const form of ['Whitepaper Download', 'Newsletter Signup', 'Newsletter Signup', 'Case Study Download']) {
    hands.submit(form, 'ada@example.org');
  }
  await loop.sync();
  expect(await downloadsOf(loop, 'ada@example.org')).toBe(1);
  const counts: unknown[] = [];
  for (const rules of [
    [download('newsletter'), download('whitepaper')],
    [download('')],
    [{ object: 'forms', contains: { name: 'newsletter' }, type: 'nothing' } as const, download('')],
    [{ object: 'forms', contains: '', type: 'form_submission' } as const],
    [download('newsletter')],
    [download('case study')],
    [],
  ]) {
    loop.clock.advance(7_200_000);
    await saveMapping(loop.db, { ...loop, mapping: withEvents(rules) });
    expect((await loop.sync()).failure).toBeNull();
    counts.push(await downloadsOf(loop, 'ada@example.org'));
  }
  expect(counts).toEqual([3, 4, 2, 0, 2, 1, 0]);
});
