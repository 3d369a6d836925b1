import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

export interface IngestRequestRow {
  readonly kind: string;
  readonly bodyHash: string;
  readonly answer: unknown;
}

/** Until the end of the transaction, another request with this key waits. */
export async function lockRequest(tx: Tx, key: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('ingest:' || $1 || ' ' || $2, 0))`, [tx.orgId, key]);
}

/** The request of this key since `since`; null = there was none. */
export async function findRequest(tx: Tx, key: string, since: Date): Promise<IngestRequestRow | null> {
  const [row] = await tx.query<IngestRequestRow>(
    `select kind, body_hash as "bodyHash", answer from ingest_requests
     where org_id = $1 and idempotency_key = $2 and created_at >= $3`,
    [tx.orgId, key, since],
  );
  return row ?? null;
}

/** Remembers a request, and forgets those before `since`. */
export async function saveRequest(
  tx: Tx,
  key: string,
  request: IngestRequestRow,
  { now, since }: { readonly now: Date; readonly since: Date },
): Promise<void> {
  await tx.query(`delete from ingest_requests where org_id = $1 and created_at < $2`, [tx.orgId, since]);
  await tx.query(
    `insert into ingest_requests (org_id, idempotency_key, kind, body_hash, answer, created_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [tx.orgId, key, request.kind, request.bodyHash, toJson(request.answer), now],
  );
}
