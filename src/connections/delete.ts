import type { SessionServices } from '../connection.ts';
import { lockStand, readStand } from '../db/queries/connection-versions.ts';
import { type ConnectionHoldings, deleteConnection, readHoldings } from '../db/queries/delete-connection.ts';
import { hasRun } from '../db/queries/runs.ts';
import { writeAudit } from '../db/queries/write-audit.ts';
import type { OrgId } from '../model/values.ts';
import { busyConnection, staleConnection, unknownConnection } from './refusals.ts';
import { type ActingFor, findStored } from './stored.ts';

export interface Deletion extends ConnectionHoldings {
  /** A run is under way: it has to end before. */
  readonly isRunning: boolean;
}

type Services = Pick<SessionServices, 'database' | 'now'>;

/** What would go along with a connection. @throws AppError `connection-unknown` (fix-config) */
export async function previewDeletion({ database }: Services, orgId: OrgId, name: string): Promise<Deletion> {
  return database.transaction(orgId, async (tx) => {
    const stand = await readStand(tx, name);
    if (stand === null) throw unknownConnection(name);
    return { ...(await readHoldings(tx, stand.id)), isRunning: await hasRun(tx, stand.id) };
  });
}

/** How long to wait for a run to end: a look is over within seconds. */
const patienceMs = 5_000;

/**
 * Deletes a connection, in one transaction and beside no run of it. What was written to the CRM stays there.
 * @throws AppError `connection-unknown`, `version-stale` (fix-config), `run-active` (retry)
 */
export async function removeConnection(
  { database, now }: Services,
  { orgId, actor }: ActingFor,
  { name, version }: { readonly name: string; readonly version: number },
): Promise<void> {
  const { stand } = await database.transaction(orgId, (tx) => findStored(tx, name));
  if (stand.version !== version) throw staleConnection();
  // Whoever runs it holds this, and would write rows of a connection that is no more.
  await using lock = await database.lock(`connection ${stand.id}`, patienceMs);
  if (lock === null) throw busyConnection(name);
  await database.transaction(orgId, async (tx) => {
    const locked = await lockStand(tx, name);
    if (locked === null) throw unknownConnection(name);
    if (locked.version !== version) throw staleConnection();
    const { connection } = await findStored(tx, name);
    const held = await readHoldings(tx, locked.id);
    await deleteConnection(tx, locked.id, name);
    const { kind, baseUrl, schedule } = connection;
    const before = { kind, baseUrl, schedule, ...held };
    await writeAudit(tx, { actor, action: 'connection.delete', subject: name, before, at: now() });
  });
}
