import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeLead, org, V } from './org.ts';

function file(): string {
  return join(mkdtempSync(join(tmpdir(), 'salesforce-')), 'deep', 'org.json');
}

describe('an org kept in a file', () => {
  it('is after a restart what it was: records, the bin, custom fields, ids, the clock', async () => {
    const keepIn = file();
    const one = await org({ keepIn, leads: 20, hubspotContacts: 30 });
    const id = await makeLead(one, { LastName: 'Kept' });
    const gone = await makeLead(one, { LastName: 'Gone' });
    await one.call('DELETE', `${V}/sobjects/Lead/${gone}`);
    const field = { FullName: 'Lead.Kept__c', Metadata: { label: 'K', type: 'Text', length: 9 } };
    const { body } = await one.call('POST', `${V}/tooling/sobjects/CustomField`, field);
    await one.admin('clock', { advanceMs: 3_600_000 });
    const before = await one.rows('SELECT Id, Name, SystemModstamp FROM Lead ORDER BY Id');
    await one.close();

    const two = await org({ keepIn, leads: 3, seed: 9 });
    expect(await two.rows('SELECT Id, Name, SystemModstamp FROM Lead ORDER BY Id')).toStrictEqual(before);
    expect(before.map((row) => row.Id)).toContain(id);
    await two.admin(`records/${gone}/undelete`);
    expect(await two.rows("SELECT Id FROM Lead WHERE LastName = 'Gone'")).toHaveLength(1);
    expect(before.map((row) => row.Id)).not.toContain(await makeLead(two));
    const { text } = await two.call('GET', `${V}/tooling/query?q=SELECT+Id+FROM+CustomField`);
    expect(text).toContain(body.id);
    expect(Number((await two.call('GET', '/__sandbox/state')).body['now'])).toBeGreaterThan(Date.now() + 3_500_000);
  });

  it('keeps what a bulk job wrote', async () => {
    const keepIn = file();
    const one = await org({ keepIn, bulkPolls: 0 });
    const { body } = await one.call('POST', `${V}/jobs/ingest`, { object: 'Lead', operation: 'insert' });
    await one.call('PUT', `${V}/jobs/ingest/${body.id}/batches`, 'LastName,Company\nA,O\n');
    await one.call('PATCH', `${V}/jobs/ingest/${body.id}`, { state: 'UploadComplete' });
    await one.call('GET', `${V}/jobs/ingest/${body.id}`);
    await one.close();
    const two = await org({ keepIn });
    expect(await two.rows('SELECT LastName FROM Lead')).toMatchObject([{ LastName: 'A' }]);
  });
});
