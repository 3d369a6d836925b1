import type { CheckFinding } from '../connector-sdk/connector.ts';
import { lockKey } from '../db/advisory-lock.ts';
import type { OpenRunRow } from '../db/queries/read-ailments.ts';
import type { LockHolder } from '../db/server-facts.ts';
import { ok, span, warning } from './findings.ts';
import { psql } from './server-findings.ts';

/** A holder says something every ten seconds at least; one that has missed six of these is frozen, or cut off. */
const silentMs = 60_000;

/** What may hold a lock: a connection or a source, by name. */
export interface LockSubject {
  readonly org: string;
  readonly name: string;
  readonly type: 'connection' | 'source';
  readonly id: string;
}

export interface OpenRunOf extends OpenRunRow {
  readonly org: string;
}

/** Locks whose holder is silent, and runs that nobody runs any more. Pure. */
export function lockFindings(
  holders: readonly LockHolder[],
  subjects: readonly LockSubject[],
  runs: readonly OpenRunOf[],
): CheckFinding[] {
  const stuck = holders.filter((holder) => holder.silentMs > silentMs).map((holder) => stuckFinding(holder, subjects));
  const held = new Set(holders.map(({ key }) => key));
  const orphans = runs.filter((run) => !held.has(keyOf(run))).map(orphanFinding);
  const findings = [...stuck, ...orphans];
  if (findings.length > 0) return findings;
  return [ok('leases', `${holders.length} held, each by a process that is alive; ${runs.length} runs under way`)];
}

function stuckFinding({ key, pid, silentMs }: LockHolder, subjects: readonly LockSubject[]): CheckFinding {
  const subject = subjects.find(({ type, id }) => lockKey(`${type} ${id}`) === key);
  const what = subject === undefined ? 'a lock' : `the lock of ${subject.org}/${subject.name}`;
  const message = `${what} is held by a process that has been silent for ${span(silentMs)}`;
  return warning('lease', message, psql(`select pg_terminate_backend(${pid})`));
}

function orphanFinding({ id, org, name, startedAt }: OpenRunOf): CheckFinding {
  const label = name === null ? `run ${id}` : `run of ${org}/${name}`;
  const remedy = name === null ? 'leadloop score run' : `leadloop sync ${name}`;
  const since = startedAt.toISOString().slice(0, 16).replace('T', ' ');
  return warning(label, `open since ${since} UTC, and no process runs it; the next run closes it`, remedy);
}

function keyOf({ connectionId, sourceId }: OpenRunOf): string {
  return lockKey(connectionId === null ? `source ${sourceId}` : `connection ${connectionId}`);
}
