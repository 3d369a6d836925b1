import { hash } from 'node:crypto';
import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface Delivery {
  readonly connectionId: ConnectionId;
  /** As the connector names it; kept as a hash. */
  readonly deliveryId: string;
  readonly now: Date;
  /** Deliveries from before then are forgotten. */
  readonly since: Date;
}

/** Notes a delivery. False = it came before. Where the same one comes twice at once, the second waits for the first. */
export async function saveDelivery(tx: Tx, { connectionId, deliveryId, now, since }: Delivery): Promise<boolean> {
  await tx.query(forget, [tx.orgId, connectionId, since]);
  const rows = await tx.query(
    `insert into webhook_deliveries (org_id, connection_id, delivery_hash, received_at) values ($1, $2, $3, $4)
     on conflict do nothing returning 1 as noted`,
    [tx.orgId, connectionId, hash('sha256', deliveryId, 'buffer'), now],
  );
  return rows.length > 0;
}

/** More at a time than come, so that they do not pile up; rows that another delivery is about to forget are left to it. */
const forget = `
  delete from webhook_deliveries d using (
    select delivery_hash from webhook_deliveries where org_id = $1 and connection_id = $2 and received_at < $3
    order by received_at limit 100 for update skip locked
  ) as old
  where d.org_id = $1 and d.connection_id = $2 and d.delivery_hash = old.delivery_hash
`;
