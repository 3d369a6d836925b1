// Wrong: storing an event read every source record of the organisation, so events took quadratic time.
import { expect, test } from 'vitest';
import { saveEvents } from '../../src/db/queries/save-events.ts';
import { startLoop } from '../support/loop.ts';

test('an event finds its person without reading the other records', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 400 }, pull: { objects: [] } });
  await loop.sync({ pullOnly: true });
  const people = [...loop.crm.store.contacts.from(0)].slice(0, 100).map(({ id }) => String(id));
  const events = people.map((id) => ({
    externalId: `calls:${id}`,
    type: 'call' as const,
    occurredAt: new Date(loop.clock.now()),
    quantity: 1,
    contactIds: [id],
    email: null,
    detail: null,
  }));
  const plan = await loop.db.database.transaction(loop.orgId, async (tx) => {
    // So few records are sooner read than looked up; with a million of them it is otherwise.
    await tx.query('set local enable_seqscan = off');
    let lines: string[] = [];
    await saveEvents(
      {
        orgId: tx.orgId,
        em: tx.em,
        async query<Row extends object>(text: string, values?: readonly unknown[]) {
          const rows = await tx.query<{ 'QUERY PLAN': string }>(`explain (analyze) ${text}`, values);
          lines = rows.map((row) => row['QUERY PLAN']);
          return [] as Row[];
        },
      },
      loop.connectionId,
      events,
    );
    return lines;
  });
  const removed = plan.map((line) => Number(/Rows Removed by Filter: (\d+)/.exec(line)?.[1] ?? 0));
  expect(plan.join('\n')).toContain('source_records');
  expect(Math.max(...removed)).toBeLessThan(5);
});
