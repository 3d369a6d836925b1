import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DEFAULT_TOKEN,
  startSalesforceSandbox,
  type SalesforceSandbox,
} from '../../../src/sandbox/salesforce/index.ts';
import { BATCH_INFO, JOB_INFO } from './samples.ts';

/** Status, code, words and headers of recorded answers, where a client may go by them. */

const V = '/services/data/v67.0';
const LEADS = `${V}/sobjects/Lead`;
const bearer = { authorization: `Bearer ${DEFAULT_TOKEN}` };

let sandbox: SalesforceSandbox;
let known = '';
let gone = '';
let account = '';
let contact = '';

interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = bearer,
): Promise<Answer> {
  const type = body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' };
  const response = await fetch(sandbox.url + path, {
    method,
    headers: { ...type, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The errors of an answer: an array always, and `fields` where the code knows of fields. */
function errors({ text }: Answer): unknown[] {
  return JSON.parse(text) as unknown[];
}

function soql(statement: string): string {
  return `${V}/query?q=${encodeURIComponent(statement)}`;
}

beforeAll(async () => {
  sandbox = await startSalesforceSandbox({ leads: 0, contacts: 0, limits: 'off', bulkPolls: 0, duplicateRule: 'off' });
  const insert = (object: string, values: Record<string, string>): string =>
    sandbox.org.insert(sandbox.org.table(object).object, values, { by: '' }).id;
  known = insert('Lead', { LastName: 'Known', Company: 'Oak' });
  gone = insert('Lead', { LastName: 'Gone', Company: 'Oak' });
  account = insert('Account', { Name: 'Oak' });
  contact = insert('Contact', { LastName: 'Stone', AccountId: account });
  await call('DELETE', `${LEADS}/${gone}`);
});

afterAll(() => sandbox.close());

/** [what, method, path, body, status, errorCode, message, fields] */
type Case = [string, string, () => string, unknown, number, string, string, string[] | undefined];

const CASES: Case[] = [
  [
    'a text too long',
    'PATCH',
    () => `${LEADS}/${known}`,
    { City: 'x'.repeat(41) },
    400,
    'STRING_TOO_LONG',
    `City: data value too large: ${'x'.repeat(41)} (max length=40)`,
    ['City'],
  ],
  [
    'a field nobody may write',
    'PATCH',
    () => `${LEADS}/${known}`,
    { IsConverted: true },
    400,
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    'Unable to create/update fields: IsConverted. Please check the security settings of this field and verify that it is read/write for your profile or permission set.',
    ['IsConverted'],
  ],
  [
    'a record nobody knows',
    'GET',
    () => `${LEADS}/00Qak00000zzzzz`,
    undefined,
    404,
    'NOT_FOUND',
    'The requested resource does not exist',
    undefined,
  ],
  [
    'a deleted record',
    'GET',
    () => `${LEADS}/${gone}`,
    undefined,
    404,
    'NOT_FOUND',
    'The requested resource does not exist',
    undefined,
  ],
  [
    'a delete of a deleted record',
    'DELETE',
    () => `${LEADS}/${gone}`,
    undefined,
    404,
    'ENTITY_IS_DELETED',
    'entity is deleted',
    [],
  ],
  [
    'an unknown external id field',
    'PATCH',
    () => `${LEADS}/Namez/x`,
    {},
    404,
    'NOT_FOUND',
    'Provided external ID field does not exist or is not accessible: Namez',
    undefined,
  ],
  [
    'an unknown column',
    'GET',
    () => soql('SELECT Nope FROM Lead'),
    undefined,
    400,
    'INVALID_FIELD',
    "No such column 'Nope' on sobject of type Lead",
    undefined,
  ],
  [
    'a statement that is none',
    'GET',
    () => soql('SELECT Id, FROM Lead'),
    undefined,
    400,
    'MALFORMED_QUERY',
    "unexpected token: 'FROM'",
    undefined,
  ],
  [
    'a locator that is none',
    'GET',
    () => `${V}/query/0r8xx0000000000AAA-2000`,
    undefined,
    400,
    'INVALID_QUERY_LOCATOR',
    'invalid query locator',
    undefined,
  ],
  [
    'an empty collection',
    'POST',
    () => `${V}/composite/sobjects`,
    { records: [] },
    400,
    'REQUIRED_FIELD_MISSING',
    'At least 1 record is required',
    undefined,
  ],
];

describe('the Salesforce sandbox says what was recorded', () => {
  it.each(CASES)('of %s', async (_what, method, path, body, status, errorCode, message, fields) => {
    const answer = await call(method, path(), body);
    expect(answer.status).toBe(status);
    expect(errors(answer)).toStrictEqual([{ message, errorCode, ...(fields === undefined ? {} : { fields }) }]);
    expect(answer.headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/\d+$/u);
  });

  it('of an unknown object: the caret, then the hint of __c', async () => {
    const [error] = errors(await call('GET', soql('SELECT Id FROM Accout'))) as {
      errorCode: string;
      message: string;
    }[];
    expect(error?.errorCode).toBe('INVALID_TYPE');
    expect(error?.message).toMatch(
      /^\n.*FROM Accout\n +\^\nERROR at Row:1:Column:\d+\nsObject type 'Accout' is not supported\. /u,
    );
  });

  it('of a locked parent, a dead reference, and several rules at once', async () => {
    sandbox.org.locks.hold(account, 1);
    const locked = await call('PATCH', `${V}/sobjects/Contact/${contact}`, { Title: 'X' });
    expect([locked.status, errors(locked)]).toStrictEqual([
      400,
      [
        {
          message: `unable to obtain exclusive access to this record or 1 records: ${account}`,
          errorCode: 'UNABLE_TO_LOCK_ROW',
          fields: [],
        },
      ],
    ]);
    const lost = sandbox.org.insert(sandbox.org.table('Account').object, { Name: 'Lost' }, { by: '' });
    sandbox.org.delete(lost, { by: '' });
    expect(errors(await call('PATCH', `${V}/sobjects/Contact/${contact}`, { AccountId: lost.id }))).toStrictEqual([
      {
        message: `insufficient access rights on cross-reference id: ${lost.id.slice(0, 15)}`,
        errorCode: 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
        fields: [],
      },
    ]);
    sandbox.rules.validation.push(
      { object: 'Account', where: "Name = 'ACME'", message: 'no ACME accounts' },
      { object: 'Account', where: "Phone = '123'", message: 'no 123 phone' },
    );
    expect(errors(await call('POST', `${V}/sobjects/Account`, { Name: 'ACME', Phone: '123' }))).toStrictEqual([
      { message: 'no ACME accounts', errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', fields: [] },
      { message: 'no 123 phone', errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', fields: [] },
    ]);
  });

  it('of a permission set that is assigned twice, with its two blanks', async () => {
    const { body: set } = await created('PermissionSet', { Name: 'A', Label: 'A' });
    const [user] = [...sandbox.org.table('User').all()];
    const assignment = { AssigneeId: user?.id, PermissionSetId: set };
    await call('POST', `${V}/sobjects/PermissionSetAssignment`, assignment);
    const twice = await call('POST', `${V}/sobjects/PermissionSetAssignment`, assignment);
    const message = `Duplicate PermissionSetAssignment.  Assignee: ${user?.id.slice(0, 15)}; Permission Set: ${set.slice(0, 15)}`;
    expect(errors(twice)).toStrictEqual([
      { message, errorCode: 'DUPLICATE_VALUE', fields: ['AssigneeId', 'PermissionSetId'] },
    ]);
  });

  async function created(
    object: string,
    values: object,
  ): Promise<{ status: number; location: string | null; body: string }> {
    const answer = await call('POST', `${V}/sobjects/${object}`, values);
    const { id } = JSON.parse(answer.text) as { id: string };
    return { status: answer.status, location: answer.headers.get('location'), body: id };
  }

  it('a campaign member from its creation to its end; dateTimes lose the colon of their offset', async () => {
    const campaign = await created('Campaign', { Name: 'High Value' });
    expect([campaign.status, campaign.location]).toStrictEqual([201, `${V}/sobjects/Campaign/${campaign.body}`]);
    const { body: id } = await created('CampaignMember', { CampaignId: campaign.body, ContactId: contact });
    const change = await call('PATCH', `${V}/sobjects/CampaignMember/${id}`, { Status: 'Responded' });
    expect([change.status, change.text, change.headers.get('content-type')]).toStrictEqual([204, '', null]);
    expect(
      (await call('PATCH', `${LEADS}/${known}`, { pi__last_activity__c: '2026-07-23T22:04:00.000+00:00' })).status,
    ).toBe(204);
    expect((await call('GET', soql('SELECT pi__last_activity__c FROM Lead'))).text).toContain(
      '"2026-07-23T22:04:00.000+0000"',
    );
    const end = await call('DELETE', `${V}/sobjects/CampaignMember/${id}`);
    expect([end.status, end.text]).toStrictEqual([204, '']);
    expect(end.headers.get('sforce-limit-info')).toContain('api-usage=');
  });

  it('of sessions: no limits, and a challenge for the ones that ended', async () => {
    const ended = await call('GET', `${V}/limits`, undefined, { authorization: 'Bearer dead' });
    expect([ended.status, ended.headers.get('www-authenticate')]).toStrictEqual([401, 'Token']);
    expect(errors(ended)).toStrictEqual([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]);
    const odd = await call('GET', `${V}/limits`, undefined, { authorization: 'Bearerish x' });
    expect(errors(odd)).toStrictEqual([{ message: 'INVALID_HEADER_TYPE', errorCode: 'INVALID_AUTH_HEADER' }]);
    sandbox.faults.activate({ name: 'password-expired', count: 1 });
    const expired = await call('GET', `${LEADS}/describe`);
    expect([expired.status, expired.headers.get('www-authenticate')]).toStrictEqual([401, null]);
    for (const { headers } of [ended, odd, expired]) expect(headers.get('sforce-limit-info')).toBeNull();
    const untyped = await fetch(`${sandbox.url}${LEADS}`, { method: 'POST', body: new Uint8Array([123, 125]) });
    expect([untyped.status, untyped.headers.get('content-type')]).toStrictEqual([401, 'text/html; charset=UTF-8']);
    expect(await untyped.text()).toMatch(/^<response>\n<faultcode>LOGIN_OAUTH_INVALID_TOKEN/u);
  });

  it('of an address that is too long: HTML', async () => {
    const answer = await call('GET', soql(`SELECT Id FROM Lead WHERE LastName = '${'x'.repeat(17_000)}'`));
    expect([answer.status, answer.text]).toStrictEqual([
      414,
      '<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>',
    ]);
  });

  it.each([
    ['query-timeout', 400, 'QUERY_TIMEOUT', 'Your query request was running for too long.'],
    ['request-limit', 403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'],
    ['concurrent-limit', 403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.'],
    ['503', 503, 'SERVER_UNAVAILABLE', 'Server Unavailable'],
  ] as const)('of %s', async (name, status, errorCode, message) => {
    sandbox.faults.activate({ name, count: 1 });
    const answer = await call('GET', soql('SELECT Id FROM Lead'));
    expect([answer.status, errors(answer)]).toStrictEqual([status, [{ message, errorCode }]]);
    expect(answer.headers.get('retry-after')).toBeNull();
  });

  it('rows of bulk results: own columns bare in the header, everything else in quotes', async () => {
    const base = `${V}/jobs/ingest`;
    const order = { operation: 'upsert', object: 'Opportunity', externalIdFieldName: 'Id' };
    const { id } = JSON.parse((await call('POST', base, order)).text) as { id: string };
    await call('PUT', `${base}/${id}/batches`, 'Name,StageName,CloseDate\nMiller,GENERATED,2003-04-98765\n');
    await call('PATCH', `${base}/${id}`, { state: 'UploadComplete' });
    for (let looks = 0; looks < 2; looks += 1) await call('GET', `${base}/${id}`);
    expect((await call('GET', `${base}/${id}/failedResults`)).text).toBe(
      '"sf__Id","sf__Error",Name,StageName,CloseDate\n' +
        '"","INVALID_FIELD:Failed to deserialize field at col 2. Due to, \'2003-04-98765\' is not a valid value for the type ' +
        'xsd:date:CloseDate --","Miller","GENERATED","2003-04-98765"\n',
    );
    expect((await call('GET', `${base}/${id}/unprocessedrecords`)).text).toBe('"Name","StageName","CloseDate"\n');
  });

  it('the older Bulk API in XML, element by element', async () => {
    const session = { 'x-sfdc-session': DEFAULT_TOKEN, 'content-type': 'application/xml' };
    const order =
      '<jobInfo><operation>insert</operation><object>Account</object><contentType>CSV</contentType></jobInfo>';
    const names = (xml: string): string[] => [...xml.matchAll(/^ <(\w+)>/gmu)].map(([, name]) => name ?? '');
    const job = await call('POST', '/services/async/67.0/job', order, session);
    expect([job.status, names(job.text)]).toStrictEqual([201, JOB_INFO]);
    expect(job.text).toContain('xmlns="http://www.force.com/2009/06/asyncapi/dataload"');
    expect(job.headers.get('sforce-limit-info')).toBeNull();
    const id = /<id>(\w+)</u.exec(job.text)?.[1] ?? '';
    const batch = await call('POST', `/services/async/67.0/job/${id}/batch`, 'Name\nZushi\n', {
      ...session,
      'content-type': 'text/csv',
    });
    expect([batch.status, names(batch.text)]).toStrictEqual([201, BATCH_INFO]);
  });
});
