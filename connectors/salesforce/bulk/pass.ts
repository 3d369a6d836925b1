import { emptyPage, RequestError, type PullBatch, type PulledPage } from 'leadloop/connector-sdk';
import type { SalesforceClient } from '../client.ts';
import { BrokenResultsError } from './csv.ts';
import { encodeCursor, type BulkPosition } from '../cursor.ts';
import { abortJob, deleteQuery, ended, isBulkFailure, startQuery } from './jobs.ts';
import { pageSize } from '../limits.ts';
import type { Reader } from '../reader.ts';
import { openResults, type Line, type ResultPage } from './result-page.ts';
import type { Session } from '../session.ts';
import type { WireJob, WireRecord } from '../wire.ts';

/*
 * A full pass by a job of Bulk API 2.0: a page of 50,000 rows for a call, and no order that would make Salesforce sort.
 *
 * The cursor names the job, the page and the row, so that a stop after any batch goes on in the same job: its results are
 * stable. The first batch is empty, and brings the cursor as soon as there is a job. A page is streamed, never held; where it
 * breaks off, it is opened again, and what was handed out of it is passed over.
 *
 * No row is missed in silence: each page is counted against its header, all of them against the job. Whatever Bulk cannot do
 * (the object, the right, the day’s jobs, a job that fails or is gone, a table that does not fit) is logged, and REST does it.
 */

interface Pass {
  readonly object: string;
  readonly reader: Reader;
  readonly pageOf: (rows: readonly WireRecord[]) => Promise<PulledPage>;
  readonly signal: AbortSignal;
}

/** Yields batches of at most 2,000 records. False = Bulk has failed: the pass has to be made otherwise, from its beginning. */
export async function* pullByBulk(
  session: Session,
  pass: Pass,
  since: BulkPosition | null,
): AsyncGenerator<PullBatch, boolean, void> {
  try {
    yield* batches(session, pass, since);
    return true;
  } catch (error) {
    if (!isBulkFailure(error)) throw error;
    session.context.log('warn', 'full pass by REST instead of Bulk', { object: pass.object, why: error.message });
    return false;
  }
}

async function* batches(
  session: Session,
  { reader, pageOf, signal }: Pass,
  since: BulkPosition | null,
): AsyncGenerator<PullBatch, void, void> {
  const { client } = session;
  let position = since;
  if (position === null) {
    const { id } = await begin(client, reader, signal);
    position = { kind: 'bulk', job: id, locator: null, taken: 0, read: 0 };
    yield { ...emptyPage, cursor: encodeCursor(position), done: false };
  }
  const job = await completed(session, position.job, signal);
  for await (const { header, rows, next } of readJob(client, { job, position }, signal)) {
    const page = await pageOf(rows.length === 0 ? [] : rows.map(reader.fromTable(header)));
    const cursor = encodeCursor(next ?? { kind: 'list', after: null });
    yield { ...page, cursor, done: next === null };
  }
  await deleteQuery(client, job.id, signal);
}

/** @throws RequestError when it was not completed, or takes too long. */
async function completed(session: Session, id: string, signal: AbortSignal): Promise<WireJob> {
  const job = await ended(session, { direction: 'query', id }, signal);
  if (job?.state === 'JobComplete') return job;
  if (job === null) await abortJob(session.client, 'query', id);
  const how = job === null ? 'takes too long' : `ended as ${job.state}`;
  throw new RequestError(`A bulk job of Salesforce ${how}.`, { status: 200, category: 'JOB_INCOMPLETE' });
}

async function begin(client: SalesforceClient, reader: Reader, signal: AbortSignal): Promise<WireJob> {
  const statement = (): string => reader.statement(reader.hasBin ? 'IsDeleted = false' : null);
  const asked = statement();
  try {
    return await startQuery(client, asked, signal);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    // A field was taken away, or its access, since we asked for the fields. Bulk does not say so as REST does.
    await reader.refresh();
    if (statement() === asked) throw error;
    return startQuery(client, statement(), signal);
  }
}

interface Batch {
  readonly header: Line;
  readonly rows: readonly Line[];
  /** Null = there is no more. */
  readonly next: BulkPosition | null;
}

/** What a job has found, from a position on. A batch that breaks off is tried again. */
async function* readJob(
  client: SalesforceClient,
  { job, position }: { readonly job: WireJob; readonly position: BulkPosition },
  signal: AbortSignal,
): AsyncGenerator<Batch, void, void> {
  let page: ResultPage | null = null;
  const leave = async (): Promise<void> => {
    const left = page;
    page = null;
    await left?.close();
  };
  const read = async (from: BulkPosition): Promise<Batch> => {
    try {
      page ??= await openResults(client, from, signal);
      const { header, following } = page;
      const { lines: rows, isOver } = await page.take(pageSize);
      const next = positionAfter(from, rows.length, { isOver, following });
      checkTotal(job, from.read + rows.length, next === null);
      if (isOver) page = null;
      return { header, rows, next };
    } catch (error) {
      await leave();
      throw error;
    }
  };
  try {
    for (let at: BulkPosition | null = position; at !== null;) {
      const from: BulkPosition = at;
      const batch = await client.patiently(() => read(from), signal);
      yield batch;
      at = batch.next;
    }
  } finally {
    await leave();
  }
}

function positionAfter(
  { taken, read, ...same }: BulkPosition,
  count: number,
  { isOver, following }: { readonly isOver: boolean; readonly following: string | null },
): BulkPosition | null {
  if (!isOver) return { ...same, taken: taken + count, read: read + count };
  return following === null ? null : { ...same, locator: following, taken: 0, read: read + count };
}

/** @throws BrokenResultsError when there are more rows than the job has found, or fewer at the end. */
function checkTotal({ numberRecordsProcessed: total }: WireJob, count: number, isEnd: boolean): void {
  if (total === undefined || (isEnd ? count === total : count <= total)) return;
  throw new BrokenResultsError('A bulk job of Salesforce has found another number of rows than it sends.');
}
