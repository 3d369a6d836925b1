// Wrong: a merge was lost when the survivor had been stored before the page that names its loser: two leads stayed.
import { expect, test } from 'vitest';
import { normalise } from '../../src/pull/normalise.ts';
import { compileMapping } from '../../src/mapping/compile.ts';
import { salesforce } from '../../connectors/salesforce/index.ts';
import type { SourceRecord } from '../../src/model/records.ts';
import { startSalesforceLoop } from '../support/loop.ts';
import { salesforceHandsOf } from '../support/loop-salesforce.ts';

test('a survivor that is stored already still takes in the person of its loser', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 4, contacts: 1 } });
  const hands = salesforceHandsOf(loop);
  const winner = hands.create('Lead', { LastName: 'Lovelace', Company: 'Engines', Email: 'ada@example.org' });
  const loser = hands.create('Lead', { LastName: 'King', Company: 'Engines', Email: 'king@example.org' });
  hands.respond(loser, 'Whitepaper', '2026-11-20');
  await loop.sync();
  loop.clock.advance(60_000);
  // The echo of our write.
  await loop.sync();
  // As after a page that ended between the two: nothing of the survivor is new when its loser is read.
  const { org } = loop.crm;
  org.delete(hands.row(loser), { by: org.automationUser }, { MasterRecordId: winner });
  loop.clock.advance(60_000);
  const report = await loop.sync();
  expect(report).toMatchObject({ failure: null });
  const alive = await loop.db.sql(
    `select l.email, l.content_downloads as downloads, count(*)::int as records
     from leads l join source_records s on s.lead_id = l.id
     where s.external_id = any($1) and l.merged_into is null group by l.id`,
    [[winner, loser]],
  );
  expect(alive).toEqual([{ email: 'ada@example.org', downloads: 1, records: 2 }]);
});

test('what one copy of a record says it has absorbed, another copy in the batch does not take back', () => {
  const record: SourceRecord = {
    object: 'Lead',
    externalId: 'winner',
    modifiedAt: new Date('2026-11-20T12:00:00Z'),
    fields: {},
    mergedIds: ['loser'],
    companyId: null,
    successor: null,
  };
  const { accepted } = normalise([record, { ...record, mergedIds: [] }], compileMapping(salesforce.defaultMapping));
  expect(accepted).toMatchObject([{ externalId: 'winner', mergedIds: ['loser'] }]);
});
