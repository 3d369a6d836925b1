import { type RejectedEntry, rejectedEntries, type RejectedQuery } from '../../../db/queries/rejected-kinds.ts';
import type { Database } from '../../../db/tx.ts';
import type { OrgId } from '../../../model/values.ts';
import { byteOrderMark, csvLine } from './csv.ts';
import { rawValue } from './raw-value.ts';

const pageSize = 1_000;
/** Nobody mends more by hand, and a spreadsheet stays usable. */
const mostRows = 100_000;

const heads = [
  'object',
  'record',
  'field',
  'value',
  'reason',
  'code',
  'stage',
  'effect',
  'times',
  'first seen',
  'last seen',
];

/** Line by line, so that no table has to fit into memory; each page in a transaction of its own. */
export async function* exportedLines(
  { database, orgId }: { readonly database: Database; readonly orgId: OrgId },
  query: Omit<RejectedQuery, 'before' | 'limit'>,
): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(heads);
  let before: number | null = null;
  for (let told = 0; told < mostRows; told += pageSize) {
    const page: RejectedQuery = { ...query, before, limit: pageSize };
    const entries: readonly RejectedEntry[] = await database.transaction(orgId, (tx) => rejectedEntries(tx, page));
    yield entries.map(lineOf).join('');
    if (entries.length < pageSize) return;
    before = entries.at(-1)?.id ?? null;
  }
}

function lineOf(entry: RejectedEntry): string {
  const { object, externalId, field, message, code, stage, effect, times, firstSeenAt, lastSeenAt } = entry;
  const seen = [firstSeenAt.toISOString(), lastSeenAt.toISOString()];
  return csvLine([object, externalId, field, rawValue(entry), message, code, stage, effect, times, ...seen]);
}
