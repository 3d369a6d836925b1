import { describe, expect, test } from 'vitest';
import { salesforce } from '../../../../../connectors/salesforce/index.ts';
import type { SalesforceCredentials, SalesforceSettings } from '../../../../../connectors/salesforce/settings.ts';
import { testContext, virtualClock } from '../../../../support/connector-context.ts';
import { createReplica, walk, type Replica } from '../../../../support/connector-replica.ts';
import { json, startScripted, type ScriptedServer } from '../../../../support/scripted-server.ts';

// What a sandbox that keeps its word cannot show: tables that are not what Salesforce says they are.

interface Page {
  readonly ids: readonly string[];
  readonly locator?: string;
  readonly count?: number;
  readonly header?: boolean;
}

const stamp = '2026-11-22T10:00:00.000Z';
const idOf = (at: number): string => `00Q${String(at).padStart(15, '0')}`;
const ids = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, at) => idOf(from + at));

interface Script {
  /** What the job says that it has found. */
  readonly total?: number;
  /** The page for the so-many-th request for results, from 1, and its locator. */
  readonly page: (request: number, locator: string | null) => Page;
}

/** An organisation of five leads, with a job that answers as it likes. */
async function organisation({ total, page }: Script): Promise<ScriptedServer> {
  let requests = 0;
  return startScripted(({ method, url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://here');
    const found = total === undefined ? {} : { numberRecordsProcessed: total };
    if (pathname.endsWith('/describe')) {
      const types = { Id: 'id', SystemModstamp: 'datetime', IsDeleted: 'boolean', Title: 'string' };
      const fields = Object.entries(types).map(([name, type]) => ({ name, label: name, type }));
      return json(response, 200, { name: 'Lead', fields });
    }
    if (pathname.endsWith('/query')) {
      if (method === 'POST') return json(response, 200, { id: '750000000000001AAA', state: 'UploadComplete' });
      return json(response, 200, { totalSize: 1, done: true, records: [{ Id: '00D000000000001AAA' }] });
    }
    if (pathname.endsWith('/queryAll')) {
      const records = ids(0, 5).map((Id) => ({ Id, SystemModstamp: stamp, IsDeleted: false, Title: 'by REST' }));
      return json(response, 200, { totalSize: 5, done: true, records });
    }
    if (!pathname.endsWith('/results')) {
      return json(response, 200, { id: '750000000000001AAA', state: 'JobComplete', ...found });
    }
    requests += 1;
    const { ids: rows, locator, count, header = true } = page(requests, searchParams.get('locator'));
    response.writeHead(200, {
      'content-type': 'text/csv',
      ...(locator === undefined ? {} : { 'sforce-locator': locator }),
      ...(count === undefined ? {} : { 'sforce-numberofrecords': String(count) }),
    });
    const lines = rows.map((id) => `"${id}","${stamp}","false","by Bulk"\n`);
    response.end(`${header ? '"Id","SystemModstamp","IsDeleted","Title"\n' : ''}${lines.join('')}`);
  });
}

async function pull({ url }: ScriptedServer): Promise<{ readonly replica: Replica; readonly why: readonly unknown[] }> {
  const why: unknown[] = [];
  const clock = virtualClock();
  const context = testContext<SalesforceSettings, SalesforceCredentials>({
    definition: salesforce,
    clock,
    baseUrl: url,
    credentials: { accessToken: 'session' },
    settings: {},
    log: (_level, _message, fields) => void why.push(fields['why']),
  });
  const replica = createReplica();
  const until = new Date(clock.now());
  const walked = await walk(salesforce.open(context), replica, {
    object: 'Lead',
    lane: 'full',
    fields: ['Title'],
    until,
  });
  expect(walked.done).toBe(true);
  expect([...replica.records.keys()].sort()).toEqual(ids(0, 5));
  return { replica, why };
}

const title = (replica: Replica): ReadonlySet<unknown> =>
  new Set([...replica.records.values()].map(({ fields }) => fields['Title']));

describe('rows are counted', () => {
  test.for<readonly [string, Script]>([
    [
      'two pages, the last one ended by the word null',
      {
        total: 5,
        page: (_, locator) =>
          locator === null
            ? { ids: ids(0, 3), locator: 'a:b/c=', count: 3 }
            : { ids: ids(3, 5), locator: locator === 'a:b/c=' ? 'null' : 'wrong', count: 2 },
      },
    ],
    [
      'an end without a locator, behind a proxy that takes the headers away',
      { total: 5, page: () => ({ ids: ids(0, 5) }) },
    ],
    ['no count at all', { page: () => ({ ids: ids(0, 5), locator: 'null' }) }],
    [
      'a page that was cut at a line break, and is whole the second time',
      {
        total: 5,
        page: (request) => ({ ids: ids(0, request === 1 ? 4 : 5), locator: 'null', count: 5 }),
      },
    ],
    [
      'an empty page in the middle',
      {
        total: 5,
        page: (_, locator) =>
          locator === null
            ? { ids: ids(0, 5), locator: 'a', count: 5 }
            : { ids: [], locator: locator === 'a' ? 'b' : 'null', count: 0, header: false },
      },
    ],
  ])('%s: all is read by Bulk', async ([, script]) => {
    await using server = await organisation(script);
    const { replica, why } = await pull(server);
    expect([why, title(replica)]).toEqual([[], new Set(['by Bulk'])]);
    expect(new Set(replica.arrivals.values())).toEqual(new Set([1]));
  });

  test.for<readonly [string, Script]>([
    ['fewer rows than the job has found', { total: 5, page: () => ({ ids: ids(0, 4), locator: 'null' }) }],
    ['more rows than the job has found', { total: 4, page: () => ({ ids: ids(0, 5), locator: 'null' }) }],
    ['a page that is always short', { page: () => ({ ids: ids(0, 4), locator: 'null', count: 5 }) }],
    [
      'a page that is followed by itself for ever',
      { total: 5, page: () => ({ ids: ids(0, 2), locator: 'a', count: 2 }) },
    ],
    ['no table at all', { total: 5, page: () => ({ ids: [], header: false }) }],
  ])('%s: the pass begins anew by REST', async ([, script]) => {
    await using server = await organisation(script);
    const { replica, why } = await pull(server);
    expect(why).toEqual([expect.stringContaining('number of rows')]);
    expect(title(replica)).toEqual(new Set(['by REST']));
  });
});
