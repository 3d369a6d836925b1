import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { refreshStatistics } from '../../db/queries/refresh-statistics.ts';
import type { OrgId } from '../../model/values.ts';
import type { Ingested } from '../ingest-rows.ts';
import type { IngestKind } from '../rows.ts';
import { readSource, type SourceRow } from '../source-row.ts';
import { ingestAt, type IngestServices } from '../take-in.ts';
import { isTenfold } from '../tenfold.ts';
import { formatOf, type ImportFormat } from './format.ts';
import { reasonOf, unreadable } from './import-error.ts';
import { readCsv } from './read-csv.ts';
import { readDocument, readNdjson } from './read-json.ts';
import { peek, readText } from './read-text.ts';
import { RejectedFile, type RejectedRow } from './rejected-file.ts';

export interface ImportJob {
  readonly kind: IngestKind;
  /** `-` = `stdin`. */
  readonly path: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Null = by its name, else by how it begins. */
  readonly format: ImportFormat | null;
  /** Says what would come of each row, and changes nothing. */
  readonly dryRun: boolean;
  readonly rejectedPath: string;
  /** Ends it after the batch under way. */
  readonly signal: AbortSignal;
  /** `share` of the file; null where its length is not known. */
  readonly onProgress: (done: number, share: number | null) => void;
}

export interface ImportReport {
  readonly kind: IngestKind;
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Signups that were scored again; of a dry run, would be. */
  readonly scored: number;
  /** Why the first few were rejected. */
  readonly examples: readonly RejectedRow[];
  /** Null = no row was rejected. */
  readonly rejectedFile: string | null;
  readonly isDryRun: boolean;
  /** Somebody has stopped it: what is counted here is in, the rest of the file is not. */
  readonly isStopped: boolean;
}

/** Rows in one transaction: enough to spread its own cost, few enough to hold locks briefly. */
const batchRows = 2_000;
/** Of the first one: until there are statistics, statements over new tables take time that grows with the square of the rows. */
const firstBatchRows = 500;
const shownRejections = 5;
const believedMs = 30 * 86_400_000;

/**
 * Takes in a file of any length, batch by batch, in flat memory: the next batch is read while one is written. The same file
 * again changes nothing, so a run that was stopped is simply repeated.
 * @throws AppError `import-unreadable`, `import-columns`, `import-rejected-file` (fix-config)
 */
export async function importFile(services: IngestServices, orgId: OrgId, job: ImportJob): Promise<ImportReport> {
  await using rejectedFile = new RejectedFile(job.rejectedPath);
  const input = await openInput(job);
  const tally = new Tally();
  const begunAt = services.now();
  // An instant for each batch: an address may come again in a later one, with other numbers.
  let seenAt = seenAtOf(input.modifiedAt, begunAt);
  for await (const batch of oneAhead(batchesOf(rowsOf(job, readText(input.chunks()))))) {
    const told = await commit(services, orgId, job, { batch, seenAt });
    seenAt = new Date(seenAt.getTime() + 1);
    await rejectedFile.write(tally.add(batch, told));
    if (isTenfold(tally.rows, batch.length) && !job.dryRun)
      await services.database.transaction(orgId, refreshStatistics);
    job.onProgress(tally.rows, input.share());
    if (job.signal.aborted) break;
  }
  return {
    kind: job.kind,
    ...tally.counts,
    examples: tally.examples,
    rejectedFile: rejectedFile.isWritten ? rejectedFile.path : null,
    isDryRun: job.dryRun,
    isStopped: job.signal.aborted,
  };
}

/**
 * When usage was so whose rows do not say it: when the file was written, so that it says the same whenever it is imported. Usage
 * tells of 30 days; a time before that is rather one of a copy, such as those that packages give to their files.
 */
function seenAtOf(modifiedAt: Date | null, now: Date): Date {
  const age = modifiedAt === null ? 0 : now.getTime() - modifiedAt.getTime();
  return modifiedAt === null || age < 0 || age > believedMs ? now : modifiedAt;
}

/** Asks for the next one while the last one is being worked on. */
async function* oneAhead<T>(source: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  let next = source.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done === true || value === undefined) return;
      next = source.next();
      // Whoever waits for it hears of a fault.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await next.catch(() => undefined);
    await source.return();
  }
}

type Counts = Pick<ImportReport, 'rows' | 'created' | 'updated' | 'unchanged' | 'rejected' | 'scored'>;

class Tally {
  readonly examples: RejectedRow[] = [];
  readonly #counts = { rows: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, scored: 0 };

  get counts(): Counts {
    return this.#counts;
  }

  get rows(): number {
    return this.#counts.rows;
  }

  /** Returns the rows that were rejected. */
  add(batch: readonly SourceRow[], { outcomes, scored }: Ingested): RejectedRow[] {
    const rejected: RejectedRow[] = [];
    outcomes.forEach((one, place) => {
      this.#counts[one.outcome] += 1;
      if (one.outcome !== 'rejected') return;
      const why = { index: this.#counts.rows + place, ...one.rejection };
      if (this.examples.length < shownRejections) this.examples.push(why);
      const source = batch[place];
      rejected.push(source !== undefined && 'value' in source ? { ...why, row: source.value } : why);
    });
    this.#counts.rows += batch.length;
    this.#counts.scored += scored;
    return rejected;
  }
}

async function commit(
  services: IngestServices,
  orgId: OrgId,
  { kind, dryRun }: ImportJob,
  { batch, seenAt }: { readonly batch: readonly SourceRow[]; readonly seenAt: Date },
): Promise<Ingested> {
  const now = services.now();
  const rows = batch.map((source) => readSource(kind, source, now));
  let told: Ingested | null = null;
  try {
    return await services.database.transaction(orgId, async (tx) => {
      told = await ingestAt(tx, services, now, { kind, rows, seenAt });
      if (dryRun) throw takenBack;
      return told;
    });
  } catch (error) {
    if (error === takenBack && told !== null) return told;
    throw error;
  }
}

const takenBack = new Error('a dry run changes nothing');

async function* batchesOf(rows: AsyncGenerator<SourceRow, void, void>): AsyncGenerator<SourceRow[], void, void> {
  let batch: SourceRow[] = [];
  let size = firstBatchRows;
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
    size = batchRows;
  }
  if (batch.length > 0) yield batch;
}

async function* rowsOf(
  { kind, path, format }: ImportJob,
  texts: AsyncGenerator<string, void, void>,
): AsyncGenerator<SourceRow, void, void> {
  const { beginning, all } = await peek(texts, (text) => text.trim() !== '');
  const readers = { csv: () => readCsv(kind, all), ndjson: () => readNdjson(all), json: () => readDocument(all) };
  yield* readers[format ?? formatOf(path, beginning)]();
}

interface Input {
  chunks(): AsyncGenerator<Uint8Array, void, void>;
  /** How much of it has been read; null where its length is not known. */
  share(): number | null;
  /** Null = it is no file. */
  readonly modifiedAt: Date | null;
}

async function openInput({ path, stdin }: ImportJob): Promise<Input> {
  const file = path === '-' ? null : await statOf(path);
  const size = file?.size ?? null;
  let read = 0;
  return {
    async *chunks() {
      for await (const chunk of path === '-' ? stdin : bytesOf(path)) {
        read += chunk.length;
        yield chunk;
      }
    },
    share: () => (size === null || size === 0 ? null : Math.min(1, read / size)),
    modifiedAt: file?.mtime ?? null,
  };
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw unreadable(`"${path}" cannot be read${reasonOf(error)}.`, 'Let the user of this process read it.');
  }
}

async function statOf(path: string): Promise<Stats> {
  const found = await stat(path).catch(() => null);
  if (found !== null && !found.isDirectory()) return found;
  throw unreadable(`There is no file "${path}".`, 'Give the path of a file, or - for what comes in.');
}
