import { describe, expect, it } from 'vitest';
import { DEFAULT_TOKEN } from '../../../src/sandbox/salesforce/index.ts';
import { makeLead, org, type TestOrg } from './org.ts';

const JOB = '/services/async/67.0/job';
const SESSION = { 'x-sfdc-session': DEFAULT_TOKEN };

interface Reply {
  status: number;
  type: string;
  text: string;
}

/** The older Bulk API: XML around CSV, its session in a header of its own. */
async function call(
  sandbox: TestOrg,
  path: string,
  body?: string,
  headers: Record<string, string> = SESSION,
): Promise<Reply> {
  const type = body === undefined ? {} : { 'content-type': body.startsWith('<') ? 'application/xml' : 'text/csv' };
  const response = await fetch(sandbox.url + JOB + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...type, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type') ?? '', text };
}

function child(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`, 'u').exec(xml)?.[1];
}

function jobXml(operation: string, object = 'Lead'): string {
  return `<jobInfo xmlns="http://www.force.com/2009/06/asyncapi/dataload"><operation>${operation}</operation><object>${object}</object><contentType>CSV</contentType></jobInfo>`;
}

async function openJob(sandbox: TestOrg, operation: string): Promise<string> {
  return child((await call(sandbox, '', jobXml(operation))).text, 'id') ?? '';
}

/** Adds a batch and waits for its end; gives its path and what became of it. */
async function batch(sandbox: TestOrg, job: string, body: string): Promise<{ path: string; xml: string }> {
  const added = await call(sandbox, `/${job}/batch`, body);
  const path = `/${job}/batch/${child(added.text, 'id')}`;
  for (;;) {
    const { text: xml } = await call(sandbox, path);
    if (['Completed', 'Failed'].includes(child(xml, 'state') ?? '')) return { path, xml };
  }
}

describe('the older Bulk API', () => {
  it('loads batches of CSV and reports them in the order of their rows', async () => {
    const sandbox = await org();
    const [a, b] = [await makeLead(sandbox), await makeLead(sandbox)];
    const opened = await call(sandbox, '', jobXml('update'));
    expect([opened.status, child(opened.text, 'state'), child(opened.text, 'apiVersion')]).toStrictEqual([
      201,
      'Open',
      '67.0',
    ]);
    const job = child(opened.text, 'id') ?? '';
    const { path, xml } = await batch(sandbox, job, `Id,Title\n${b},CTO\n00Qxx0000000001,X\n${a},"C, E, O"\n`);
    expect([child(xml, 'numberRecordsProcessed'), child(xml, 'numberRecordsFailed')]).toStrictEqual(['3', '1']);
    const result = await call(sandbox, `${path}/result`);
    expect(result.type).toContain('text/csv');
    expect(result.text).toBe(
      `"Id","Success","Created","Error"\n"${b}","true","false",""\n` +
        `"","false","false","INVALID_CROSS_REFERENCE_KEY:invalid cross reference id: --"\n"${a}","true","false",""\n`,
    );
    expect(await sandbox.rows('SELECT Title FROM Lead ORDER BY Id')).toMatchObject([
      { Title: 'C, E, O' },
      { Title: 'CTO' },
    ]);
    const closed = await call(sandbox, `/${job}`, '<jobInfo><state>Closed</state></jobInfo>');
    expect(child(closed.text, 'state')).toBe('Closed');
    expect(child((await call(sandbox, `/${job}/batch`, 'Id\n')).text, 'exceptionCode')).toBe('InvalidJobState');
  });

  it('reads: the batch is the statement, its result has a name', async () => {
    const sandbox = await org();
    const id = await makeLead(sandbox);
    const job = await openJob(sandbox, 'query');
    const { path } = await batch(sandbox, job, 'SELECT Id FROM Lead');
    const list = await call(sandbox, `${path}/result`);
    const name = child(list.text, 'result') ?? '';
    expect(name).toMatch(/^752/u);
    expect((await call(sandbox, `${path}/result/${name}`)).text).toBe(`"Id"\n"${id}"\n`);
  });

  it('fails batches as a whole that name a column or field nobody knows', async () => {
    const sandbox = await org();
    const load = await batch(sandbox, await openJob(sandbox, 'insert'), 'LastName,Nope__c\nA,1\n');
    expect(child(load.xml, 'stateMessage')).toBe('InvalidBatch : Field name not found : Nope__c');
    const read = await batch(sandbox, await openJob(sandbox, 'query'), 'SELECT Nope__c FROM Lead');
    expect(child(read.xml, 'stateMessage')).toContain('INVALID_FIELD');
  });

  it.each([
    ['a dead session', '', jobXml('insert'), 'InvalidSessionId', { 'x-sfdc-session': 'dead' }],
    ['an unknown object', '', jobXml('insert', 'Nope'), 'InvalidJob', SESSION],
    ['an unknown operation', '', jobXml('hardDelete'), 'InvalidJob', SESSION],
    ['an unknown job', '/7501x0000000001AAA', undefined, 'InvalidJob', SESSION],
  ])('answers 400 and XML to %s', async (_what, path, body, code, headers) => {
    const sandbox = await org();
    const answer = await call(sandbox, path, body, headers);
    expect([answer.status, child(answer.text, 'exceptionCode')]).toStrictEqual([400, code]);
    expect(answer.type).toContain('application/xml');
  });
});
