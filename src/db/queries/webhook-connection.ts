import type { ConnectionId, OrgId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** A connection as the address of its webhooks names it. */
export interface WebhookConnection {
  readonly orgId: OrgId;
  readonly id: ConnectionId;
  readonly kind: string;
}

/** Null = there is none. Through `Database.operator`: an address does not prove whose it is. */
export async function findWebhookConnection(tx: Tx, org: string, name: string): Promise<WebhookConnection | null> {
  const [row] = await tx.query<WebhookConnection>(
    `select c.id, c.org_id as "orgId", c.kind from connections c join orgs o on o.id = c.org_id
     where o.slug = $1 and c.name = $2`,
    [org, name],
  );
  return row ?? null;
}

/** The account of the CRM that a connection belongs to; null = it has not run yet. */
export async function readAccount(tx: Tx, connectionId: ConnectionId): Promise<string | null> {
  const [row] = await tx.query<{ accountId: string | null }>(
    `select account_id as "accountId" from connections where org_id = $1 and id = $2`,
    [tx.orgId, connectionId],
  );
  return row?.accountId ?? null;
}

/** The server gives up each further statement of this transaction after so long. */
export async function limitStatements(tx: Tx, ms: number): Promise<void> {
  await tx.query(`select set_config('statement_timeout', $1, true)`, [String(ms)]);
}
