import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DEFAULT_TOKEN,
  startSalesforceSandbox,
  type SalesforceSandbox,
} from '../../../src/sandbox/salesforce/index.ts';
import { shapeOf } from '../sandbox/shape.ts';
import { DESCRIBE_KEYS, FIELD_KEYS, SAMPLES } from './samples.ts';

const V = '/services/data/v67.0';
const LEADS = `${V}/sobjects/Lead`;
const bearer = { authorization: `Bearer ${DEFAULT_TOKEN}` };

let sandbox: SalesforceSandbox;
let known: string;
let converted: string;
/** A lead nobody else looks at. */
let spare: string;

interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const form = path.endsWith('/token');
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
  const response = await fetch(sandbox.url + path, {
    method,
    headers: { ...bearer, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text };
}

function query(soql: string): () => string {
  return () => `${V}/query?q=${encodeURIComponent(soql)}`;
}

function replication(kind: string): () => string {
  const iso = (ms: number): string => new Date(Date.now() + ms).toISOString();
  return () => `${LEADS}/${kind}/?start=${iso(-86_400_000 * 10)}&end=${iso(60_000)}`;
}

beforeAll(async () => {
  sandbox = await startSalesforceSandbox({ leads: 600, contacts: 20, hubspotContacts: 60, limits: 'off' });
  const rows = [...sandbox.org.table('Lead').all()];
  known = rows.find(({ values, deletedAt }) => deletedAt === undefined && values['Email'] !== null)?.id ?? '';
  converted = rows.find(({ values }) => values['IsConverted'] === true)?.id ?? '';
  const insert = (values: Record<string, string>): string =>
    sandbox.org.insert(sandbox.org.table('Lead').object, values, { by: '' }).id;
  spare = insert({ LastName: 'Spare' });
  for (const LastName of ['One', 'Two']) insert({ LastName, Email: 'two@oak.example' });
  insert({ LastName: 'Addressed', City: 'Oakville', Country: 'USA', State: 'FL' });
  const metadata = { label: 'Asked', type: 'Text', length: 40 };
  await call('POST', `${V}/tooling/sobjects/CustomField`, { FullName: 'Lead.Asked__c', Metadata: metadata });
});

afterAll(() => sandbox.close());

/** [what, sample, status, method, path, body] */
type Case = [string, keyof typeof SAMPLES, number, string, () => string, (() => unknown)?];

const record = (values: object): object => ({ attributes: { type: 'Lead' }, ...values });
const LEAD = { LastName: 'S', Company: 'O' };
const COLLECTION = (): string => `${V}/composite/sobjects`;
const GRANT = 'client_id=sandbox-client&client_secret=sandbox-secret&grant_type=';

const CASES: Case[] = [
  ['the versions', 'versions', 200, 'GET', () => '/services/data'],
  ['an empty result', 'queryEmpty', 200, 'GET', query("SELECT Id FROM Lead WHERE LastName = 'Nobody At All'")],
  ['a last page', 'queryLast', 200, 'GET', query('SELECT Id FROM Lead LIMIT 1')],
  [
    'an aggregate',
    'aggregate',
    200,
    'GET',
    query("SELECT Status, COUNT(Id) FROM Lead WHERE Status = 'Nurturing' GROUP BY Status"),
  ],
  ['a plain count', 'count', 200, 'GET', query('SELECT COUNT() FROM Lead')],
  [
    'children',
    'children',
    200,
    'GET',
    query('SELECT Id, (SELECT ContactId, Role FROM OpportunityContactRoles) FROM Opportunity LIMIT 1'),
  ],
  ['a compound address', 'address', 200, 'GET', query("SELECT Address, City FROM Lead WHERE LastName = 'Addressed'")],
  [
    'a query for everything',
    'queryLast',
    200,
    'GET',
    () => query('SELECT Id FROM Lead LIMIT 1')().replace('query', 'queryAll'),
  ],
  ['a query of the Tooling API', 'toolingQuery', 200, 'GET', () => `${V}/tooling/query?q=SELECT+Id+FROM+CustomField`],
  ['an id that is none', 'error', 400, 'GET', query("SELECT Id FROM Lead WHERE Id = 'somethingwonky'")],
  ['all objects', 'globalDescribe', 200, 'GET', () => `${V}/sobjects`],
  ['one object in short', 'basicInformation', 200, 'GET', () => LEADS],
  ['who the user is', 'userinfo', 200, 'GET', () => '/services/oauth2/userinfo'],
  ['a record', 'record', 200, 'GET', () => `${LEADS}/${known}?fields=Id,IsDeleted,MasterRecordId,SystemModstamp`],
  ['a malformed query', 'error', 400, 'GET', query('SELECT invalid')],
  ['an unknown field', 'error', 400, 'GET', query('SELECT Nope FROM Lead')],
  ['an unknown object', 'error', 400, 'GET', query('SELECT Id FROM Nope')],
  ['a dead locator', 'error', 400, 'GET', () => `${V}/query/0r8xx0000000000AAA-2000`],
  ['a created record', 'created', 201, 'POST', () => LEADS, () => LEAD],
  ['a missing record', 'error', 404, 'GET', () => `${LEADS}/00Qxx0000000001`],
  ['a text too long', 'fieldError', 400, 'PATCH', () => `${LEADS}/${known}`, () => ({ City: 'x'.repeat(41) })],
  ['a delete of nobody', 'error', 404, 'DELETE', () => `${LEADS}/00Qxx0000000001`],
  ['an upsert', 'upserted', 201, 'PATCH', () => `${LEADS}/External_Id__c/new`, () => LEAD],
  ['an upsert by id', 'upserted', 200, 'PATCH', () => `${LEADS}/Id/${known}`, () => ({ Title: 'X' })],
  [
    'an upsert before v46',
    'created',
    201,
    'PATCH',
    () => `${LEADS.replace('v67', 'v45')}/External_Id__c/old`,
    () => LEAD,
  ],
  ['an upsert of several', 'multiple', 300, 'PATCH', () => `${LEADS}/Email/two@oak.example`, () => LEAD],
  ['a wrong upsert key', 'error', 404, 'PATCH', () => `${LEADS}/Namez/x`, () => LEAD],
  [
    'a duplicate',
    'duplicates',
    400,
    'POST',
    () => LEADS,
    () => ({ ...LEAD, Email: sandbox.org.find(known)?.values['Email'] }),
  ],
  [
    'a refused collection row',
    'collectionFailed',
    200,
    'POST',
    () => `${V}/composite/sobjects`,
    () => ({ records: [record({})] }),
  ],
  [
    'a collection row of nobody',
    'collectionPlainFailed',
    200,
    'PATCH',
    () => `${V}/composite/sobjects`,
    () => ({ records: [record({ id: '00Qxx0000000001' })] }),
  ],
  ['a collection without ids', 'collectionPlainFailed', 200, 'PATCH', COLLECTION, () => ({ records: [record({})] })],
  [
    'a converted lead',
    'collectionPlainFailed',
    200,
    'PATCH',
    COLLECTION,
    () => ({ records: [record({ id: converted })] }),
  ],
  [
    'a collection rolled back',
    'collectionPlainFailed',
    200,
    'POST',
    COLLECTION,
    () => ({ allOrNone: true, records: [record(LEAD), record({})] }),
  ],
  [
    'a collection upserted',
    'collectionUpserted',
    200,
    'PATCH',
    () => `${V}/composite/sobjects/Lead/External_Id__c`,
    () => ({ records: [record({ ...LEAD, External_Id__c: 'c' })] }),
  ],
  [
    'an upsert without a type',
    'collectionUpsertFailed',
    200,
    'PATCH',
    () => `${V}/composite/sobjects/Lead/Id`,
    () => ({ records: [{ Id: known, Title: 'X' }] }),
  ],
  ['deleted in a collection', 'collectionWritten', 200, 'DELETE', () => `${V}/composite/sobjects?ids=${spare}`],
  [
    'a collection',
    'collectionWritten',
    200,
    'POST',
    () => `${V}/composite/sobjects`,
    () => ({ records: [record(LEAD)] }),
  ],
  ['an empty collection', 'error', 400, 'POST', () => `${V}/composite/sobjects`, () => ({ records: [] })],
  ['updated ids', 'updated', 200, 'GET', replication('updated')],
  ['deleted records', 'deleted', 200, 'GET', replication('deleted')],
  ['a record count', 'recordCount', 200, 'GET', () => `${V}/limits/recordCount?sObjects=Account`],
  [
    'a query job',
    'queryJob',
    200,
    'POST',
    () => `${V}/jobs/query`,
    () => ({ operation: 'query', query: 'SELECT Id FROM Lead' }),
  ],
  [
    'an ingest job',
    'ingestJob',
    200,
    'POST',
    () => `${V}/jobs/ingest`,
    () => ({ operation: 'upsert', object: 'Lead', externalIdFieldName: 'External_Id__c' }),
  ],
  [
    'a custom field',
    'customField',
    201,
    'POST',
    () => `${V}/tooling/sobjects/CustomField`,
    () => ({ FullName: 'Lead.Shape__c', Metadata: { label: 'S', type: 'Text', length: 40 } }),
  ],
  [
    'a composite',
    'composite',
    200,
    'POST',
    () => `${V}/composite`,
    () => ({
      compositeRequest: [{ method: 'GET', url: `${V}/query?q=SELECT+Id+FROM+Lead+LIMIT+0`, referenceId: 'r' }],
    }),
  ],
  [
    'a composite with a part that failed',
    'compositeFailed',
    200,
    'POST',
    () => `${V}/composite`,
    () => ({ compositeRequest: [{ method: 'GET', url: `${V}/sobjects/Foo`, referenceId: 'r' }] }),
  ],
  [
    'a batch',
    'batch',
    200,
    'POST',
    () => `${V}/composite/batch`,
    () => ({ batchRequests: [{ method: 'GET', url: 'v67.0/query?q=SELECT+Id+FROM+Lead+LIMIT+0' }] }),
  ],
  ['a token', 'token', 200, 'POST', () => '/services/oauth2/token', () => `${GRANT}client_credentials`],
  ['a refused token', 'oauthError', 400, 'POST', () => '/services/oauth2/token', () => `${GRANT}password`],
];

describe('the Salesforce sandbox answers in recorded shapes', () => {
  it.each(CASES)('%s: %s', async (_what, sample, status, method, path, body) => {
    const answer = await call(method, path(), body?.());
    expect(answer.status).toBe(status);
    expect(shapeOf(answer.body)).toStrictEqual(shapeOf(SAMPLES[sample]));
  });

  it('a page of a query with a parent and a null', async () => {
    const path = query('SELECT Id, Phone, Owner.Name FROM Lead WHERE Phone = null')();
    const response = await fetch(sandbox.url + path, {
      headers: { ...bearer, 'sforce-query-options': 'batchSize=200' },
    });
    const body: unknown = await response.json();
    expect(shapeOf(body)).toStrictEqual(shapeOf(SAMPLES.queryPage));
    expect(response.headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/\d+$/);
  });

  it('a query job that somebody looks at', async () => {
    const { body } = await call('POST', `${V}/jobs/query`, { operation: 'query', query: 'SELECT Id FROM Lead' });
    const seen = await call('GET', `${V}/jobs/query/${(body as { id: string }).id}`);
    expect(shapeOf(seen.body)).toStrictEqual(shapeOf(SAMPLES.queryJobSeen));
  });

  it('an ingest job on its way: closed, seen, failed', async () => {
    const base = `${V}/jobs/ingest`;
    const start = async (csv: string): Promise<string> => {
      const order = { operation: 'upsert', object: 'Lead', externalIdFieldName: 'External_Id__c' };
      const { body } = await call('POST', base, order);
      const path = `${base}/${(body as { id: string }).id}`;
      const upload = { method: 'PUT', headers: { ...bearer, 'content-type': 'text/csv' }, body: csv };
      expect((await fetch(`${sandbox.url}${path}/batches`, upload)).status).toBe(201);
      const closed = await call('PATCH', path, { state: 'UploadComplete' });
      expect(shapeOf(closed.body)).toStrictEqual(shapeOf(SAMPLES.ingestClosed));
      return path;
    };
    const path = await start('External_Id__c,LastName,Company\nj,A,O\n');
    for (let looks = 0; looks < 2; looks += 1) {
      expect(shapeOf((await call('GET', path)).body)).toStrictEqual(shapeOf(SAMPLES.ingestSeen));
    }
    const failed = await start('External_Id__c,Nope__c\nj,1\n');
    await call('GET', failed);
    expect(shapeOf((await call('GET', failed)).body)).toStrictEqual(shapeOf(SAMPLES.ingestFailed));
  });

  it('a later page, which says nothing of a next one', async () => {
    const first = await fetch(sandbox.url + query('SELECT Id FROM Lead')(), {
      headers: { ...bearer, 'sforce-query-options': 'batchSize=400' },
    });
    const { nextRecordsUrl } = (await first.json()) as { nextRecordsUrl: string };
    const { body } = await call('GET', nextRecordsUrl);
    expect(shapeOf(body)).toStrictEqual(shapeOf(SAMPLES.queryLast));
  });

  it('limits as pairs of Max and Remaining', async () => {
    const { body } = await call('GET', `${V}/limits`);
    const pairs = Object.values(body as object).map(shapeOf);
    expect(pairs.length).toBeGreaterThan(5);
    for (const pair of pairs) expect(pair).toStrictEqual({ Max: 'number', Remaining: 'number' });
  });

  it('a describe with the keys of today', async () => {
    const { body } = await call('GET', `${LEADS}/describe`);
    const expected = [...Object.keys(SAMPLES.basicInformation.objectDescribe), ...DESCRIBE_KEYS];
    expect(Object.keys(body as object).toSorted()).toStrictEqual(expected.toSorted());
  });

  it('fields of a describe with the keys of today', async () => {
    const { body } = await call('GET', `${LEADS}/describe`);
    for (const field of (body as { fields: object[] }).fields) {
      expect(Object.keys(field).toSorted()).toStrictEqual(FIELD_KEYS.toSorted());
    }
  });

  it('a change with 204, no body and no type', async () => {
    const answer = await call('PATCH', `${LEADS}/${known}`, { Title: 'X' });
    expect([answer.status, answer.body, answer.headers.get('content-type')]).toStrictEqual([204, '', null]);
    expect(answer.headers.get('sforce-limit-info')).toContain('api-usage=');
  });
});
