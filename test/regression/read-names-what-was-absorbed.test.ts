// Wrong: a record read by an id that was merged away did not say so, and the census took the loser for erased.
import { expect, test } from 'vitest';
import { startSalesforce } from '../support/connector-salesforce.ts';
import { mergeRecords } from '../../src/sandbox/salesforce/store/lifecycle.ts';

test('a merged id comes as the record that absorbed it, which names it', async () => {
  await using crm = await startSalesforce({ leads: 3 });
  const [winner = '', loser = '', other = ''] = crm.ids();
  const { org } = crm.sandbox;
  mergeRecords(org, org.find(winner)!, [org.find(loser)!]);
  const request = { object: 'Lead', fields: ['Title'], signal: new AbortController().signal };
  const found = await crm.open().read({ ...request, ids: [loser, other] });
  expect(new Map(found.map(({ externalId, mergedIds }) => [externalId, mergedIds]))).toEqual(
    new Map([
      [winner, [loser]],
      [other, []],
    ]),
  );
});
