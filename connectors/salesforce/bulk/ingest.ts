import { RequestError } from 'leadloop/connector-sdk';
import type { SalesforceClient } from '../client.ts';
import { csvLine, csvRows } from './csv.ts';
import { tableErrors } from '../fate.ts';
import {
  abortJob,
  closeUpload,
  ended,
  isBulkFailure,
  openOutcomes,
  startUpdate,
  upload,
  type Results,
} from './jobs.ts';
import { cellLength, uploadBytes } from '../limits.ts';
import type { Session } from '../session.ts';
import type { WireSaved } from '../wire.ts';

/*
 * Many updates by jobs of Bulk API 2.0, one table each:
 *  - One list of columns for all rows. An empty cell leaves a field as it is, `#N/A` clears it (docs, prepare CSV files).
 *  - A job takes one upload. Where its answer is lost, the whole of it is sent again, and the second is refused if the first
 *    arrived. So no refusal is believed: how the job ended, the job says, and what became of a row, the outcomes.
 *  - Outcomes have no order: a row belongs to its record by id. A row that none of them names (unprocessed, lost, or refused
 *    by what only a header could lift) is unknown, and has to be written in another way.
 */

const cleared = '#N/A';

export interface Row {
  readonly id: string;
  /** Null clears a field. */
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** Whether a table can say it: text that means "clear" there, or is too long for a cell, cannot be sent. */
export function fitsTable({ fields }: Row): boolean {
  return Object.values(fields).every((value) => value !== cleared && String(value).length <= cellLength);
}

/** The first fifteen characters tell records apart; the other three are their check sum. */
export function idKey(id: string): string {
  return id.slice(0, 15);
}

export interface Updates {
  readonly object: string;
  /** Every field that any of the rows has. */
  readonly columns: readonly string[];
  /** Made while they are written: all of them at once would be much. */
  readonly rows: Iterable<Row>;
  /** Takes what Salesforce says of the record with this `idKey`; it may say so twice. */
  readonly tell: (key: string, saved: WireSaved) => void;
}

/** Writes what it can, and tells what is known of it. */
export async function ingest(session: Session, updates: Updates, signal: AbortSignal): Promise<void> {
  const { object, columns, rows, tell } = updates;
  try {
    for (const csv of tablesOf(columns, rows, uploadBytes)) {
      const { id } = await startUpdate(session.client, object, signal);
      await run(session, { id, csv }, signal);
      for (const kind of ['successfulResults', 'failedResults'] as const) {
        const read = (): Promise<void> => readOutcomes(session.client, { id, kind }, { tell, signal });
        await session.client.patiently(read, signal);
      }
    }
  } catch (error) {
    if (!isBulkFailure(error)) throw error;
    session.context.log('warn', 'mass push by Collections instead of Bulk', { object, why: error.message });
  }
}

/** Pure. As many tables as the size of an upload makes necessary, the rows in their order. */
export function* tablesOf(
  columns: readonly string[],
  rows: Iterable<Row>,
  mostBytes: number,
): Generator<string, void, void> {
  const header = csvLine(['Id', ...columns]);
  let lines: string[] = [];
  let size = 0;
  for (const { id, fields } of rows) {
    const line = csvLine([id, ...columns.map((name) => cellOf(fields[name]))]);
    const bytes = Buffer.byteLength(line);
    if (lines.length > 0 && size + bytes > mostBytes) {
      yield header + lines.join('');
      lines = [];
      size = 0;
    }
    lines.push(line);
    size += bytes;
  }
  if (lines.length > 0) yield header + lines.join('');
}

function cellOf(value: Row['fields'][string] | undefined): string {
  if (value === undefined) return '';
  return value === null || value === '' ? cleared : String(value);
}

/** Until the job has ended, however that was. One that is left behind is stopped: what it wrote stays written. */
async function run(
  session: Session,
  { id, csv }: { readonly id: string; readonly csv: string },
  signal: AbortSignal,
): Promise<void> {
  const { client } = session;
  try {
    await upload(client, { id, csv }, signal).catch(unlessRefused);
    await closeUpload(client, id, signal).catch(unlessRefused);
    if ((await ended(session, { direction: 'ingest', id }, signal)) === null) await abortJob(client, 'ingest', id);
  } catch (error) {
    await abortJob(client, 'ingest', id);
    throw error;
  }
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof RequestError)) throw error;
}

async function readOutcomes(
  client: SalesforceClient,
  results: Results,
  { tell, signal }: Pick<Updates, 'tell'> & { readonly signal: AbortSignal },
): Promise<void> {
  const { body } = await openOutcomes(client, results, signal);
  let header: readonly string[] | null = null;
  for await (const cells of csvRows(body)) {
    if (header === null) {
      header = cells;
      continue;
    }
    const names: readonly string[] = header;
    const cell = (name: string): string => cells[names.indexOf(name)] ?? '';
    const saved = results.kind === 'successfulResults' ? { success: true } : failure(cell('sf__Error'));
    if (saved !== null) tell(idKey(cell('sf__Id') || cell('Id')), saved);
  }
}

/** Null = unknown. No header lifts a duplicate rule here, as one does in a call (docs, duplicate rule header). */
function failure(text: string): WireSaved | null {
  const errors = tableErrors(text);
  const isOpen = errors.length === 0 || errors.some(({ statusCode }) => statusCode === 'DUPLICATES_DETECTED');
  return isOpen ? null : { success: false, errors };
}
