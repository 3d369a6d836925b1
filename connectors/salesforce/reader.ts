import { RequestError, type FieldSchema, type PullRequest } from 'leadloop/connector-sdk';
import { decoderFor, type Decoder } from './decode.ts';
import { fitsUrl, query } from './endpoints.ts';
import { idsPerQuery, schemaAgeMs } from './limits.ts';
import { followMerges, isMerged } from './merges.ts';
import { opportunityDecoder } from './opportunities.ts';
import type { SalesforceObject } from './objects.ts';
import { cachedSchema } from './schema.ts';
import type { Session } from './session.ts';
import { tableReader } from './bulk/table-rows.ts';
import { wideRows, type Split } from './wide-rows.ts';
import type { WireQuery, WireRecord } from './wire.ts';

/** Reads rows of one object, with the fields that were asked for and those that we need ourselves. */
export interface Reader {
  /** Rows, deleted ones included, for what follows `WHERE`. */
  readonly rows: (condition: string) => Promise<WireQuery>;
  /** Rows by id, deleted ones included, in any order. */
  readonly byId: (ids: readonly string[]) => Promise<readonly WireRecord[]>;
  /** For each id its living record, through merges; absent = there is none. */
  found(ids: readonly string[]): Promise<ReadonlyMap<string, WireRecord>>;
  readonly decode: Decoder;
  /** The statement for Bulk, of what `condition` holds for; null = of everything. As the fields are known now. */
  readonly statement: (condition: string | null) => string;
  /** Makes of a table's lines the rows that REST would have sent. @throws RequestError where columns are missing. */
  readonly fromTable: (header: readonly string[]) => (cells: readonly string[]) => WireRecord;
  /** Asks anew which fields there are. */
  readonly refresh: () => Promise<void>;
  /** Objects without a recycle bin have no such field. */
  readonly hasBin: boolean;
}

export async function readerFor(
  session: Session,
  object: SalesforceObject,
  { fields, signal }: Pick<PullRequest, 'fields' | 'signal'>,
): Promise<Reader> {
  // Without the fields of parents, once one of them has turned out to be hidden.
  let shown = object;
  let schema = await cachedSchema(session, object.object, { maxAgeMs: schemaAgeMs, signal });
  let decode = decoderOf(object, fields, schema);
  const refresh = async (): Promise<void> => {
    schema = await cachedSchema(session, object.object, { maxAgeMs: 0, signal });
    decode = decoderOf(object, fields, schema);
  };
  const statement = (condition: string | null): string => soqlFor(object, columnsFor(shown, fields, schema), condition);

  const rows = async (condition: string): Promise<WireQuery> => {
    const ask = (): Promise<WireQuery> => {
      const soql = statement(condition);
      if (fitsUrl(soql)) return query(session.client, soql, { all: true, signal });
      return wideRows(session, splitFor(shown, fields, schema), { condition, signal });
    };
    try {
      return await ask().catch(async (error: unknown) => {
        if (!isInvalidField(error)) throw error;
        // A field was taken away, or its access, since we asked for the fields.
        await refresh();
        return ask();
      });
    } catch (error) {
      if (!isInvalidField(error) || shown.parentFields.length === 0) throw error;
      session.context.log('warn', 'parent fields left out', { object: object.object, fields: shown.parentFields });
      shown = { ...object, parentFields: [] };
      return ask();
    }
  };
  const byId = async (ids: readonly string[]): Promise<readonly WireRecord[]> => {
    const found: WireRecord[] = [];
    for (const some of batchesOf(ids.filter(isId), idsPerQuery)) {
      found.push(...(await rows(`Id IN ('${some.join("','")}')`)).records);
    }
    return found;
  };
  return {
    rows,
    byId,
    async found(ids) {
      const all = await byId([...new Set(ids)]);
      const merged = await followMerges(all.filter(isMerged), all, byId);
      const moved = merged.flatMap(({ survivor, absorbed: [id] }): [string, WireRecord][] =>
        survivor === null || id === undefined ? [] : [[id, survivor]],
      );
      const living = all.filter(({ IsDeleted }) => IsDeleted !== true);
      return new Map([...living.map((row): [string, WireRecord] => [row.Id, row]), ...moved]);
    },
    decode: (row) => decode(row),
    statement,
    fromTable: (header) => tableReader(columnsFor(shown, fields, schema), header, schema),
    refresh,
    hasBin: has(schema, 'IsDeleted'),
  };
}

function isInvalidField(error: unknown): boolean {
  return error instanceof RequestError && error.category === 'INVALID_FIELD';
}

function decoderOf(object: SalesforceObject, fields: readonly string[], schema: readonly FieldSchema[]): Decoder {
  const decode = decoderFor(object, fields, schema);
  return object.kind === 'opportunity' ? opportunityDecoder(decode) : decode;
}

/** Pure. Salesforce refuses a whole query for one field that it does not show us: only what was described is named. */
function columnsFor(
  object: SalesforceObject,
  fields: readonly string[],
  schema: readonly FieldSchema[],
): readonly string[] {
  const own = ['IsDeleted', ...(object.isMergeable ? ['MasterRecordId'] : []), ...object.ownFields];
  const visible = [...own, ...fields].filter((name) => has(schema, name));
  const parents = object.parentFields.filter((path) => has(schema, `${path.split('.')[0]}Id`));
  return [...new Set(['Id', 'SystemModstamp', ...visible, ...parents])];
}

/** Pure. What to read by query and what by id, where all of it is too much for a query. */
function splitFor(object: SalesforceObject, fields: readonly string[], schema: readonly FieldSchema[]): Split {
  const own = columnsFor(object, [], schema);
  return {
    object: object.object,
    narrow: (condition) => soqlFor(object, own, condition),
    fields: columnsFor(object, fields, schema).filter((name) => !own.includes(name)),
  };
}

function soqlFor({ object }: SalesforceObject, columns: readonly string[], condition: string | null): string {
  return `SELECT ${columns.join(', ')} FROM ${object}${condition === null ? '' : ` WHERE ${condition}`}`;
}

function has(schema: readonly FieldSchema[], name: string): boolean {
  return schema.some((field) => field.name === name);
}

/** Anything else would be refused, or worse. */
export function isId(text: string): boolean {
  return /^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(text);
}

export function batchesOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, batch) =>
    items.slice(batch * size, (batch + 1) * size),
  );
}
