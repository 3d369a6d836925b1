import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IngestAnswer } from '../../../src/ingest/answer.ts';
import { withdrawToken } from '../../../src/access/tokens.ts';
import type { OrgId } from '../../../src/model/values.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { type ApiDocument, differences, type Operation, routesOf } from '../../support/described.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { holdTable } from '../../support/held-table.ts';
import { imageOf } from '../../support/ingest.ts';

let db: TestDatabase;
let api: TestApi;
let orgId: OrgId;
let umbrella: OrgId;
let token: string;

beforeAll(async () => {
  db = await testDatabase();
  [orgId, umbrella] = await db.twoOrgs();
  api = await startApi(db);
  token = await api.token(orgId, 'ingest', 'read');
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
});
beforeEach(() =>
  db.sql('truncate developer_signups, company_enrichment, account_scores, ingest_requests, leads cascade'),
);

const json = { 'content-type': 'application/json' };
const ndjson = { 'content-type': 'application/x-ndjson' };

async function post(
  kind: string,
  body: unknown,
  headers: Record<string, string> = json,
  as = token,
): Promise<Response> {
  return fetch(`${api.url}/api/v1/ingest/${kind}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${as}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const get = async (path: string, as = token): Promise<Response> =>
  fetch(`${api.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${as}` } });

async function problem(answer: Response): Promise<string> {
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  const told = (await answer.json()) as { status: number; code: string; remedy: string; detail: string };
  expect(told.status).toBe(answer.status);
  expect(told.remedy).not.toBe('');
  return `${answer.status} ${told.code}`;
}

const ada = { email: 'ada@acme.example', full_name: 'Ada' };

it('rows that are coming in when the daemon is told to stop are taken in and answered', async () => {
  await using ending = await startApi(db);
  const headers = { ...json, authorization: `Bearer ${await ending.token(orgId, 'ingest')}` };
  const held = await holdTable(db, 'developer_signups');
  const answer = fetch(`${ending.url}/api/v1/ingest/signups`, { method: 'POST', headers, body: JSON.stringify([ada]) });
  await vi.waitFor(async () => {
    const waiting = await db.sql(
      `select 1 from pg_locks where not granted and relation = 'developer_signups'::regclass
         and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(waiting).toHaveLength(1);
  }, 10_000);
  const stopped = ending.stop(20_000);
  await held[Symbol.asyncDispose]();
  expect((await answer).status).toBe(200);
  await stopped;
  expect(await db.sql('select email from developer_signups')).toEqual([{ email: ada.email }]);
});

describe('rows by HTTP', () => {
  it('land by a list, by { rows } and by lines, and the same again changes nothing', async () => {
    const first = (await (await post('signups', [ada])).json()) as IngestAnswer;
    expect(first).toEqual({ received: 1, created: 1, updated: 0, unchanged: 0, rejected: [], outcomes: ['created'] });
    const image = await imageOf(db);
    for (const [body, headers] of [
      [[ada], json],
      [{ rows: [ada] }, json],
      [`\n${JSON.stringify(ada)}\n`, ndjson],
    ] as const) {
      const again = (await (await post('signups', body, headers)).json()) as IngestAnswer;
      expect(again).toMatchObject({ received: 1, unchanged: 1, outcomes: ['unchanged'] });
    }
    expect(await imageOf(db)).toEqual(image);
  });

  it('that are bad are named by place and reason without their values, and the others land', async () => {
    const lines = ['{"email": "secret at nowhere"}', 'no json', JSON.stringify(ada), '{"e_mail": "b@acme.example"}'];
    const answer = await post('signups', lines.join('\n'), ndjson);
    expect(answer.status).toBe(200);
    const told = (await answer.json()) as IngestAnswer;
    expect(told.rejected.map(({ index, field, code }) => [index, field, code])).toEqual([
      [0, 'email', 'invalid'],
      [1, null, 'not-json'],
      [3, 'e_mail', 'unknown-field'],
    ]);
    expect(told.rejected[2]?.message).toContain('Did you mean email?');
    expect(told.outcomes).toEqual(['rejected', 'rejected', 'created', 'rejected']);
    expect(JSON.stringify(told.rejected)).not.toContain('secret');
    expect(await db.sql('select email from developer_signups')).toEqual([{ email: 'ada@acme.example' }]);
  });

  it('are of the organisation of the token alone', async () => {
    const theirs = await api.token(umbrella, 'ingest', 'read');
    await post('signups', [ada]);
    expect(await (await post('signups', [ada], json, theirs)).json()).toMatchObject({ created: 1 });
    expect(await db.sql('select org_id as "orgId" from developer_signups order by 1')).toHaveLength(2);
    await post('signups', [{ email: 'bob@acme.example' }], json, theirs);
    const seen = async (as: string) => {
      const { rows } = (await (await get('dashboard', as)).json()) as {
        rows: { email: string; developer_id: string }[];
      };
      return rows;
    };
    expect((await seen(token)).map(({ email }) => email)).toEqual(['ada@acme.example']);
    expect((await seen(theirs)).map(({ email }) => email).toSorted()).toEqual(['ada@acme.example', 'bob@acme.example']);
    const [mine] = await seen(token);
    expect((await seen(theirs)).map((row) => row.developer_id)).not.toContain(mine?.developer_id);
  });

  it('10,000 come in one call, and one more is too many', async () => {
    const rows = Array.from({ length: 10_000 }, () => ada);
    expect(await (await post('signups', rows)).json()).toMatchObject({ created: 10_000 });
    expect(await problem(await post('signups', [...rows, ada]))).toBe('413 too-many-rows');
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['no JSON', '[{]', json, '400 body-unreadable'],
    ['nothing', '', json, '400 body-unreadable'],
    ['no list', '{"email": "a@b.example"}', json, '400 body-unreadable'],
    ['no UTF-8', '\xff', { ...json, 'x-binary': '1' }, '400 body-unreadable'],
    ['another type', 'email\n', { 'content-type': 'text/csv' }, '415 body-type'],
    ['a key with blanks', '[]', { ...json, 'idempotency-key': 'a b' }, '400 idempotency-key-invalid'],
    ['17 MB', `[${' '.repeat(17 * 1024 * 1024)}]`, json, '413 body-too-large'],
  ])('%s is refused with its reason', async (_, body, { 'x-binary': binary, ...headers }, expected) => {
    const answer = await fetch(`${api.url}/api/v1/ingest/signups`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...headers },
      body: binary === undefined ? body : Buffer.from(body, 'latin1'),
    });
    expect(await problem(answer)).toBe(expected);
  });
});

describe('a token', () => {
  it('is asked for, and must be good, in time and of the right scope', async () => {
    expect(await problem(await fetch(`${api.url}/api/v1/dashboard`))).toBe('401 token-missing');
    for (const wrong of ['x', 'll_' + 'a'.repeat(43), `${token}a`]) {
      const answer = await post('signups', [ada], json, wrong);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(await problem(answer)).toBe('401 token-refused');
    }
    const reader = await api.token(orgId, 'read');
    expect(await problem(await post('signups', [ada], json, reader))).toBe('403 scope-missing');
    const sender = await api.token(orgId, 'ingest');
    expect(await problem(await get('dashboard', sender))).toBe('403 scope-missing');
    expect(await db.sql('select from developer_signups')).toEqual([]);
  });

  it('that is revoked or expired lets nobody in, and only its hash was ever stored', async () => {
    const sender = await api.token(orgId, 'ingest');
    expect((await post('signups', [ada], json, sender)).status).toBe(200);
    const [row] = await db.sql<{ name: string; row: string }>(
      `select name, to_jsonb(t)::text as row from api_tokens t where last_used_at is not null order by created_at desc limit 1`,
    );
    expect(row?.row).not.toContain(sender.slice(3));
    const services = { database: db.database, now: () => new Date(), randomBytes: () => new Uint8Array(32) };
    await withdrawToken(services, { orgId, actor: 'cli' }, row!.name);
    expect(await problem(await post('signups', [ada], json, sender))).toBe('401 token-refused');
    const audit = await db.sql<{ action: string }>(`select action from audit_log where subject = $1 order by id`, [
      row?.name,
    ]);
    expect(audit.map(({ action }) => action)).toEqual(['token.create', 'token.revoke']);

    const short = await api.token(orgId, 'ingest');
    expect((await post('signups', [ada], json, short)).status).toBe(200);
    api.later(86_400_001);
    expect(await problem(await post('signups', [ada], json, short))).toBe('401 token-refused');
    api.later(-86_400_001);
  });
});

describe('an idempotency key', () => {
  const withKey = (key: string) => ({ ...json, 'idempotency-key': key });

  it('gets the first answer again, and refuses another body', async () => {
    const key = randomUUID();
    const first = await post('signups', [ada], withKey(key));
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const told = await first.json();
    await db.sql('delete from developer_signups');
    const again = await post('signups', [ada], withKey(key));
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await again.json()).toEqual(told);
    expect(await db.sql('select from developer_signups')).toEqual([]);
    expect(await problem(await post('signups', [{ ...ada, full_name: 'B' }], withKey(key)))).toBe(
      '422 idempotency-key-reused',
    );
    expect(await problem(await post('usage', [ada], withKey(key)))).toBe('422 idempotency-key-reused');
    const theirs = await api.token(umbrella, 'ingest');
    expect(await (await post('signups', [ada], withKey(key), theirs)).json()).toMatchObject({ created: 1 });
  });

  it('of requests at once lets one write, and all have its answer', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('signups', [ada], withKey(key))));
    const replayed = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true');
    expect(replayed).toHaveLength(5);
    for (const answer of answers) expect(await answer.json()).toMatchObject({ created: 1 });
  });

  it('is forgotten after a day', async () => {
    const key = randomUUID();
    await post('signups', [ada], withKey(key));
    await db.sql(`update ingest_requests set created_at = created_at - interval '25 hours'`);
    const answer = await post('signups', [ada], withKey(key));
    expect(answer.headers.get('idempotent-replayed')).toBeNull();
    expect(await answer.json()).toMatchObject({ unchanged: 1 });
    expect(await db.sql('select from ingest_requests')).toHaveLength(1);
  });

  it('of a request that failed is free', async () => {
    const key = randomUUID();
    expect((await post('signups', '[{', withKey(key))).status).toBe(400);
    expect(await (await post('signups', [ada], withKey(key))).json()).toMatchObject({ created: 1 });
  });
});

async function score(org: OrgId, email: string, points: number): Promise<void> {
  await db.sql(
    `insert into lead_scores (org_id, developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
     select org_id, id, $3, $3, $3, $3, $3 from developer_signups where org_id = $1 and email = $2
     on conflict (org_id, developer_id) do update set company_score = $3, usage_score = $3, expansion_score = $3,
       champion_score = $3, timing_score = $3`,
    [org, email, points],
  );
}

describe('the dashboard', () => {
  const page = async (query: string) =>
    (await (await get(`dashboard?${query}`)).json()) as {
      rows: { email: string; total_score: number }[];
      next: string | null;
    };

  beforeEach(async () => {
    const people = Array.from({ length: 25 }, (_, n) => ({ email: `p${n}@c${n % 3}.example` }));
    await post('signups', [...people, { email: 'somebody@gmail.com' }]);
    for (const [n, { email }] of people.entries()) await score(orgId, email, 100 - 4 * Math.floor(n / 2));
    await score(orgId, 'somebody@gmail.com', 100);
  });

  it('is the view in its order, page by page, with no row twice or left out', async () => {
    const all = await db.sql<{ email: string }>('select email from lead_dashboard where total_score is not null');
    const read: string[] = [];
    let after = '';
    do {
      const { rows, next } = await page(`limit=4${after}`);
      read.push(...rows.map(({ email }) => email));
      after = next === null ? '' : `&after=${next}`;
    } while (after !== '');
    expect(read).toEqual(all.map(({ email }) => email));
    expect(read).toHaveLength(25);
  });

  it('is filtered by tier, company and score', async () => {
    expect((await page('tier=hot')).rows.every(({ total_score }) => total_score >= 80)).toBe(true);
    expect((await page('tier=hot')).rows).toHaveLength(12);
    expect((await page('company_domain=C1.example')).rows.map(({ email }) => email.endsWith('@c1.example'))).toEqual(
      Array.from({ length: 8 }, () => true),
    );
    expect((await page('min_score=90')).rows).toHaveLength(6);
    expect((await page('tier=cold')).rows).toEqual([]);
  });

  it.each([
    'limit=0',
    'limit=501',
    'limit=x',
    'min_score=101',
    'after=5',
    'teir=hot',
    'tier=hot&tier=warm',
    'tier=%00',
  ])('refuses %s', async (query) => {
    expect(await problem(await get(`dashboard?${query}`))).toBe('400 query-invalid');
  });
});

it('says nothing personal in its log, and nothing at all of how it is made', async () => {
  await post('signups', [ada, { email: 'secret at nowhere' }]);
  await get('dashboard?company_domain=acme.example&limit=0');
  expect(api.said.length).toBeGreaterThan(0);
  for (const line of api.said) expect(line).not.toMatch(/ada@|Ada|secret|acme\.example|ll_/u);
  expect(await problem(await get('nothing'))).toBe('404 route-unknown');
  expect(await problem(await fetch(`${api.url}/api/v1/ingest/signups`))).toBe('404 route-unknown');
  expect(await problem(await fetch(`${api.url}/leads`))).toBe('404 route-unknown');
  const { headers } = await get('dashboard');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

describe('the document', () => {
  const document = JSON.parse(
    readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
  ) as ApiDocument;
  // Of the console's routes each answer that a test gets is held against the document (`ask`).
  const operations = routesOf(document).filter(({ path }) => /ingest|dashboard|openapi/u.test(path));
  const bodies = operations.flatMap(({ path, method, operation }) =>
    Object.entries(operation.requestBody?.content ?? {}).flatMap(([type, { example, examples }]) =>
      [...(example === undefined ? [] : [example]), ...Object.values(examples ?? {}).map(({ value }) => value)].map(
        (body) => ({ path, method, operation, type, body }),
      ),
    ),
  );

  async function expectDescribed(operation: Operation, answer: Response): Promise<unknown> {
    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
    const told: unknown = await answer.json();
    expect(differences(document, operation, { status: answer.status, type, body: told })).toEqual([]);
    // A schema that lets everything pass describes nothing.
    const nothing = { status: answer.status, type, body: { nothing: true } };
    expect(differences(document, operation, nothing)).not.toEqual([]);
    return told;
  }

  it('is what the server answers', async () => {
    expect(await (await fetch(`${api.url}/api/openapi.json`)).json()).toEqual(document);
    expect(operations).toHaveLength(7);
    expect(bodies).toHaveLength(15);
  });

  it.each(bodies)(
    '$method $path: an example of $type does what it says',
    async ({ path, method, operation, type, body }) => {
      const answer = await fetch(api.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': type },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      expect(answer.status).toBe(200);
      expect(await expectDescribed(operation, answer)).toMatchObject({ created: 1 });
    },
  );

  it('has no route that an example of its parameters does not fit', async () => {
    await post('signups', [{ email: 'marcus.chen@velocitypay.example' }]);
    await score(orgId, 'marcus.chen@velocitypay.example', 88);
    for (const { path, operation } of operations.filter(({ method }) => method === 'get')) {
      const query = new URLSearchParams(
        (operation.parameters ?? []).flatMap((one) =>
          one.in === 'query' && one.example !== undefined ? [[one.name, `${one.example}`] as [string, string]] : [],
        ),
      );
      const answer = await fetch(`${api.url}${path}?${query.toString()}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const told = await expectDescribed(operation, answer);
      if (path.endsWith('dashboard')) expect(told).toMatchObject({ rows: [{ total_score: 88 }] });
    }
  });

  it('describes the faults that it has, too', async () => {
    const { operation } = operations.find(({ path }) => path.endsWith('signups'))!;
    for (const answer of [
      await post('signups', '['),
      await post('signups', [], json, 'x'),
      await post('signups', 'x', { 'content-type': 'a/b' }),
    ]) {
      await expectDescribed(operation, answer);
    }
  });
});
