// Wrong: a cursor that its connector cannot read any more failed every run, also a full one: nothing ever reset it.
import { expect, test } from 'vitest';
import { startSalesforceLoop } from '../support/loop.ts';
import { salesforceHandsOf } from '../support/loop-salesforce.ts';

test.each(['live', 'settled', 'full', 'archived'])(
  'after an unreadable %s cursor the next run reads everything',
  async (lane) => {
    await using loop = await startSalesforceLoop({ sandbox: { leads: 6, contacts: 1 } });
    const hands = salesforceHandsOf(loop);
    await loop.sync();
    await loop.sync({ full: true });
    const lead = hands.living('Lead')[0]!.id;
    // No stamp shows it: only a full pass does.
    hands.shift(lead, { Title: 'Superintendent' });
    await loop.db.sql(
      `update sync_cursors set cursor = 'sf0:of an older version' where object = 'Lead' and lane = $1`,
      [lane],
    );
    const isPass = lane === 'full' || lane === 'archived';
    if (isPass)
      await loop.db.sql(`update sync_cursors set pass_started_at = now() + interval '1 hour' where lane = $1`, [lane]);
    const failed = await loop.sync();
    expect(failed).toMatchObject({ failure: { code: 'crm-cursor', recovery: 'reset-cursor' } });
    loop.clock.advance(60_000);
    expect(await loop.sync()).toMatchObject({ status: 'succeeded', failure: null });
    const [record] = await loop.db.sql<{ title: string }>(
      `select fields->>'Title' as title from source_records where external_id = $1`,
      [lead],
    );
    expect(record?.title).toBe('Superintendent');
  },
);
