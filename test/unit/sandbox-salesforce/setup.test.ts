import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSalesforceSandbox } from '../../../src/sandbox/salesforce/index.ts';
import { first, makeLead, org, V, type TestOrg } from './org.ts';

/** As the Metadata API describes an object. */
const TICKET = {
  fullName: 'Ticket__c',
  label: 'Ticket',
  pluralLabel: 'Tickets',
  nameField: { type: 'AutoNumber', label: 'Number', displayFormat: 'T-{0000}' },
  fields: [{ fullName: 'Key__c', type: 'Text', label: 'Key', length: 20, externalId: true }],
};

describe('objects an administrator deploys', () => {
  it('have fields, numbers of their own and a key prefix from a00 on', async () => {
    const sandbox = await org();
    const { status, body } = await sandbox.admin('objects', TICKET);
    expect([status, body['keyPrefix']]).toStrictEqual([201, 'a00']);
    await sandbox.create('Ticket__c', { Key__c: 'one' });
    const id = await sandbox.create('Ticket__c', {});
    expect(id.slice(0, 3)).toBe('a00');
    expect(await sandbox.rows('SELECT Name, Key__c FROM Ticket__c ORDER BY Name')).toMatchObject([
      { Name: 'T-0001', Key__c: 'one' },
      { Name: 'T-0002', Key__c: null },
    ]);
    const described = (await sandbox.call('GET', `${V}/sobjects/Ticket__c/describe`)).body;
    expect(described['custom']).toBe(true);
    const fields = described['fields'] as Record<string, unknown>[];
    expect(fields.find(({ name }) => name === 'Name')).toMatchObject({ autoNumber: true, createable: false });
    const upsert = `${V}/sobjects/Ticket__c/Key__c/one`;
    expect((await sandbox.call('PATCH', upsert, {})).body['created']).toBe(false);
  });

  it('are refused twice, and with fields the Metadata API would refuse', async () => {
    const sandbox = await org();
    await sandbox.admin('objects', TICKET);
    expect((await sandbox.admin('objects', TICKET)).status).toBe(400);
    const bad = { fullName: 'Other__c', fields: [{ fullName: 'A__c', type: 'Text' }] };
    expect((await sandbox.admin('objects', bad)).text).toContain("Must specify 'length'");
  });

  it('outlive a restart with their records and numbers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leadloop-objects-'));
    const keepIn = join(folder, 'org.json');
    {
      const sandbox = await org({ keepIn });
      await sandbox.admin('objects', TICKET);
      await sandbox.create('Ticket__c', { Key__c: 'one' });
      await sandbox.close();
    }
    await using again = await startSalesforceSandbox({ keepIn });
    const table = again.org.table('Ticket__c');
    expect([...table.all()].map(({ values }) => values['Name'])).toStrictEqual(['T-0001']);
    expect(again.org.insert(table.object, {}, { by: '' }).values['Name']).toBe('T-0002');
    await rm(folder, { recursive: true });
  });
});

describe('describes', () => {
  it('answer 304 to who knows the schema, and tell each change apart', async () => {
    const sandbox = await org();
    const path = `${V}/sobjects/Lead/describe`;
    const seen = (await sandbox.call('GET', path)).headers.get('last-modified') ?? '';
    const since = { 'if-modified-since': seen };
    expect((await sandbox.call('GET', path, undefined, since)).status).toBe(304);
    expect((await sandbox.call('GET', `${V}/sobjects`, undefined, since)).status).toBe(304);
    const metadata = { type: 'Text', label: 'A', length: 5 };
    await sandbox.call('POST', `${V}/tooling/sobjects/CustomField`, { FullName: 'Lead.A__c', Metadata: metadata });
    expect((await sandbox.call('GET', path, undefined, since)).status).toBe(200);
    const inside = await sandbox.call('POST', `${V}/composite`, {
      compositeRequest: [
        {
          method: 'GET',
          url: path,
          referenceId: 'd',
          httpHeaders: { 'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
        },
      ],
    });
    expect(inside.body['compositeResponse']).toMatchObject([
      { body: null, httpStatusCode: 304, httpHeaders: { 'Last-Modified': expect.any(String) as string } },
    ]);
  });

  it('of pages: one layout that shows every visible field, and the named one of users', async () => {
    const sandbox = await org();
    await sandbox.admin('faults', { name: 'field-hidden', field: 'Lead.Phone' });
    const layouts = (await sandbox.call('GET', `${V}/sobjects/Lead/describe/layouts/`)).text;
    expect(layouts).toContain('"value":"Email"');
    expect(layouts).not.toContain('"value":"Phone"');
    const status = async (path: string): Promise<number> => (await sandbox.call('GET', `${V}/sobjects/${path}`)).status;
    expect(await status('User/describe/namedLayouts/UserAlt')).toBe(200);
    expect(await status('Lead/describe/namedLayouts/UserAlt')).toBe(404);
    expect(await status('Lead/describe/compactLayouts')).toBe(200);
    expect((await sandbox.call('GET', `${V}/sobjects/Lead/describe/approvalLayouts`)).body).toStrictEqual({
      approvalLayouts: [],
    });
  });
});

describe('list views', () => {
  async function onlyView(sandbox: TestOrg): Promise<Record<string, string>> {
    const { body } = await sandbox.call('GET', `${V}/sobjects/Lead/listviews`);
    return (body['listviews'] as Record<string, string>[])[0] ?? {};
  }

  it('describe their statement and run it', async () => {
    const sandbox = await org();
    await makeLead(sandbox, { LastName: 'Zed' });
    await makeLead(sandbox, { LastName: 'Ann' });
    const view = await onlyView(sandbox);
    const described = (await sandbox.call('GET', view['describeUrl'] ?? '')).body;
    expect((await sandbox.query(String(described['query']))).body.totalSize).toBe(2);
    const results = (await sandbox.call('GET', view['resultsUrl'] ?? '')).body;
    const names = results.records.map(({ columns }) => (columns as { value: unknown }[])[0]?.value);
    expect([results['size'], names]).toStrictEqual([2, ['Ann', 'Zed']]);
    expect((await sandbox.call('GET', `${V}/sobjects/Contact/listviews/${view['id']}`)).status).toBe(404);
  });

  it('and statements have a plan; nothing is read', async () => {
    const sandbox = await org();
    const id = await makeLead(sandbox);
    await makeLead(sandbox);
    const plans = async (explain: string): Promise<unknown> =>
      (await sandbox.call('GET', `${V}/query/?explain=${encodeURIComponent(explain)}`)).body['plans'];
    expect(await plans(`SELECT Id FROM Lead WHERE Id = '${id}' AND Title = null`)).toMatchObject([
      { leadingOperationType: 'Index', fields: ['Id'], cardinality: 1, sobjectCardinality: 2, sobjectType: 'Lead' },
      { leadingOperationType: 'TableScan', relativeCost: 1, notes: [{ fields: ['Title'] }] },
    ]);
    expect(await plans((await onlyView(sandbox))['id'] ?? '')).toMatchObject([{ leadingOperationType: 'TableScan' }]);
    const unknown = await sandbox.call('GET', `${V}/query?explain=00B000000000000`);
    expect([unknown.status, first(unknown).errorCode]).toStrictEqual([400, 'INVALID_ID']);
  });
});
