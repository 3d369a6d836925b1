import type { WebhookRefusal } from '../../connector-sdk/webhooks.ts';
import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** What came of a delivery. `unreadable`: signed by the CRM, and not what it sends. */
export type WebhookVerdictName = 'accepted' | 'replayed' | 'unreadable' | WebhookRefusal;

export interface WebhookCountRow {
  readonly connectionId: ConnectionId;
  readonly verdict: WebhookVerdictName;
  readonly deliveries: number;
}

/** Last in its transaction: deliveries of one connection take turns at this row. */
export async function countDelivery(
  tx: Tx,
  delivery: { readonly connectionId: ConnectionId; readonly verdict: WebhookVerdictName; readonly now: Date },
): Promise<void> {
  await tx.query(
    `insert into webhook_counts as c (org_id, connection_id, day, verdict, deliveries)
     values ($1, $2, ($4::timestamptz at time zone 'UTC')::date, $3, 1)
     on conflict (org_id, connection_id, day, verdict) do update set deliveries = c.deliveries + 1`,
    [tx.orgId, delivery.connectionId, delivery.verdict, delivery.now],
  );
}

/** Deliveries by connection and verdict, of the days from that of `since` on. */
export async function readWebhookCounts(tx: Tx, since: Date): Promise<WebhookCountRow[]> {
  return tx.query<WebhookCountRow>(
    `select connection_id as "connectionId", verdict, sum(deliveries)::bigint as deliveries from webhook_counts
     where org_id = $1 and day >= ($2::timestamptz at time zone 'UTC')::date
     group by connection_id, verdict order by connection_id, verdict`,
    [tx.orgId, since],
  );
}

export interface WebhookTotal {
  readonly connection: string;
  readonly verdict: WebhookVerdictName;
  readonly deliveries: number;
}

/** All deliveries since the connection began: a few rows a day each. */
export async function readWebhookTotals(tx: Tx): Promise<WebhookTotal[]> {
  return tx.query<WebhookTotal>(
    `select c.name as connection, w.verdict, sum(w.deliveries)::bigint as deliveries
     from webhook_counts w join connections c on c.org_id = $1 and c.id = w.connection_id
     where w.org_id = $1 group by c.name, w.verdict order by c.name, w.verdict`,
    [tx.orgId],
  );
}
