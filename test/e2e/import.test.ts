import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const root = join(import.meta.dirname, '../..');
const rows = 12_000;
let home: string;
let file: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'leadloop-import-'));
  file = join(home, 'usage.csv');
  // Ages count in whole days: none of these steps within the next twelve hours.
  const ages = Array.from({ length: 7 }, (_, days) => new Date(Date.now() - (days + 0.5) * 86_400_000).toISOString());
  const lines = Array.from(
    { length: rows },
    (_, n) => `p${n}@c${n % 900}.example,${ages[n % ages.length]},${n % 6},${n * 37}`,
  );
  await writeFile(file, ['email,captured_at,project_count,api_calls_30d', ...lines].join('\n'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** The very command, as a process of its own on this database. */
function start({ url }: TestDatabase): {
  child: ReturnType<typeof spawn>;
  done: Promise<[code: number | null, out: string]>;
} {
  const env = { ...process.env, LEADLOOP_HOME: home, DATABASE_URL: url, NO_COLOR: '1', LOG_LEVEL: 'silent' };
  const line = ['--conditions=source', 'src/cli/main.ts', '--json', 'import', 'usage', file];
  const child = spawn(process.execPath, line, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  return { child, done: once(child, 'close').then(([code]) => [code as number | null, out]) };
}

const state = (db: TestDatabase): Promise<object[]> =>
  db.sql(`select d.email, i.captured_at, i.api_calls_30d, s.total_score, s.tier, a.total_score as account, a.signup_count, l.lead_score
    from developer_signups d join internal_signals i on i.developer_id = d.id join lead_scores s on s.developer_id = d.id
    join account_scores a on a.org_id = d.org_id and a.company_domain = d.company_domain join leads l on l.id = d.lead_id
    order by d.email`);

test('an import that is killed, again and again, ends as one that nobody disturbed', async () => {
  await using disturbed = await testDatabase();
  await using quiet = await testDatabase();
  for (const db of [disturbed, quiet]) await db.org('acme');
  const [code] = await start(quiet).done;
  expect(code).toBe(0);

  let killed = 0;
  for (let least = 400; least < rows; least += 3_500) {
    const { child, done } = start(disturbed);
    for (;;) {
      const [row] = await disturbed.sql<{ n: number }>('select count(*)::int as n from internal_signals');
      if (row!.n >= least || child.exitCode !== null) break;
      await sleep(20);
    }
    if (child.kill('SIGKILL')) killed += 1;
    await done;
  }
  expect(killed).toBeGreaterThan(1);
  const [last, out] = await start(disturbed).done;
  expect(last).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ rows, rejected: 0 });
  const end = await state(disturbed);
  expect(end).toHaveLength(rows);
  expect(end).toEqual(await state(quiet));

  // And once more it changes nothing.
  const [, again] = await start(disturbed).done;
  expect(JSON.parse(again)).toMatchObject({ rows, created: 0, updated: 0, unchanged: rows, scored: 0 });
});
