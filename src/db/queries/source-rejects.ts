import { hash } from 'node:crypto';
import type { RunId, SourceId } from '../../model/values.ts';
import { erasedAmong } from './erased-addresses.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

export type SourceFields = Readonly<Record<string, unknown>>;

export interface RejectedSourceRow {
  readonly fields: SourceFields;
  /** Null = the row as a whole. */
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
}

interface SourceBatch {
  readonly sourceId: SourceId;
  readonly runId: RunId;
  readonly now: Date;
  readonly rejected: readonly RejectedSourceRow[];
  readonly accepted: readonly SourceFields[];
}

/**
 * Keeps the rows that could not be used, once each with how often they were seen, and closes what has come right. Rows of
 * somebody who was erased are not kept. Returns how many are. Idempotent but for `times`.
 */
export async function saveSourceRejects(tx: Tx, batch: SourceBatch): Promise<number> {
  const { sourceId, runId, now, accepted } = batch;
  const [open] = await tx.query(anyOpen, [tx.orgId, sourceId]);
  if (open !== undefined) await tx.query(close, [tx.orgId, sourceId, accepted.map(hashOf), now]);
  const kept = await withoutErased(tx, batch.rejected);
  if (kept.length === 0) return 0;
  const rows = new Map(kept.map((row) => [hashOf(row.fields), row]));
  const values = [...rows].map(([rowHash, row]) => ({ rowHash, ...row }));
  await tx.query(keep, [tx.orgId, sourceId, runId, now, toJson(values)]);
  return kept.length;
}

async function withoutErased(tx: Tx, rejected: readonly RejectedSourceRow[]): Promise<readonly RejectedSourceRow[]> {
  const gone = await erasedAmong(tx, [...new Set(rejected.flatMap(({ fields }) => addressOf(fields) ?? []))]);
  return rejected.filter(({ fields, code }) => code !== 'erased' && !gone.has(addressOf(fields) ?? ''));
}

function addressOf({ email }: SourceFields): string | null {
  return typeof email === 'string' ? email.trim().toLowerCase() : null;
}

function hashOf(fields: SourceFields): string {
  return hash('sha256', toJson(fields));
}

const anyOpen = `select from source_rejects where org_id = $1 and source_id = $2 and resolved_at is null limit 1`;

const close = `
  update source_rejects set resolved_at = $4, fields = '{}'
  where org_id = $1 and source_id = $2 and row_hash = any($3::text[]) and resolved_at is null
`;

const keep = `
  insert into source_rejects as r (org_id, source_id, row_hash, field, code, message, fields, run_id, first_seen_at,
    last_seen_at)
  select $1, $2, i."rowHash", coalesce(i.field, ''), i.code, i.message, i.fields, $3, $4, $4
  from jsonb_to_recordset($5::jsonb) as i ("rowHash" text, field text, code text, message text, fields jsonb)
  on conflict (org_id, source_id, row_hash) do update set
    field = excluded.field, code = excluded.code, message = excluded.message, fields = excluded.fields,
    run_id = excluded.run_id, last_seen_at = excluded.last_seen_at, times = r.times + 1, resolved_at = null
`;

/** After a run that has read everything: a row that it did not meet is not there any more, or has been mended. */
export async function closeUnseenRejects(
  tx: Tx,
  run: { readonly sourceId: SourceId; readonly runId: RunId; readonly now: Date },
): Promise<void> {
  await tx.query(
    `update source_rejects set resolved_at = $4, fields = '{}'
     where org_id = $1 and source_id = $2 and run_id is distinct from $3 and resolved_at is null`,
    [tx.orgId, run.sourceId, run.runId, run.now],
  );
}

/** Removes the rows that name one of these addresses, in whatever field. */
export async function eraseSourceRejects(tx: Tx, emails: readonly string[]): Promise<void> {
  if (emails.length === 0) return;
  await tx.query(
    `delete from source_rejects r where r.org_id = $1
       and exists (select from unnest($2::text[]) as e (email) where strpos(lower(r.fields::text), e.email) > 0)`,
    [tx.orgId, emails.map((email) => email.toLowerCase())],
  );
}
