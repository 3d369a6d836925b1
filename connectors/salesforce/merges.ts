import { mergeSteps } from './limits.ts';
import type { WireRecord } from './wire.ts';

/** Where a merged row has gone. */
export interface Followed {
  /** The living record that has absorbed it; null = it is gone as well, or may not be seen. */
  readonly survivor: WireRecord | null;
  /** The row itself and those that it went through, oldest first. */
  readonly absorbed: readonly string[];
}

/**
 * Follows merged rows, through as many merges as there were, to the record that holds them now. Each step is one call for all
 * of them, and none where the next row is `known`.
 */
export async function followMerges(
  merged: readonly WireRecord[],
  known: readonly WireRecord[],
  read: (ids: readonly string[]) => Promise<readonly WireRecord[]>,
): Promise<readonly Followed[]> {
  const rows = new Map([...known, ...merged].map((row) => [row.Id, row]));
  for (let step = 0; step < mergeSteps; step += 1) {
    const missing = merged.flatMap((row) => nextUnknown(row, rows) ?? []);
    if (missing.length === 0) break;
    const found = await read([...new Set(missing)]);
    for (const row of found) rows.set(row.Id, row);
    if (found.length === 0) break;
  }
  return merged.map((row) => trail(row, rows));
}

export function isMerged(row: WireRecord): boolean {
  return row.IsDeleted === true && typeof row.MasterRecordId === 'string';
}

/** The first id on the way of this row that we have not read. */
function nextUnknown(row: WireRecord, rows: ReadonlyMap<string, WireRecord>): string | null {
  const { next } = walk(row, rows);
  return next !== null && !rows.has(next) ? next : null;
}

function trail(row: WireRecord, rows: ReadonlyMap<string, WireRecord>): Followed {
  const { last, absorbed } = walk(row, rows);
  return last.IsDeleted === true ? { survivor: null, absorbed } : { survivor: last, absorbed };
}

interface Walked {
  /** The last row that is known. */
  readonly last: WireRecord;
  /** What it was merged into; null = it was not. */
  readonly next: string | null;
  readonly absorbed: readonly string[];
}

function walk(row: WireRecord, rows: ReadonlyMap<string, WireRecord>): Walked {
  const absorbed: string[] = [];
  let last = row;
  while (isMerged(last) && !absorbed.includes(last.Id)) {
    absorbed.push(last.Id);
    const next = last.MasterRecordId ?? null;
    const master = next === null ? undefined : rows.get(next);
    if (master === undefined) return { last, next, absorbed };
    last = master;
  }
  return { last, next: null, absorbed };
}
