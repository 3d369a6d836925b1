import { readFile, writeFile } from 'node:fs/promises';
import jsforce from 'jsforce';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { DEFAULT_TOKEN, startSalesforceSandbox, type SalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import {
  installSalesforceCli,
  salesforceCli,
  type Answer,
  type Installed,
  type SalesforceCli,
} from '../support/salesforce-cli.ts';

/** Clients that nobody wrote for our sandbox: the vendor's own command line, and jsforce with its own paging. */

const LEADS = 4_500;
const QUEUE = 'Inbound';

let sandbox: SalesforceSandbox;

beforeAll(async () => {
  sandbox = await startSalesforceSandbox({ leads: LEADS, contacts: 40, hubspotContacts: 60, bulkPolls: 0 });
});

afterAll(() => sandbox.close());

function living(object: string): number {
  return [...sandbox.org.table(object).all()].filter(({ deletedAt }) => deletedAt === undefined).length;
}

/** Any living lead of the seeded org. */
function someLead(): { id: string; lastName: string } {
  const row = [...sandbox.org.table('Lead').all()].find(
    ({ deletedAt, values }) => deletedAt === undefined && values['IsConverted'] !== true,
  );
  return { id: row?.id ?? '', lastName: String(row?.values['LastName']) };
}

function value(id: string, name: string): unknown {
  return sandbox.org.find(id)?.values[name];
}

describe('the sf command line', () => {
  let installed: Installed;
  let cli: SalesforceCli;
  let loggedIn: Answer<{ orgId: string; isSandbox: boolean; instanceApiVersion: string }>;

  beforeAll(async () => {
    installed = await installSalesforceCli();
    if ('missing' in installed) {
      // The reporter shows that tests were skipped, but not why.
      process.stderr.write(`${installed.missing}\n`);
      return;
    }
    cli = await salesforceCli(installed.entry, DEFAULT_TOKEN);
    const login = ['org', 'login', 'access-token', '--instance-url', sandbox.url, '--no-prompt', '--set-default'];
    loggedIn = await cli.sf(...login);
  }, 600_000);

  afterAll(async () => {
    if (!('missing' in installed)) await cli[Symbol.asyncDispose]();
  });

  function needsCli({ skip }: TestContext): void {
    if ('missing' in installed) skip(installed.missing);
  }

  test('sf org login access-token', (context) => {
    needsCli(context);
    expect(loggedIn).toMatchObject({
      status: 0,
      result: { orgId: sandbox.org.id, isSandbox: true, instanceApiVersion: '67.0' },
    });
  });

  test('sf data query, over all pages', async (context) => {
    needsCli(context);
    const soql = 'SELECT Id, Email, Owner.Name FROM Lead';
    interface Found {
      totalSize: number;
      done: boolean;
      records: { Id: string; Owner: { Name: string } }[];
    }
    const { status, result } = await cli.sf<Found>('data', 'query', '--query', soql);
    expect([status, result.totalSize, result.done]).toStrictEqual([0, living('Lead'), true]);
    expect(new Set(result.records.map(({ Id }) => Id)).size).toBe(living('Lead'));
    expect(result.records.map(({ Owner }) => Owner.Name)).toContain(QUEUE);
  });

  test('sf data query --all-rows sees deleted records', async (context) => {
    needsCli(context);
    const soql = 'SELECT Id FROM Lead WHERE IsDeleted = TRUE';
    const { result } = await cli.sf<{ totalSize: number }>('data', 'query', '--all-rows', '--query', soql);
    expect(result.totalSize).toBe(sandbox.org.table('Lead').size - living('Lead'));
  });

  test('sf data query passes on what the vendor says of a bad field', async (context) => {
    needsCli(context);
    const answer = await cli.sf('data', 'query', '--query', 'SELECT Nope FROM Lead');
    expect([answer.status, answer.name]).toStrictEqual([1, 'INVALID_FIELD']);
    expect(answer.message).toContain("No such column 'Nope'");
  });

  test('sf data update record, by id and by what it says', async (context) => {
    needsCli(context);
    const { id } = someLead();
    const of = ['data', 'update', 'record', '--sobject', 'Lead'];
    const byId = await cli.sf<object>(...of, '--record-id', id, '--values', "Title='Chief of CLI' Rating=Hot");
    expect(byId).toMatchObject({ status: 0, result: { id, success: true, errors: [] } });
    expect([value(id, 'Title'), value(id, 'Rating')]).toStrictEqual(['Chief of CLI', 'Hot']);
    const byWhere = await cli.sf<object>(...of, '--where', "Title='Chief of CLI'", '--values', 'Rating=Cold');
    expect(byWhere).toMatchObject({ status: 0, result: { id, success: true } });
    expect(value(id, 'Rating')).toBe('Cold');
  });

  test('sf data create, get and delete record', async (context) => {
    needsCli(context);
    const of = ['--sobject', 'Account'];
    const created = await cli.sf<{ id: string }>('data', 'create', 'record', ...of, '--values', "Name='Made by sf'");
    const { id } = created.result;
    const got = await cli.sf<object>('data', 'get', 'record', ...of, '--record-id', id);
    expect(got.result).toMatchObject({ Id: id, Name: 'Made by sf', attributes: { type: 'Account' } });
    const gone = await cli.sf<object>('data', 'delete', 'record', ...of, '--record-id', id);
    expect([gone.status, value(id, 'IsDeleted')]).toStrictEqual([0, true]);
  });

  test('sf data export bulk', async (context) => {
    needsCli(context);
    const file = cli.file('leads.csv');
    const line = ['data', 'export', 'bulk', '--query', 'SELECT Id, Name FROM Lead', '--output-file', file];
    const { status, result } = await cli.sf<{ totalSize: number }>(...line, '--result-format', 'csv', '--wait', '5');
    expect([status, result.totalSize]).toStrictEqual([0, living('Lead')]);
    const [head, ...rows] = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect([head, rows.length]).toStrictEqual(['"Id","Name"', living('Lead')]);
  });

  test('sf data update bulk and import bulk', async (context) => {
    needsCli(context);
    const { id } = someLead();
    await writeFile(cli.file('change.csv'), `Id,Title\n${id},Bulk officer\n`);
    await writeFile(cli.file('new.csv'), 'Name,NumberOfEmployees\nBulk One,3\nBulk Two,4\n');
    interface Job {
      processedRecords: number;
      successfulRecords: number;
      failedRecords: number;
    }
    const change = ['data', 'update', 'bulk', '--sobject', 'Lead', '--file', cli.file('change.csv')];
    expect((await cli.sf<Job>(...change, '--wait', '5')).result).toMatchObject({
      processedRecords: 1,
      successfulRecords: 1,
      failedRecords: 0,
    });
    expect(value(id, 'Title')).toBe('Bulk officer');
    const load = ['data', 'import', 'bulk', '--sobject', 'Account', '--file', cli.file('new.csv')];
    expect((await cli.sf<Job>(...load, '--wait', '5')).result).toMatchObject({ processedRecords: 2, failedRecords: 0 });
    const names = [...sandbox.org.table('Account').all()].map(({ values }) => values['Name']);
    expect(names).toEqual(expect.arrayContaining(['Bulk One', 'Bulk Two']));
  });

  test('sf data update bulk says which rows failed', async (context) => {
    needsCli(context);
    const { id } = someLead();
    await writeFile(cli.file('half.csv'), `Id,Title\n${id},Fine\n00Qxx0000000001,Nobody\n`);
    const line = ['data', 'update', 'bulk', '--sobject', 'Lead', '--file', cli.file('half.csv'), '--wait', '5'];
    const answer = await cli.sf(...line);
    expect([answer.status, answer.name]).toStrictEqual([1, 'FailedRecordDetailsError']);
    expect(value(id, 'Title')).toBe('Fine');
  });

  test('sf sobject describe and sf org list limits', async (context) => {
    needsCli(context);
    interface Described {
      name: string;
      fields: { name: string; type: string }[];
    }
    const { result } = await cli.sf<Described>('sobject', 'describe', '--sobject', 'Lead');
    expect(result.name).toBe('Lead');
    expect(result.fields).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'Email', type: 'email' })]));
    const limits = await cli.sf<{ name: string; max: number; remaining: number }[]>('org', 'list', 'limits');
    const calls = limits.result.find(({ name }) => name === 'DailyApiRequests');
    expect(calls?.max).toBe(100_000);
    expect(calls?.remaining).toBeLessThan(100_000);
  });
});

describe('jsforce with its own paging, chunks and refresh', () => {
  const VERSION = '67.0';
  const oauth2 = (): { loginUrl: string; clientId: string; clientSecret: string } => ({
    loginUrl: sandbox.url,
    clientId: 'sandbox-client',
    clientSecret: 'sandbox-secret',
  });
  const connect = (accessToken = DEFAULT_TOKEN): jsforce.Connection =>
    new jsforce.Connection({ instanceUrl: sandbox.url, accessToken, version: VERSION });

  test('query: autoFetch up to maxFetch, and queryMore along nextRecordsUrl', async () => {
    const conn = connect();
    const some = await conn.query('SELECT Id FROM Lead', { autoFetch: true, maxFetch: 3_000 });
    expect([some.records.length, some.totalSize]).toStrictEqual([3_000, living('Lead')]);
    const all = await conn.query('SELECT Id FROM Lead', { autoFetch: true, maxFetch: 1e9 });
    expect(new Set(all.records.map(({ Id }) => Id)).size).toBe(living('Lead'));
    let page = await conn.query('SELECT Id FROM Lead');
    const sizes = [page.records.length];
    while (page.nextRecordsUrl !== undefined) {
      page = await conn.queryMore(page.nextRecordsUrl);
      sizes.push(page.records.length);
    }
    expect(sizes).toStrictEqual([2_000, 2_000, living('Lead') - 4_000]);
    expect(conn.limitInfo.apiUsage?.limit).toBe(100_000);
  });

  test('find, count, include and the deleted ones', async () => {
    const conn = connect();
    const count = await conn.sobject('Contact').count({ Email: { $ne: null } });
    const found = await conn
      .sobject('Contact')
      .find({ Email: { $ne: null } }, ['Id', 'Account.Name'])
      .execute();
    expect(found).toHaveLength(count);
    const accounts = await conn.sobject('Account').find({}, 'Id').include('Contacts').select('Id').end().execute();
    const nested = accounts.flatMap(({ Contacts }) => (Contacts as { records: object[] } | null)?.records ?? []);
    expect(nested).toHaveLength(living('Contact'));
    const gone = await conn.query('SELECT Id FROM Lead WHERE IsDeleted = TRUE', { scanAll: true });
    expect(gone.totalSize).toBe(sandbox.org.table('Lead').size - living('Lead'));
  });

  test('sobject: create, retrieve, update, upsert and destroy, one and many', async () => {
    const leads = connect().sobject('Lead');
    const quiet = { headers: { 'Sforce-Auto-Assign': 'FALSE' } };
    const one = await leads.create({ LastName: 'Alone', Company: 'Oak', External_Id__c: 'ext-1' }, quiet);
    expect(one.success).toBe(true);
    const many = await leads.create(
      Array.from({ length: 210 }, (_, at) => ({ LastName: `Many ${at}`, Company: 'Oak' })),
      { ...quiet, allowRecursive: true },
    );
    expect(many.filter(({ success }) => success)).toHaveLength(210);
    const ids = many.map(({ id }) => id ?? '');
    const read = await leads.retrieve(ids.slice(0, 3));
    expect(read.map(({ LastName }) => LastName as string)).toStrictEqual(['Many 0', 'Many 1', 'Many 2']);
    const changed = await leads.update(
      [
        { Id: ids[0] ?? '', Title: 'X' },
        { Id: '00Qxx0000000001', Title: 'Y' },
      ],
      quiet,
    );
    expect(changed.map(({ success }) => success)).toStrictEqual([true, false]);
    expect(changed[1]?.errors).toMatchObject([{ statusCode: 'INVALID_CROSS_REFERENCE_KEY' }]);
    const again = await leads.upsert({ External_Id__c: 'ext-1', Title: 'Upserted' }, 'External_Id__c', quiet);
    expect([again.success, value(one.id ?? '', 'Title')]).toStrictEqual([true, 'Upserted']);
    const fresh = await leads.upsert({ External_Id__c: 'ext-2', LastName: 'New', Company: 'Elm' }, 'External_Id__c');
    expect(fresh).toMatchObject({ success: true, created: true });
    const gone = await leads.destroy([...ids.slice(0, 2), one.id ?? '']);
    expect(gone.every(({ success }) => success)).toBe(true);
    await expect(leads.retrieve(one.id ?? '')).rejects.toMatchObject({ errorCode: 'NOT_FOUND' });
  });

  test('bulk2: a query of one page, and a load with a bad row', async () => {
    const { bulk2 } = connect();
    bulk2.pollInterval = 20;
    const stream = await bulk2.query('SELECT Id, Email FROM Lead');
    const rows = (await stream.toArray()) as unknown as { Id: string }[];
    expect(new Set(rows.map(({ Id }) => Id)).size).toBe(living('Lead'));
    const { id } = someLead();
    const results = await bulk2.loadAndWaitForResults({
      object: 'Lead',
      operation: 'update',
      input: [
        { Id: id, Title: 'Loaded, "quoted"\nand broken' },
        { Id: '00Qxx0000000001', Title: 'Nobody' },
      ],
    });
    expect(results.successfulResults).toMatchObject([{ sf__Id: id, sf__Created: 'false' }]);
    expect(results.failedResults).toMatchObject([
      { sf__Error: 'INVALID_CROSS_REFERENCE_KEY:invalid cross reference id: --' },
    ]);
    expect(value(id, 'Title')).toBe('Loaded, "quoted"\nand broken');
  });

  test('oauth2: client credentials; a dead session is renewed with the refresh token, which changes', async () => {
    const app = new jsforce.Connection({ oauth2: oauth2(), version: VERSION });
    await app.authorize({ grant_type: 'client_credentials' });
    expect(app.instanceUrl).toBe(sandbox.url);
    expect((await app.query('SELECT Id FROM Lead LIMIT 1')).records).toHaveLength(1);
    const user = new jsforce.Connection({
      instanceUrl: sandbox.url,
      accessToken: 'long gone',
      refreshToken: 'sandbox-refresh-token',
      oauth2: oauth2(),
      version: VERSION,
    });
    const renewed: unknown[] = [];
    user.on('refresh', (_token: string, answer: { refresh_token?: string }) => renewed.push(answer.refresh_token));
    expect((await user.query('SELECT Id FROM Lead LIMIT 1')).records).toHaveLength(1);
    expect(renewed).toStrictEqual([expect.stringMatching(/^5Aep861/u)]);
  });
});
