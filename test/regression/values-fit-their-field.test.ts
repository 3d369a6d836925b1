// Wrong: a date field was sent an instant, and a text field a number or a boolean: Salesforce refuses the whole call for that.
import { expect, test } from 'vitest';
import { startSalesforce } from '../support/connector-salesforce.ts';

test('what is mapped to a date or a text field is sent as one, and comes back as the same value', async () => {
  await using crm = await startSalesforce({ leads: 2 });
  const connector = crm.open();
  const signal = new AbortController().signal;
  const made = await connector.ensureFields(
    'Lead',
    [
      { name: 'Day__c', label: 'Day', description: '', type: 'date', options: [], maxLength: null },
      { name: 'Words__c', label: 'Words', description: '', type: 'text', options: [], maxLength: null },
      { name: 'Flag__c', label: 'Flag', description: '', type: 'text', options: [], maxLength: null },
    ],
    signal,
  );
  expect(made.map(({ status }) => status)).toEqual(['created', 'created', 'created']);
  crm.sandbox.requests.reset();
  const [externalId = ''] = crm.ids();
  const fields = { Day__c: '2026-11-20T23:30:00.500Z', Words__c: 72, Flag__c: true };
  const [outcome] = await connector.push({ object: 'Lead', changes: [{ key: 'k', externalId, fields }], signal });
  const kept = { Day__c: '2026-11-20', Words__c: '72', Flag__c: 'true' };
  expect(outcome).toMatchObject({ status: 'applied', fields: kept });
  expect(crm.sandbox.org.find(externalId)?.values).toMatchObject(kept);
  expect(crm.sandbox.requests.count('PATCH', /composite\/sobjects/)).toBe(1);
  const [record] = await connector.read({ object: 'Lead', ids: [externalId], fields: Object.keys(kept), signal });
  expect(record?.fields).toEqual(kept);
});
