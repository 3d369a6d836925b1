import type { RejectedRecord } from '../../model/records.ts';
import type { ConnectionId, ExternalId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface RejectedRow extends Omit<RejectedRecord, 'fields'> {
  readonly connection: string;
  readonly times: number;
  readonly lastSeenAt: Date;
}

/** Open rejections, the latest first. Null = those of every connection and every source. */
export async function readRejected(tx: Tx, connectionId: ConnectionId | null, limit: number): Promise<RejectedRow[]> {
  return tx.query<RejectedRow>(statement, [tx.orgId, connectionId, limit]);
}

// A row of a source has no id: it is told by whom or what it is about.
const statement = `
  select c.name as connection, r.object, r.external_id as "externalId", r.stage, nullif(r.field, '') as field, r.code,
    r.message, r.effect, r.times, r.last_seen_at as "lastSeenAt"
  from rejected_records r join connections c on c.org_id = r.org_id and c.id = r.connection_id
  where r.org_id = $1 and ($2::uuid is null or r.connection_id = $2) and r.resolved_at is null
  union all
  select s.name, s.kind, coalesce(r.fields->>'email', r.fields->>'domain', r.fields->>'company_domain', ''), 'map',
    nullif(r.field, ''), r.code, r.message, 'reject', r.times, r.last_seen_at
  from source_rejects r join data_sources s on s.org_id = r.org_id and s.id = r.source_id
  where r.org_id = $1 and $2::uuid is null and r.resolved_at is null
  order by "lastSeenAt" desc, "externalId" desc limit $3
`;

/** Ids of an object that were refused while reading or mapping, to be read again. */
export async function rejectedIds(tx: Tx, connectionId: ConnectionId, object: string): Promise<ExternalId[]> {
  const rows = await tx.query<{ id: ExternalId }>(
    `select distinct external_id as id from rejected_records
     where org_id = $1 and connection_id = $2 and object = $3 and stage <> 'push' and resolved_at is null order by 1`,
    [tx.orgId, connectionId, object],
  );
  return rows.map((row) => row.id);
}

export interface OpenRejection extends Pick<RejectedRecord, 'object' | 'externalId' | 'stage'> {
  readonly connectionId: ConnectionId;
  /** The connection's name. */
  readonly connection: string;
  /** Of its CRM. */
  readonly kind: string;
}

/** An open rejection of a record of a connection; null = there is none, or it has come right. */
export async function openRejection(tx: Tx, id: number): Promise<OpenRejection | null> {
  const [row] = await tx.query<OpenRejection>(
    `select c.id as "connectionId", c.name as connection, c.kind, r.object, r.external_id as "externalId", r.stage
     from rejected_records r join connections c on c.org_id = $1 and c.id = r.connection_id
     where r.org_id = $1 and r.id = $2 and r.resolved_at is null`,
    [tx.orgId, id],
  );
  return row ?? null;
}

/** Lets refused writes wait for the next push again. Null = those of every record. */
export async function reviveDead(
  tx: Tx,
  connectionId: ConnectionId,
  record: Pick<RejectedRecord, 'object' | 'externalId'> | null,
  now: Date,
): Promise<void> {
  await tx.query(
    `update push_states set state = 'pending', attempts = 0, available_at = $3, changed_at = null
     where org_id = $1 and connection_id = $2 and state = 'dead'
       and ($4::text is null or (object = $4 and external_id = $5))`,
    [tx.orgId, connectionId, now, record?.object ?? null, record?.externalId ?? null],
  );
}
