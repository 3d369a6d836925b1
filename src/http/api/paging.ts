/** PURE. Pages by key: the place after which the next one begins, never a number of rows to skip. */
import { invalidQuery } from './problem.ts';

/** `rows` are one more than a page, to know whether another one follows. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string,
): { readonly items: readonly Row[]; readonly next: string | null } {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, next: last === undefined ? null : keyOf(last) };
}

/** Of a key that is a number; null = the first page. @throws AppError `query-invalid` (fix-config) */
export function wholeKey(after: string | undefined): number | null {
  if (after === undefined) return null;
  if (/^\d{1,15}$/u.test(after)) return Number(after);
  throw invalidQuery('after', 'the `next` of the page before, as it is');
}

/** Of a key that is a score and an id, `score.id`; null = the first page. @throws AppError `query-invalid` (fix-config) */
export function scoreKey(after: string | undefined): { readonly score: number; readonly id: string } | null {
  if (after === undefined) return null;
  const { score, id } = scoreKeyPattern.exec(after)?.groups ?? {};
  if (id !== undefined) return { score: Number(score), id };
  throw invalidQuery('after', 'the `next` of the page before, as it is');
}

const scoreKeyPattern = /^(?<score>\d{1,3})\.(?<id>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/u;
