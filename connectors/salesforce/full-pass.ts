import { emptyPage, type PullBatch, type PulledPage, type PullRequest } from 'leadloop/connector-sdk';
import { pullByBulk } from './bulk/pass.ts';
import { encodeCursor, listPosition, passPosition } from './cursor.ts';
import { stampOf } from './decode.ts';
import { pageSize } from './limits.ts';
import type { SalesforceObject } from './objects.ts';
import { pageOf, tombstones } from './pull.ts';
import { readerFor, type Reader } from './reader.ts';
import type { Session } from './session.ts';
import type { WireRecord } from './wire.ts';

/*
 * **full** and **archived** list every record once. What changes behind their back is the next lane's work: the caller takes
 * `startCursor(object, when the pass began)` for it.
 *
 * A full pass is a job of Bulk (see `bulk/pass.ts`); the recycle bin, and everything where Bulk fails or is switched off, is
 * read by REST in order of id, 2,000 a page, each page asked for by the last id.
 */

/** Yields batches of at most 2,000 records. */
export async function* pullPass(
  session: Session,
  object: SalesforceObject,
  request: PullRequest,
): AsyncGenerator<PullBatch, void, void> {
  const { lane, since, signal } = request;
  const reader = await readerFor(session, object, request);
  if (lane === 'archived') {
    const dead: PageOf = async (rows) => ({ ...emptyPage, tombstones: await tombstones(rows, { object, reader }) });
    yield* pullById(reader, { isArchived: true, after: listPosition(since).after, pageOf: dead });
    return;
  }
  const living: PageOf = async (rows) =>
    pageOf(await withoutOutdated(rows, object, request), { session, object, request, reader, heldBefore: 0 });
  const position = passPosition(since);
  const job = position.kind === 'bulk' ? position : null;
  const after = position.kind === 'bulk' ? null : position.after;
  if (after === null && session.context.settings.bulkQuery !== false) {
    const pass = { object: object.object, reader, pageOf: living, signal };
    if (yield* pullByBulk(session, pass, job)) return;
  }
  yield* pullById(reader, { isArchived: false, after, pageOf: living });
}

/**
 * A job shows what was so when it was made, and what is new goes on being read meanwhile. People and companies are told apart by
 * their stamps, and all of them are counted; the events of an activity have none, so one that the caller holds newer is left out.
 */
async function withoutOutdated(
  rows: readonly WireRecord[],
  { kind }: SalesforceObject,
  { held }: PullRequest,
): Promise<readonly WireRecord[]> {
  if (kind !== 'engagement' && kind !== 'opportunity') return rows;
  const newer = rows.flatMap((row) => {
    const stamp = stampOf(row);
    return stamp === null ? [] : [{ externalId: row.Id, modifiedAt: new Date(stamp + 1) }];
  });
  const outdated = newer.length === 0 ? new Set() : await held(newer);
  return rows.filter(({ Id }) => !outdated.has(Id));
}

type PageOf = (rows: readonly WireRecord[]) => Promise<PulledPage>;

interface ById {
  /** What is in the recycle bin, or what is not. */
  readonly isArchived: boolean;
  /** The last id that was read; null = none was. */
  readonly after: string | null;
  readonly pageOf: PageOf;
}

async function* pullById(reader: Reader, pass: ById): AsyncGenerator<PullBatch, void, void> {
  if (pass.isArchived && !reader.hasBin) {
    yield { ...emptyPage, cursor: encodeCursor({ kind: 'list', after: null }), done: true };
    return;
  }
  const bin = reader.hasBin ? [`IsDeleted = ${pass.isArchived}`] : [];
  let { after } = pass;
  do {
    const further = after === null ? [] : [`Id > '${after}'`];
    const condition = [...bin, ...further, ...(bin.length + further.length === 0 ? ['Id != null'] : [])].join(' AND ');
    const { records, done } = await reader.rows(`${condition} ORDER BY Id LIMIT ${pageSize}`);
    after = done && records.length < pageSize ? null : (records.at(-1)?.Id ?? null);
    yield { ...(await pass.pageOf(records)), cursor: encodeCursor({ kind: 'list', after }), done: after === null };
  } while (after !== null);
}
