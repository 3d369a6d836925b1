/** `leadloop import usage FILE`, the very command, against one COPY of the rows that it has written. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { to as copyTo } from 'pg-copy-streams';
import { importFile, type ImportReport } from '../../src/ingest/file/import-file.ts';
import { copyFloor } from './floor.ts';
import { makePeople, makeScores } from './made-signups.ts';
import { type Cost, measure, type StatementCost, watch } from './meter.ts';
import type { BenchServer, Scene } from './scene.ts';

export interface ImportSpeed {
  readonly rows: number;
  readonly first: ImportRun;
  /** The same file again: nothing is written. */
  readonly again: ImportRun;
  readonly floorMs: number;
  readonly parts: ImportParts;
}

export interface ImportRun {
  readonly wallMs: number;
  readonly ownCpuMs: number;
  readonly databaseCpuMs: number | null;
  /** Resident bytes of the process after so large a part of the time, and its peak. */
  readonly rss: readonly { readonly share: number; readonly bytes: number }[];
  readonly peak: number;
}

/** The next snapshot of some of them, imported in this process, where statements can be told apart. */
export interface ImportParts {
  readonly rows: number;
  readonly cost: Cost;
  readonly writingMs: number;
  readonly scoringMs: number;
  readonly statements: readonly StatementCost[];
}

/** Rows of the snapshot of which the parts are told apart. */
const partRows = 50_000;

export async function measureImport(
  server: BenchServer,
  rows: number,
  say: (line: string) => void,
): Promise<ImportSpeed> {
  await using scene = await server.database();
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'leadloop-bench-import-'));
  stack.defer(async () => rm(directory, { recursive: true, force: true }));
  say(`import: making ${rows} signups, eight to a company`);
  await makePeople(scene, rows);
  await makeScores(scene, rows);
  const file = join(directory, 'usage.csv');
  await writeUsage(scene, { file, rows, daysAgo: 2 });
  const run = async (what: string): Promise<ImportRun> => {
    say(`import: ${what}`);
    const done = await runImport(server, scene, { file, home: directory });
    if (done.rows !== rows) throw new Error(`${done.rows} of ${rows} rows were imported`);
    return done;
  };
  const first = await run('the command');
  const again = await run('the same file again');
  say('import: COPY of the same rows');
  const floorMs = await copyFloor(scene.client, ['internal_signals']);
  const next = join(directory, 'next.csv');
  const some = Math.min(rows, partRows);
  await writeUsage(scene, { file: next, rows: some, daysAgo: 1 });
  say(`import: the next snapshot of ${some}, part by part`);
  return { rows, first, again, floorMs, parts: await measureParts(server, scene, { file: next, rows: some }) };
}

/** In the order of ids, as a product's table has its users: those of a company stand far apart. */
async function writeUsage(
  { client }: Scene,
  { file, rows, daysAgo }: { readonly file: string; readonly rows: number; readonly daysAgo: number },
): Promise<void> {
  const copy = client.query(
    copyTo(`copy (
      select email, 1 + n % 4 as project_count, n % 2 = 0 as uses_auth, n % 3 = 0 as uses_storage, n % 5 = 0 as uses_realtime,
        (array['free', 'pro', 'team'])[1 + n % 3] as billing_tier, 1 + n % 7 as team_member_count,
        (n * 7919) % 3000000 as api_calls_30d, (n * 104729) % 3000000 as api_calls_prev_30d, n % 30 as dashboard_logins_30d,
        to_char((now() - interval '${daysAgo} days') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as captured_at
      from (select email, id, ascii(right(email, 20)) + length(email) * 31 + row_number() over (order by id) + ${daysAgo} as n
            from developer_signups order by id limit ${rows}) d order by id) to stdout with (format csv, header)`),
  );
  await pipeline(copy, createWriteStream(file));
}

/** With gigabytes to spare V8 collects late, and its heap says nothing about what is needed: a bound, in MB, brings it out. */
const heapBound = '--max-old-space-size=256';
const sampleMs = 500;
const shares = [0.1, 0.5, 0.9];

async function runImport(
  { postmaster }: BenchServer,
  { database }: Scene,
  { file, home }: { readonly file: string; readonly home: string },
): Promise<ImportRun & { readonly rows: number }> {
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const flags = [...process.execArgv, heapBound];
  const samples: ProcessSample[] = [];
  const { result, cost } = await measure(postmaster, async () => {
    const child = spawn(process.execPath, [...flags, main, 'import', 'usage', file, '--json'], {
      env: { ...process.env, DATABASE_URL: database.url, LEADLOOP_HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const timer = setInterval(
      () => void sample(child).then((one) => one !== null && one.rss > 0 && samples.push(one)),
      sampleMs,
    );
    const [answer, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
    clearInterval(timer);
    if (code !== 0) throw new Error(`the import ended with ${code}`);
    return JSON.parse(answer) as ImportReport;
  });
  const at = (share: number): number => samples[Math.floor(samples.length * share)]?.rss ?? 0;
  return {
    rows: result.rows,
    wallMs: cost.wallMs,
    ownCpuMs: samples.at(-1)?.cpuMs ?? 0,
    databaseCpuMs: cost.databaseCpuMs,
    rss: shares.map((share) => ({ share, bytes: at(share) })),
    peak: samples.at(-1)?.peak ?? 0,
  };
}

interface ProcessSample {
  readonly rss: number;
  readonly peak: number;
  readonly cpuMs: number;
}

/** Linux only; null once it has ended. */
async function sample({ pid }: ChildProcess): Promise<ProcessSample | null> {
  try {
    const [status, stat] = await Promise.all(
      ['status', 'stat'].map((name) => readFile(`/proc/${Number(pid)}/${name}`, 'utf8')),
    );
    const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status ?? '')?.[1] ?? 0);
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
    const ticks = Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    return { rss: kilobytes('VmRSS') * 1_024, peak: kilobytes('VmHWM') * 1_024, cpuMs: ticks * 10 };
  } catch {
    return null;
  }
}

const writing = /erased_addresses|developer_signups \(|internal_signals (?:u set|\()/;

async function measureParts(
  { postmaster }: BenchServer,
  { database, orgId }: Scene,
  { file, rows }: { readonly file: string; readonly rows: number },
): Promise<ImportParts> {
  const watched = watch(database);
  const services = { database: watched, definitions: [], now: () => new Date(), newId: randomUUID };
  const { cost } = await measure(postmaster, async () =>
    importFile(services, orgId, {
      kind: 'usage',
      path: file,
      stdin: process.stdin,
      format: null,
      dryRun: false,
      rejectedPath: `${file}.rejected`,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    }),
  );
  const statements = watched.statements();
  const sum = (some: readonly StatementCost[]): number => some.reduce((ms, one) => ms + one.ms, 0);
  const written = statements.filter(({ text: statement }) => writing.test(statement));
  const writingMs = sum(written);
  return { rows, cost, writingMs, scoringMs: sum(statements) - writingMs, statements };
}
