import { readUnsentAlerts } from '../db/queries/alerts.ts';
import { readHealths } from '../db/queries/connection-health.ts';
import { listOrgs } from '../db/queries/directory.ts';
import { pausesFor, type PauseRow, type PauseTarget, readPauses } from '../db/queries/pauses.ts';
import { readConnectionStatus, readSourceStatus } from '../db/queries/read-status.ts';
import type { Database, Tx } from '../db/tx.ts';
import type { ConnectionHealth, Pause } from '../model/health.ts';
import type { ConnectionId, OrgId } from '../model/values.ts';
import { chooseOrg } from '../named-org.ts';
import { type OrgStatus, type StatusNote, type StatusReport, whoNeedsPerson } from './status-report.ts';
import { whatRuns } from './what-runs.ts';

export interface StatusSources {
  readonly database: Database;
  readonly now: () => Date;
  /** When a job (`org/name`, `org/sources/name`) runs next by its schedule; null = nobody here knows. */
  readonly nextRunAt: (key: string, schedule: string | null, timeZone: string) => Date | null;
  /** What is left of the day's calls of each connection; what is not named is not known. */
  readonly quotas: (tx: Tx, now: Date) => Promise<ReadonlyMap<ConnectionId, StatusNote>>;
  /** What waits for a worker; null = not known. */
  readonly queue: () => Promise<StatusNote | null>;
}

/** How everything stands, from the database alone: asks no CRM. `org`: slug; null = every organisation. */
export async function readStatus(sources: StatusSources, org: string | null): Promise<StatusReport> {
  const { database, now } = sources;
  const only = org === null ? null : await chooseOrg(database, org);
  const entries = (await database.operator(listOrgs)).filter(({ id }) => only === null || id === only);
  const at = now();
  const orgs: OrgStatus[] = [];
  for (const entry of entries)
    orgs.push(await database.transaction(entry.id, (tx) => readOrg(tx, sources, { ...entry, at })));
  return { at, orgs, queue: await sources.queue(), needsPerson: whoNeedsPerson(orgs) };
}

async function readOrg(
  tx: Tx,
  { nextRunAt, quotas }: StatusSources,
  { slug, at }: { readonly id: OrgId; readonly slug: string; readonly at: Date },
): Promise<OrgStatus> {
  const pauses = await readPauses(tx);
  const healths = new Map((await readHealths(tx)).map((row) => [row.connectionId, row]));
  const known = await quotas(tx, at);
  const connections = (await readConnectionStatus(tx)).map((row) => {
    const own = plain(pausesFor(pauses, { connectionId: row.id, sourceId: null }));
    const health = healthOf(healths.get(row.id));
    return {
      ...row,
      health,
      pauses: own,
      runs: whatRuns(own, health, at),
      nextRunAt: nextRunAt(`${slug}/${row.name}`, row.schedule, row.timeZone),
      quota: known.get(row.id) ?? null,
    };
  });
  const sources = (await readSourceStatus(tx)).map((row) => ({
    ...row,
    pauses: plain(pausesFor(pauses, { connectionId: null, sourceId: row.id })),
    nextRunAt: nextRunAt(`${slug}/sources/${row.name}`, row.schedule, row.timeZone),
  }));
  const ofOrg = plain(pauses.filter(({ of }) => of === 'org'));
  return { org: slug, pauses: ofOrg, connections, sources, alerts: await readUnsentAlerts(tx, at) };
}

/** What is for people; keys and versions are for the machine. */
function healthOf(row: (ConnectionHealth & object) | undefined): ConnectionHealth | null {
  if (row === undefined) return null;
  const { state, code, message, remedy, failuresInRow, since, tryAgainAt, lastSuccessAt } = row;
  return { state, code, message, remedy, failuresInRow, since, tryAgainAt, lastSuccessAt };
}

function plain(rows: readonly (PauseRow & PauseTarget)[]): readonly Pause[] {
  return rows.map(({ of, direction, reason, since }) => ({ of, direction, reason, since }));
}
