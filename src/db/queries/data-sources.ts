import { AppError } from '../../model/errors.ts';
import type { OrgId, SourceId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';
import { type Sealed, sealedOf } from './sealed.ts';
import { wholePauseSql } from './pauses.ts';

export interface SourceEntry {
  readonly orgId: OrgId;
  readonly org: string;
  readonly id: SourceId;
  readonly name: string;
  /** Five cron fields; null = only by hand. */
  readonly schedule: string | null;
  readonly timeZone: string;
  readonly pausedReason: string | null;
  readonly lastTickAt: Date | null;
}

/** Every source of every organisation; through `Database.operator`. */
export async function listSources(tx: Tx): Promise<SourceEntry[]> {
  return tx.query<SourceEntry>(
    `select o.id as "orgId", o.slug as org, s.id, s.name, s.schedule, s.timezone as "timeZone",
       ${wholePauseSql('s', 'source')} as "pausedReason", s.last_tick_at as "lastTickAt"
     from data_sources s join orgs o on o.id = s.org_id order by o.slug, s.name`,
  );
}

/** What a source is called; null where there is none. */
export async function nameOfSource(
  tx: Tx,
  id: SourceId,
): Promise<{ readonly org: string; readonly name: string } | null> {
  const [row] = await tx.query<{ org: string; name: string }>(
    `select o.slug as org, s.name from data_sources s join orgs o on o.id = s.org_id where s.org_id = $1 and s.id = $2`,
    [tx.orgId, id],
  );
  return row ?? null;
}

/** How far a source has been read. */
export interface SourcePosition {
  readonly id: SourceId;
  /** Null = nothing was read yet, or the whole query is read each time. */
  readonly watermark: string | null;
  /** Rises with each move and each change: the compare-and-set that keeps a late worker out. */
  readonly version: number;
}

export interface StoredSourceRow extends SourcePosition {
  readonly name: string;
  readonly kind: string;
  readonly query: string;
  readonly since: { readonly column: string; readonly first: string } | null;
  readonly columns: Readonly<Record<string, string>>;
  readonly sealed: Sealed | null;
}

/** A source by id; null where there is none. */
export async function readSource(tx: Tx, id: SourceId): Promise<StoredSourceRow | null> {
  const [row] = await tx.query<StoredSourceRow & { keyId: string | null; bytes: Buffer | null }>(
    `select id, name, kind, query, since, columns, database_key_id as "keyId", database_sealed as bytes, watermark, version
     from data_sources where org_id = $1 and id = $2`,
    [tx.orgId, id],
  );
  if (row === undefined) return null;
  const { keyId, bytes, ...source } = row;
  return { ...source, sealed: sealedOf({ keyId, bytes }) };
}

/**
 * Moves a source's watermark, as the last statement of the batch's transaction.
 * @throws AppError `run-superseded` (retry) when somebody has moved or changed the source: then the whole batch rolls back.
 */
export async function moveWatermark(
  tx: Tx,
  { id, version }: SourcePosition,
  watermark: string | null,
): Promise<SourcePosition> {
  const moved = await tx.query(
    `update data_sources set watermark = $4, version = version + 1 where org_id = $1 and id = $2 and version = $3
     returning version`,
    [tx.orgId, id, version, watermark],
  );
  if (moved.length > 0) return { id, watermark, version: version + 1 };
  throw new AppError('run-superseded', 'Another worker has taken over this source, or it was changed.', {
    recovery: 'retry',
    remedy: 'Nothing is lost: the next run goes on from where this one came.',
  });
}
