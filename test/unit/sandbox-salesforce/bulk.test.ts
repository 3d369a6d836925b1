import { describe, expect, it } from 'vitest';
import { first, makeLead, org, V, type Answer, type TestOrg } from './org.ts';

const QUERY = `${V}/jobs/query`;
const INGEST = `${V}/jobs/ingest`;

async function finished(sandbox: TestOrg, path: string): Promise<Answer> {
  for (;;) {
    const answer = await sandbox.call('GET', path);
    if (['JobComplete', 'Failed'].includes(String(answer.body['state']))) return answer;
  }
}

async function queryJob(sandbox: TestOrg, query: string, operation = 'query'): Promise<string> {
  const { body, text } = await sandbox.call('POST', QUERY, { operation, query });
  if (body.id === undefined) throw new Error(text);
  await finished(sandbox, `${QUERY}/${body.id}`);
  return body.id;
}

describe('bulk query', () => {
  it('goes from UploadComplete through InProgress to JobComplete', async () => {
    const sandbox = await org();
    await makeLead(sandbox);
    const { body } = await sandbox.call('POST', QUERY, { operation: 'query', query: 'SELECT Id FROM Lead' });
    expect(body).toMatchObject({ state: 'UploadComplete', object: 'Lead', contentType: 'CSV', apiVersion: 67 });
    const states: unknown[] = [];
    for (let look = 0; look < 3; look += 1)
      states.push((await sandbox.call('GET', `${QUERY}/${body.id}`)).body['state']);
    expect(states).toStrictEqual(['InProgress', 'JobComplete', 'JobComplete']);
    expect((await sandbox.call('GET', `${QUERY}/${body.id}`)).body['numberRecordsProcessed']).toBe(1);
  });

  it('writes null as an empty cell, numbers with a point, times with Z, parents with a dot', async () => {
    const sandbox = await org({ now: () => Date.UTC(2026, 0, 1) });
    await makeLead(sandbox, { Website_Visits__c: 3, NumberOfEmployees: 4, Notes__c: 'a "b",\nc' });
    const id = await queryJob(
      sandbox,
      'SELECT Phone, Website_Visits__c, NumberOfEmployees, Notes__c, CreatedDate, Owner.Name FROM Lead',
    );
    const { text, headers } = await sandbox.call('GET', `${QUERY}/${id}/results`);
    expect(text).toBe(
      '"Phone","Website_Visits__c","NumberOfEmployees","Notes__c","CreatedDate","Owner.Name"\n' +
        '"","3.0","4","a ""b"",\nc","2026-01-01T00:00:00.000Z","Leadloop Integration"\n',
    );
    expect(headers.get('content-type')).toContain('text/csv');
  });

  it('pages with a header line each, until the locator is the word null', async () => {
    const sandbox = await org({ bulkPageRows: 400 });
    const { object } = sandbox.org.table('Lead');
    for (let at = 0; at < 1_000; at += 1) sandbox.org.insert(object, { LastName: `L${at}` }, { by: '' });
    const id = await queryJob(sandbox, 'SELECT Id FROM Lead');
    const found: string[] = [];
    let locator = '';
    let pages = 0;
    while (locator !== 'null') {
      const query = locator === '' ? '' : `&locator=${locator}`;
      const { text, headers } = await sandbox.call('GET', `${QUERY}/${id}/results?maxRecords=50000${query}`);
      const [head, ...lines] = text.trim().split('\n');
      expect(head).toBe('"Id"');
      expect(headers.get('sforce-numberofrecords')).toBe(String(lines.length));
      found.push(...lines);
      locator = headers.get('sforce-locator') ?? '';
      pages += 1;
    }
    expect([pages, new Set(found).size]).toStrictEqual([3, 1_000]);
    expect(found).not.toStrictEqual(found.toSorted());
    const { body } = await sandbox.call('GET', `${QUERY}/${id}/resultPages`);
    expect(body['resultPages']).toHaveLength(3);
  });

  it('belongs to the API version it was created with', async () => {
    const sandbox = await org();
    const id = await queryJob(sandbox, 'SELECT Id FROM Lead');
    expect((await sandbox.call('GET', `${QUERY}/${id}/results`.replace('v67', 'v66'))).status).toBe(409);
  });

  it('sees deleted rows as queryAll only', async () => {
    const sandbox = await org();
    const lead = await makeLead(sandbox);
    await sandbox.call('DELETE', `${V}/sobjects/Lead/${lead}`);
    const count = async (operation: string): Promise<unknown> => {
      const id = await queryJob(sandbox, 'SELECT Id, IsDeleted FROM Lead', operation);
      return (await sandbox.call('GET', `${QUERY}/${id}`)).body['numberRecordsProcessed'];
    };
    expect([await count('query'), await count('queryAll')]).toStrictEqual([0, 1]);
  });

  it.each([
    'SELECT COUNT(Id) FROM Lead',
    'SELECT Id FROM Lead OFFSET 5',
    'SELECT Id, Address FROM Lead',
    'SELECT Id, (SELECT Id FROM Tasks) FROM Lead',
    'SELECT Nope__c FROM Lead',
  ])('refuses %s', async (query) => {
    const sandbox = await org();
    const answer = await sandbox.call('POST', QUERY, { operation: 'query', query });
    expect([answer.status, first(answer).errorCode]).toStrictEqual([400, 'API_ERROR']);
  });

  it('fails as a job, with little to say', async () => {
    const sandbox = await org();
    await sandbox.admin('faults', { name: 'bulk-job-fails', count: 1 });
    const { body } = await sandbox.call('POST', QUERY, { operation: 'query', query: 'SELECT Id FROM Lead' });
    expect((await finished(sandbox, `${QUERY}/${body.id}`)).body['state']).toBe('Failed');
    expect(first(await sandbox.call('GET', `${QUERY}/${body.id}/results`)).errorCode).toBe('INVALIDJOBSTATE');
    expect((await sandbox.call('DELETE', `${QUERY}/${body.id}`)).status).toBe(204);
    expect((await sandbox.call('GET', `${QUERY}/${body.id}`)).status).toBe(404);
  });
});

describe('bulk ingest', () => {
  async function ingest(sandbox: TestOrg, csv: string, order: object): Promise<{ path: string; status: Answer }> {
    const { body } = await sandbox.call('POST', INGEST, {
      object: 'Lead',
      contentType: 'CSV',
      lineEnding: 'LF',
      ...order,
    });
    const path = `${INGEST}/${body.id}`;
    expect(body['contentUrl']).toBe(`${path.slice(1)}/batches`);
    expect((await sandbox.call('PUT', `${path}/batches`, csv)).status).toBe(201);
    expect((await sandbox.call('PATCH', path, { state: 'UploadComplete' })).body['state']).toBe('UploadComplete');
    return { path, status: await finished(sandbox, path) };
  }

  it('leaves fields of empty cells alone and clears those with #N/A', async () => {
    const sandbox = await org();
    const [a, b] = [await makeLead(sandbox, { Title: 'A', Phone: '1' }), await makeLead(sandbox, { Title: 'B' })];
    const { path, status } = await ingest(sandbox, `Id,Title,Phone\n"${a}","",#N/A\n${b},"C ""x"", y",2\n`, {
      operation: 'update',
    });
    expect(status.body).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: 2, numberRecordsFailed: 0 });
    expect(await sandbox.rows('SELECT Title, Phone FROM Lead ORDER BY Id')).toMatchObject([
      { Title: 'A', Phone: null },
      { Title: 'C "x", y', Phone: '2' },
    ]);
    const { text } = await sandbox.call('GET', `${path}/successfulResults/`);
    expect(text.split('\n').slice(0, 2)).toStrictEqual([
      '"sf__Id","sf__Created",Id,Title,Phone',
      `"${b}","false","${b}","C ""x"", y","2"`,
    ]);
  });

  it('reports failed rows as CODE:message:fields --', async () => {
    const sandbox = await org();
    const id = await makeLead(sandbox);
    const csv = `Id,Email,pi__last_activity__c\n${id},nobody,\n${id},,yesterday\n`;
    const { path, status } = await ingest(sandbox, csv, { operation: 'update' });
    expect(status.body).toMatchObject({ state: 'JobComplete', numberRecordsFailed: 2 });
    const { text } = await sandbox.call('GET', `${path}/failedResults`);
    expect(text).toContain('"INVALID_EMAIL_ADDRESS:Email: invalid email address: nobody:Email --"');
    expect(text).toContain(
      "Due to, 'yesterday' is not a valid value for the type xsd:dateTime:pi__last_activity__c --",
    );
  });

  it('fails as a whole on an unknown column, and tells what was not processed', async () => {
    const sandbox = await org();
    const { path, status } = await ingest(sandbox, 'Id,Nope__c\n1,2\n', { operation: 'update' });
    expect(status.body).toMatchObject({
      state: 'Failed',
      errorMessage: 'InvalidBatch : Field name not found : Nope__c',
    });
    expect((await sandbox.call('GET', `${path}/unprocessedrecords/`)).text).toBe('"Id","Nope__c"\n"1","2"\n');
  });

  it.each([
    ['BACKQUOTE', '`', 'LF', '\n'],
    ['SEMICOLON', ';', 'CRLF', '\r\n'],
    ['TAB', '\t', 'LF', '\n'],
    ['CARET', '^', 'CRLF', '\r\n'],
    ['PIPE', '|', 'LF', '\n'],
  ])('speaks CSV with %s and %s', async (columnDelimiter, comma, lineEnding, newline) => {
    const sandbox = await org();
    const csv = `LastName${comma}Company${newline}"A${comma}B"${comma}O, P${newline}`;
    const format = { columnDelimiter, lineEnding };
    const { path, status } = await ingest(sandbox, csv, { operation: 'insert', ...format });
    expect(status.body).toMatchObject({ numberRecordsProcessed: 1, numberRecordsFailed: 0, ...format });
    const [row] = await sandbox.rows('SELECT Id, LastName, Company FROM Lead');
    expect(row).toMatchObject({ LastName: `A${comma}B`, Company: 'O, P' });
    const { text } = await sandbox.call('GET', `${path}/successfulResults`);
    expect(text).toBe(
      `"sf__Id"${comma}"sf__Created"${comma}LastName${comma}Company${newline}` +
        `"${row?.Id}"${comma}"true"${comma}"A${comma}B"${comma}"O, P"${newline}`,
    );
    const query = { operation: 'query', query: 'SELECT Company FROM Lead', ...format };
    const { body } = await sandbox.call('POST', QUERY, query);
    await finished(sandbox, `${QUERY}/${body.id}`);
    expect((await sandbox.call('GET', `${QUERY}/${body.id}/results`)).text).toBe(`"Company"${newline}"O, P"${newline}`);
  });

  it('refuses a dialect it does not speak', async () => {
    const sandbox = await org();
    const order = { object: 'Lead', operation: 'insert', columnDelimiter: 'SPACE' };
    expect(first(await sandbox.call('POST', INGEST, order)).errorCode).toBe('INVALIDJOB');
  });

  it('fails on a column field-level security hides, as on one that is not there', async () => {
    const sandbox = await org();
    await sandbox.admin('faults', { name: 'field-hidden', field: 'Lead.Phone' });
    const { status } = await ingest(sandbox, 'LastName,Company,Phone\nA,O,1\n', { operation: 'insert' });
    expect(status.body).toMatchObject({ state: 'Failed', errorMessage: 'InvalidBatch : Field name not found : Phone' });
    const query = await sandbox.call('POST', QUERY, { operation: 'query', query: 'SELECT Phone FROM Lead' });
    expect(first(query).message).toContain('INVALID_FIELD');
  });

  it('takes one upload, inserts, upserts and deletes, and assigns nobody', async () => {
    const sandbox = await org();
    await ingest(sandbox, 'LastName,Company\nA,O\n', { operation: 'insert' });
    const { path } = await ingest(sandbox, 'External_Id__c,LastName,Company\nk,B,O\n', {
      operation: 'upsert',
      externalIdFieldName: 'External_Id__c',
    });
    expect(first(await sandbox.call('PUT', `${path}/batches`, 'x')).errorCode).toBe('INVALIDJOBSTATE');
    const [a, b] = await sandbox.rows('SELECT Id, Owner.Name FROM Lead ORDER BY LastName');
    expect(b?.['Owner']).toMatchObject({ Name: 'Leadloop Integration' });
    await ingest(sandbox, `Id\n${a?.Id}\n`, { operation: 'delete' });
    expect(await sandbox.rows('SELECT Id FROM Lead')).toHaveLength(1);
  });
});
