import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DEFAULT_TOKEN,
  startSalesforceSandbox,
  type SalesforceSandbox,
} from '../../../src/sandbox/salesforce/index.ts';
import { shapeOf } from '../sandbox/shape.ts';
import { FIELD_KEYS, SAMPLES } from './samples.ts';

const V = '/services/data/v67.0';
const LEADS = `${V}/sobjects/Lead`;

let sandbox: SalesforceSandbox;
let known: string;

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
    headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, ...(body === undefined ? {} : { 'content-type': type }) },
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
});

afterAll(() => sandbox.close());

/** [what, sample, status, method, path, body] */
type Case = [string, keyof typeof SAMPLES, number, string, () => string, (() => unknown)?];

const record = (values: object): object => ({ attributes: { type: 'Lead' }, ...values });
const LEAD = { LastName: 'S', Company: 'O' };
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
  ['a malformed query', 'error', 400, 'GET', query('SELECT invalid')],
  ['an unknown field', 'error', 400, 'GET', query('SELECT Nope FROM Lead')],
  ['an unknown object', 'error', 400, 'GET', query('SELECT Id FROM Nope')],
  ['a dead locator', 'error', 400, 'GET', () => `${V}/query/0r8xx0000000000AAA-2000`],
  ['a created record', 'created', 201, 'POST', () => LEADS, () => LEAD],
  ['a missing record', 'error', 404, 'GET', () => `${LEADS}/00Qxx0000000001`],
  ['a text too long', 'fieldError', 400, 'PATCH', () => `${LEADS}/${known}`, () => ({ City: 'x'.repeat(41) })],
  ['a delete of nobody', 'error', 404, 'DELETE', () => `${LEADS}/00Qxx0000000001`],
  ['an upsert', 'upserted', 201, 'PATCH', () => `${LEADS}/External_Id__c/new`, () => LEAD],
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
    () => ({ operation: 'update', object: 'Lead' }),
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
      headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, 'sforce-query-options': 'batchSize=200' },
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
