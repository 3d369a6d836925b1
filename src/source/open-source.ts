import { readSource, type StoredSourceRow } from '../db/queries/data-sources.ts';
import { type ForeignRows, type ForeignSince, openForeign } from '../db/foreign-query.ts';
import type { IngestServices } from '../ingest/take-in.ts';
import { type IngestKind, isIngestKind } from '../ingest/rows.ts';
import { AppError } from '../model/errors.ts';
import type { ObserveAll } from '../model/observation.ts';
import type { OrgId, SourceId } from '../model/values.ts';
import type { Sealer } from '../secrets/seal.ts';
import { fieldsOf } from './columns.ts';

export interface SourceServices extends IngestServices {
  readonly sealer: Sealer;
  /** Left out = nobody counts. */
  readonly observe?: ObserveAll;
}

/** A source whose query has been asked, and whose columns fit. */
export interface OpenSource extends AsyncDisposable {
  readonly source: StoredSourceRow;
  readonly kind: IngestKind;
  readonly rows: ForeignRows;
  /** What each column fills; null = nothing. */
  readonly fields: readonly (string | null)[];
  /** It is read from its beginning, whether for the first time or each time. */
  readonly isWhole: boolean;
}

/**
 * Asks the query of a source for what is new. `full`: from its beginning, whatever was read before.
 * @throws AppError `source-unauthorised` (reauthorise), `source-columns` (fix-config), and those of `openForeign`
 */
export async function openSource(
  { database, sealer }: Pick<SourceServices, 'database' | 'sealer'>,
  { orgId, id }: { readonly orgId: OrgId; readonly id: SourceId },
  { full, signal }: { readonly full: boolean; readonly signal: AbortSignal },
): Promise<OpenSource> {
  const source = await database.transaction(orgId, (tx) => readSource(tx, id));
  if (source === null || !isIngestKind(source.kind)) throw new Error('the source is not there any more');
  if (source.sealed === null) throw withoutAddress(source.name);
  const secrets = JSON.parse(sealer.unseal(source.sealed, { orgId, connectionId: id })) as {
    readonly database: string;
  };
  const { kind, query, columns } = source;
  const { since, isWhole } = startOf(source, full);
  const rows = await openForeign({ url: secrets.database, text: query, since, signal });
  try {
    const fields = fieldsOf({ kind, columns, since: since?.column ?? null }, rows.columns);
    return { source, kind, rows, fields, isWhole, [Symbol.asyncDispose]: () => rows[Symbol.asyncDispose]() };
  } catch (error) {
    await rows[Symbol.asyncDispose]();
    throw error;
  }
}

function startOf({ since, watermark }: StoredSourceRow, full: boolean): Pick<OpenSource, 'isWhole'> & Start {
  if (since === null) return { since: null, isWhole: true };
  const { column, first } = since;
  const isWhole = full || watermark === null;
  return { since: { column, value: isWhole ? first : watermark }, isWhole };
}

interface Start {
  readonly since: ForeignSince | null;
}

function withoutAddress(name: string): AppError {
  return new AppError('source-unauthorised', `The source "${name}" has no address.`, {
    recovery: 'reauthorise',
    remedy: 'Set the secret that the configuration names and run `leadloop apply` again.',
  });
}
