import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openApp } from '../../../src/app.ts';
import type { ImportReport } from '../../../src/cli/app-port.ts';
import { runCommandLine } from '../../../src/cli/program.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { imageOf } from '../../support/ingest.ts';

let db: TestDatabase;
let home: string;
beforeAll(async () => {
  db = await testDatabase();
  await db.org('acme');
  home = await mkdtemp(join(tmpdir(), 'leadloop-import-'));
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => db.sql('truncate developer_signups, company_enrichment, account_scores, leads cascade'));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One command line on the database, as the program runs it. */
async function leadloop(line: readonly string[], signal = new AbortController().signal): Promise<Ran> {
  const said = { out: '', err: '' };
  const code = await runCommandLine(line, {
    out: { write: (text: string) => (said.out += text) },
    err: { write: (text: string) => (said.err += text) },
    environment: () =>
      readEnvironment({ DATABASE_URL: db.url, LEADLOOP_HOME: home, LOG_LEVEL: 'silent', NO_COLOR: '1' }),
    signal,
    openApp,
  });
  return { code, ...said };
}

async function file(name: string, content: string): Promise<string> {
  const path = join(home, name);
  await writeFile(path, content);
  return path;
}

const reportOf = ({ out }: Ran): ImportReport => JSON.parse(out) as ImportReport;

const latestOf = async (email: string) =>
  (
    await db.sql<{ calls: number; at: Date }>(
      `select u.api_calls_30d as calls, u.captured_at as at from internal_signals u
       join developer_signups d on d.id = u.developer_id where d.email = $1 order by u.captured_at desc limit 1`,
      [email],
    )
  )[0];

const signups = [
  'email;full_name;signup_source',
  'marcus.chen@velocitypay.example;Marcus Chen;GitHub',
  'no address;Nobody;github',
  'ada@acme.example;Ada;',
  'bob@acme.example;Bob;google;more',
].join('\n');

describe('leadloop import', () => {
  it('takes in what can be used, writes the rest beside the file with its reasons, and says what is next', async () => {
    const path = await file('signups.csv', signups);
    const ran = await leadloop(['import', 'signups', path]);
    expect(ran).toMatchObject({ code: 3 });
    for (const text of [
      'signups  4 rows',
      'created',
      'row 2',
      'email is not an e-mail address',
      `${path}.rejected.ndjson`,
    ])
      expect(ran.out).toContain(text);
    expect(ran.out).not.toContain('no address');
    expect(ran.err).toContain('import signups  4  100 %');
    const rejected = (await readFile(`${path}.rejected.ndjson`, 'utf8')).trim().split('\n');
    expect(rejected.map((line) => JSON.parse(line) as object)).toMatchObject([
      { index: 1, field: 'email', code: 'invalid', row: { email: 'no address', full_name: 'Nobody' } },
      { index: 3, field: null, code: 'columns' },
    ]);
    expect((await stat(`${path}.rejected.ndjson`)).mode & 0o077).toBe(0);
    const people = await db.sql(
      'select email, full_name, signup_source, lead_id is null as lonely from developer_signups order by 1',
    );
    expect(people).toEqual([
      { email: 'ada@acme.example', full_name: 'Ada', signup_source: null, lonely: false },
      { email: 'marcus.chen@velocitypay.example', full_name: 'Marcus Chen', signup_source: 'github', lonely: false },
    ]);
  });

  it('of the same file again changes nothing', async () => {
    const path = await file('again.csv', signups);
    await leadloop(['import', 'signups', path]);
    const image = await imageOf(db);
    const ran = await leadloop(['import', 'signups', path, '--json']);
    expect(ran).toMatchObject({ code: 3, err: '' });
    expect(reportOf(ran)).toMatchObject({ rows: 4, created: 0, updated: 0, unchanged: 2, rejected: 2, scored: 0 });
    expect(await imageOf(db)).toEqual(image);
  });

  it('of undated usage again changes nothing, where an address comes twice far apart, too', async () => {
    const others = Array.from({ length: 600 }, (_, n) => `p${n}@c${n}.example,7`);
    const lines = ['email,api_calls_30d', 'ada@acme.example,1', ...others, 'ada@acme.example,2'];
    const path = await file('undated.csv', lines.join('\n'));
    await leadloop(['import', 'usage', path]);
    const image = await imageOf(db);
    const ran = await leadloop(['import', 'usage', path, '--json']);
    expect(reportOf(ran)).toMatchObject({ rows: 602, created: 0, updated: 0, unchanged: 602, scored: 0 });
    expect(await imageOf(db)).toEqual(image);
    expect(await latestOf('ada@acme.example')).toMatchObject({ calls: 2 });
  });

  it('of undated usage is of the time of its file: what was written earlier is not the latest, whenever it comes', async () => {
    const ada = 'ada@acme.example';
    const written = async (name: string, calls: number, daysAgo: number) => {
      const path = await file(name, `email,api_calls_30d\n${ada},${calls}`);
      const at = new Date(Math.floor(Date.now() / 1_000 - daysAgo * 86_400) * 1_000);
      await utimes(path, at, at);
      await leadloop(['import', 'usage', path]);
      return at;
    };
    const yesterday = await written('new.csv', 2, 1);
    await written('old.csv', 1, 8);
    expect(await latestOf(ada)).toEqual({ calls: 2, at: yesterday });
    // A time that a package has given to its files.
    await written('packed.csv', 3, 14_000);
    expect(await latestOf(ada)).toMatchObject({ calls: 3 });
  });

  it('takes NDJSON and JSON, by the name of the file or by what it is said to be', async () => {
    const rows = [{ domain: 'acme.example', tech_stack: ['AWS'] }, { domain: 'b.example' }];
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    const paths = [
      await file('c.ndjson', lines),
      await file('c.json', JSON.stringify({ rows })),
      await file('c.txt', lines),
    ];
    const codes: [number, number][] = [];
    for (const path of paths) {
      const ran = await leadloop(['import', 'companies', path, '--json']);
      codes.push([ran.code, reportOf(ran).unchanged]);
    }
    expect(codes).toEqual([
      [0, 0],
      [0, 2],
      [0, 2],
    ]);
    const ran = await leadloop(['import', 'companies', paths[0]!, '--format', 'csv']);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('[import-columns]');
  });

  it('with --dry-run says what would come of it, and leaves all as it is', async () => {
    const path = await file('dry.csv', signups);
    const image = await imageOf(db);
    const dry = await leadloop(['import', 'signups', path, '--dry-run']);
    expect(dry.code).toBe(3);
    expect(dry.out).toContain('dry run');
    expect(await imageOf(db)).toEqual(image);
    const real = await leadloop(['import', 'signups', path, '--json']);
    const again = await leadloop(['import', 'signups', path, '--json', '--dry-run']);
    expect([reportOf(real).created, reportOf(again).created, reportOf(again).unchanged]).toEqual([2, 0, 2]);
  });

  it('that is stopped has what it counts, and a second run takes in the rest', async () => {
    const people = Array.from({ length: 12_000 }, (_, n) => `{"domain":"c${n}.example"}`);
    const path = await file('many.ndjson', people.join('\n'));
    const stop = new AbortController();
    stop.abort(new DOMException('stopped', 'AbortError'));
    const stopped = await leadloop(['import', 'companies', path, '--json'], stop.signal);
    expect(stopped.code).toBe(1);
    expect(reportOf(stopped)).toMatchObject({ isStopped: true, rows: 500, created: 500 });
    expect(await db.sql('select count(*) from company_enrichment')).toEqual([{ count: 500 }]);
    const rest = await leadloop(['import', 'companies', path, '--json']);
    expect(rest.code).toBe(0);
    expect(reportOf(rest)).toMatchObject({ isStopped: false, rows: 12_000, created: 11_500, unchanged: 500 });
  });

  it.each<[string, string[], string]>([
    ['another kind', ['signup', 'x.csv'], 'Did you mean signups?'],
    ['no file', ['signups', 'nowhere.csv'], 'no file'],
    ['another format', ['signups', 'x.csv', '--format', 'xml'], 'csv, ndjson, json'],
    ['rejected rows that cannot be written', ['signups', 'rejected.csv', '--rejected', '/nowhere/r.ndjson'], 'ENOENT'],
    ['a file that cannot be read', ['signups', 'socket.csv'], 'ENXIO'],
    ['another organisation', ['signups', 'x.csv', '--org', 'nobody'], 'acme'],
  ])('ends with 2 for %s', async (_, [kind = '', name = '', ...rest], remedy) => {
    await file('rejected.csv', signups);
    await using stack = new AsyncDisposableStack();
    // To be read as a file, a socket is like one of somebody else's, even where tests run as the superuser.
    const socket = stack.adopt(createServer(), (open) => void open.close());
    await new Promise<void>((resolve) => socket.listen(join(home, 'socket.csv'), resolve));
    const ran = await leadloop(['import', kind, join(home, name), ...rest]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(remedy);
  });
});

describe('leadloop token', () => {
  const tokens = () =>
    db.sql<{ name: string; hash: string }>('select name, token_hash as hash from api_tokens order by name');

  it('shows a token once, lists it without, and takes it back', async () => {
    const made = await leadloop(['token', 'create', 'warehouse', '--scopes', 'ingest,read', '--expires', '90d']);
    expect(made.code).toBe(0);
    const token = /ll_[\w-]{43}/u.exec(made.out)?.[0] ?? 'none';
    expect(made.out).toContain('only time');
    const other = await leadloop(['token', 'create', 'other', '--expires', 'never', '--json']);
    expect(JSON.parse(other.out)).toMatchObject({ scopes: ['ingest'], expiresAt: null });
    const listed = await leadloop(['token', 'list']);
    expect(listed.out).toMatch(/warehouse +ingest, read/u);
    expect(listed.out).not.toContain(token);
    expect((await tokens()).map(({ hash }) => hash)).not.toContain(token);

    expect(await leadloop(['token', 'create', 'warehouse'])).toMatchObject({ code: 2 });
    expect((await leadloop(['token', 'revoke', 'warehouse'])).code).toBe(0);
    expect(await leadloop(['token', 'revoke', 'warehouse'])).toMatchObject({ code: 2 });
    const anew = await leadloop(['token', 'create', 'warehouse']);
    expect(anew.code).toBe(0);
    expect(anew.out).not.toContain(token);
    expect(await tokens()).toHaveLength(2);
  });

  it.each([
    ['create'],
    ['create', 'A Name'],
    ['create', 'a', '--scopes', 'king'],
    ['create', 'a', '--expires', '0d'],
    ['drop', 'a'],
    ['list', 'a'],
  ])('ends with 2 for %s %s', async (...line) => {
    const ran = await leadloop(['token', ...line]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('remedy');
  });
});
