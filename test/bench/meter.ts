import { readFile } from 'node:fs/promises';
import type { Database, Tx } from '../../src/db/tx.ts';

/** What a piece of work cost. Milliseconds; `databaseCpuMs` is null where the server is not on this machine. */
export interface Cost {
  readonly wallMs: number;
  readonly ownCpuMs: number;
  readonly databaseCpuMs: number | null;
}

export interface Measured<T> {
  readonly result: T;
  readonly cost: Cost;
}

export async function measure<T>(postmaster: number, work: () => Promise<T>): Promise<Measured<T>> {
  const serverBefore = await serverCpuMs(postmaster);
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuBefore);
  const serverAfter = await serverCpuMs(postmaster);
  const databaseCpuMs = serverBefore === null || serverAfter === null ? null : serverAfter - serverBefore;
  return { result, cost: { wallMs, ownCpuMs: (user + system) / 1_000, databaseCpuMs } };
}

/** Linux counts CPU time in hundredths of a second. */
const msPerTick = 10;

/** CPU time of a PostgreSQL server: its living processes and those that have ended. */
async function serverCpuMs(postmaster: number): Promise<number | null> {
  try {
    const children = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
    const living = await Promise.all(
      children
        .trim()
        .split(' ')
        .map(async (pid) => ticksOf(pid)),
    );
    const ended = await ticksOf(postmaster, 'ended');
    return living.reduce((sum, ticks) => sum + ticks, ended) * msPerTick;
  } catch {
    return null;
  }
}

/** proc(5): after the name in parentheses, utime and stime are the 12th and 13th field, cutime and cstime the next two. */
async function ticksOf(pid: number | string, which: 'own' | 'ended' = 'own'): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const at = which === 'own' ? 11 : 13;
  return Number(fields[at] ?? 0) + Number(fields[at + 1] ?? 0);
}

/** The same database, which adds up how long transactions were open and, by statement, how long answers took. */
export interface WatchedDatabase extends Database {
  readonly openMs: () => number;
  readonly statements: () => readonly StatementCost[];
  reset(): void;
}

export interface StatementCost {
  readonly text: string;
  readonly calls: number;
  readonly ms: number;
}

export function watch(database: Database): WatchedDatabase {
  let openMs = 0;
  let costs = new Map<string, { calls: number; ms: number }>();
  const timed = (tx: Tx): Tx => ({
    orgId: tx.orgId,
    em: tx.em,
    async query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]> {
      const start = performance.now();
      const rows = await tx.query<Row>(text, values);
      const cost = costs.get(text) ?? { calls: 0, ms: 0 };
      costs.set(text, { calls: cost.calls + 1, ms: cost.ms + performance.now() - start });
      return rows;
    },
  });
  return {
    async transaction(orgId, work, signal) {
      const start = performance.now();
      try {
        return await database.transaction(orgId, (tx) => work(timed(tx)), signal);
      } finally {
        openMs += performance.now() - start;
      }
    },
    operator: (work) => database.operator(work),
    lock: (...asked) => database.lock(...asked),
    close: () => database.close(),
    openMs: () => openMs,
    statements: () => [...costs].map(([text, cost]) => ({ text, ...cost })).sort((a, b) => b.ms - a.ms),
    reset() {
      openMs = 0;
      costs = new Map();
    },
  };
}

/** Of a long run says four times how far it is. */
export function sayQuarters(total: number, say: (done: number) => void): (done: number) => void {
  let said = 0;
  return (done) => {
    if (done < said + total / 4) return;
    said = done;
    say(done);
  };
}
