import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** What is noted of a connection besides its settings. */
export interface ConnectionStand {
  readonly id: ConnectionId;
  /** Rises with each change of what is configured. */
  readonly version: number;
  /** When somebody last stored credentials; null = that was not noted, or none are. */
  readonly credentialsAt: Date | null;
  /** The CRM account of the first run; null = it has had none. */
  readonly accountId: string | null;
  readonly createdAt: Date;
}

const columns = `id, version, credentials_at as "credentialsAt", account_id as "accountId", created_at as "createdAt"`;

/** Null = there is no connection of this name. */
export async function readStand(tx: Tx, name: string): Promise<ConnectionStand | null> {
  const [row] = await tx.query<ConnectionStand>(`select ${columns} from connections where org_id = $1 and name = $2`, [
    tx.orgId,
    name,
  ]);
  return row ?? null;
}

/** As `readStand`; nobody else changes the connection before this transaction has ended. */
export async function lockStand(tx: Tx, name: string): Promise<ConnectionStand | null> {
  const [row] = await tx.query<ConnectionStand>(
    `select ${columns} from connections where org_id = $1 and name = $2 for update`,
    [tx.orgId, name],
  );
  return row ?? null;
}

/** Name and version of every connection of the organisation. */
export async function readVersions(tx: Tx): Promise<ReadonlyMap<ConnectionId, number>> {
  const rows = await tx.query<{ id: ConnectionId; version: number }>(
    'select id, version from connections where org_id = $1',
    [tx.orgId],
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}
