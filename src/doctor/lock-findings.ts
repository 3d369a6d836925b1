import type { CheckFinding } from '../connector-sdk/connector.ts';
import { lockKey } from '../db/advisory-lock.ts';
import type { OpenRunRow } from '../db/queries/read-ailments.ts';
import type { LockHolder } from '../db/server-facts.ts';
import type { OrgId } from '../model/values.ts';
import { ok, span, warning } from './findings.ts';
import { psql } from './server-findings.ts';

/**
 * A holder says something every three seconds; one that has been silent for twelve is parted from its lock by whoever wants it. So a
 * longer silence is one that nobody wants the lock of: a process that is frozen or cut off.
 */
const silentMs = 20_000;

/** What a lock is of: `<type> <id>` is its name. */
export interface LockSubject {
  readonly org: string;
  /** Of the connection or the source; of an organisation's rescore, none. */
  readonly name: string | null;
  readonly type: 'connection' | 'source' | 'org' | 'credentials';
  readonly id: string;
}

export interface OpenRunOf extends OpenRunRow {
  readonly org: string;
  readonly orgId: OrgId;
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
  const message = `${lockText(subject)} is held by a process that has been silent for ${span(silentMs)}`;
  const remedy = `The next run that wants it takes it over by itself. At once: ${psql(`select pg_terminate_backend(${pid})`)}`;
  return warning('lease', message, remedy);
}

function lockText(subject: LockSubject | undefined): string {
  if (subject === undefined) return 'a lock';
  const { type, org, name } = subject;
  if (type === 'org') return `the lock of the rescoring of ${org}`;
  return `the lock of ${type === 'credentials' ? 'the credentials of ' : ''}${org}/${name}`;
}

function orphanFinding(run: OpenRunOf): CheckFinding {
  const { org, name, startedAt } = run;
  const isOfOrg = subjectOf(run).type === 'org';
  const label = isOfOrg ? `rescoring of ${org}` : `run of ${org}/${name}`;
  const remedy = isOfOrg ? 'leadloop serve' : runAgain(run);
  const since = startedAt.toISOString().slice(0, 16).replace('T', ' ');
  return warning(label, `open since ${since} UTC, and no process runs it; the next run closes it`, remedy);
}

function runAgain({ name, sourceId, org }: OpenRunOf): string {
  return sourceId === null ? `leadloop sync ${name}` : `leadloop import --source ${name} --org ${org}`;
}

function keyOf(run: OpenRunOf): string {
  const { type, id } = subjectOf(run);
  return lockKey(`${type} ${id}`);
}

function subjectOf({ connectionId, sourceId, orgId }: OpenRunOf): Pick<LockSubject, 'type' | 'id'> {
  if (connectionId !== null) return { type: 'connection', id: connectionId };
  return sourceId === null ? { type: 'org', id: orgId } : { type: 'source', id: sourceId };
}
