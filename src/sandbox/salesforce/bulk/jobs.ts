import { restError } from '../errors.ts';
import type { Reader } from '../soql/columns.ts';
import type { Selection } from '../soql/select.ts';
import type { Org } from '../store/org.ts';
import type { Row } from '../store/table.ts';
import { DAY, restDateTime } from '../time.ts';
import type { WriteContext } from '../write/write.ts';
import type { CsvFormat } from './csv.ts';
import { runIngest, type IngestResults } from './ingest-results.ts';
import type { IngestOrder } from './ingest.ts';
import { bulkPage, bulkRows } from './query-results.ts';

type JobState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

interface Job {
  readonly id: string;
  readonly operation: string;
  readonly object: string;
  readonly createdById: string;
  readonly createdAt: number;
  readonly apiVersion: number;
  readonly format: CsvFormat;
  state: JobState;
  /** How often it is still seen in progress. */
  polls: number;
  changedAt: number;
  /** A fault: it ends as Failed. */
  doomed: boolean;
}

export interface QueryJob extends Job {
  readonly selection: Selection;
  readonly rows: readonly Row[];
}

export interface IngestJob extends Job {
  readonly order: IngestOrder;
  readonly context: WriteContext;
  csv: string | undefined;
  results: IngestResults | undefined;
}

const KEPT_MS = 7 * DAY;
const DEFAULT_PAGE = 50_000;

interface Start {
  readonly version: string;
  readonly doomed: boolean;
  readonly format: CsvFormat;
}

/** Bulk API 2.0 jobs. They move on when somebody looks, so that a test waits for nothing. */
export class BulkJobs {
  readonly queries = new Map<string, QueryJob>();
  readonly ingests = new Map<string, IngestJob>();
  private readonly org: Org;
  /** How many looks a job is seen in progress. */
  pollsInProgress: number;
  /** Most rows of a result page, whatever is asked for. */
  mostRows: number;

  constructor(org: Org, options: { pollsInProgress: number; mostRows: number }) {
    this.org = org;
    this.pollsInProgress = options.pollsInProgress;
    this.mostRows = options.mostRows;
  }

  startQuery(
    reader: Reader,
    selection: Selection,
    { withHidden, ...start }: Start & { withHidden: boolean },
  ): QueryJob {
    const operation = withHidden ? 'queryAll' : 'query';
    const job: QueryJob = {
      ...this.job(operation, selection.object.name, { ...start, by: reader.userId }),
      state: 'UploadComplete',
      selection,
      // What was so when the job was made; a row's values are replaced on every write.
      rows: bulkRows(reader, selection, withHidden).map((row) => ({ ...row })),
    };
    this.queries.set(job.id, job);
    return job;
  }

  startIngest(context: WriteContext, order: IngestOrder, start: Start): IngestJob {
    const { operation, object } = order;
    const base = this.job(operation, object.name, { ...start, by: context.userId });
    const job: IngestJob = { ...base, order, context, csv: undefined, results: undefined };
    this.ingests.set(job.id, job);
    return job;
  }

  /** Somebody asks how far it is. */
  look(job: QueryJob | IngestJob): void {
    if (job.state === 'UploadComplete') job.state = 'InProgress';
    else if (job.state !== 'InProgress') return;
    job.changedAt = this.org.stamp();
    if (job.polls > 0) {
      job.polls -= 1;
      return;
    }
    if ('order' in job && !job.doomed) job.results = runIngest(job.context, job.order, job.csv ?? '', job.format);
    const failed = job.doomed || ('results' in job && job.results?.error !== undefined);
    job.state = failed ? 'Failed' : 'JobComplete';
  }

  page(
    job: QueryJob,
    { locator, maxRecords }: { locator: string | undefined; maxRecords: number | undefined },
  ): {
    csv: string;
    next: string;
    rows: number;
  } {
    const start = locator === undefined ? 0 : Number(Buffer.from(locator, 'base64url').toString('latin1'));
    if (!Number.isInteger(start) || start < 0 || start > job.rows.length) {
      throw restError(400, 'API_ERROR', `Invalid locator: ${locator ?? ''}`);
    }
    const size = Math.max(1, Math.min(maxRecords ?? DEFAULT_PAGE, this.mostRows));
    const rows = job.rows.slice(start, start + size);
    const end = start + rows.length;
    return {
      csv: bulkPage(job.selection, rows, job.format),
      next: end < job.rows.length ? Buffer.from(String(end)).toString('base64url') : 'null',
      rows: rows.length,
    };
  }

  /** Of a job that is still kept. */
  query(id: string): QueryJob | undefined {
    return this.kept(this.queries.get(id));
  }

  ingest(id: string): IngestJob | undefined {
    return this.kept(this.ingests.get(id));
  }

  private kept<J extends Job>(job: J | undefined): J | undefined {
    return job !== undefined && job.createdAt + KEPT_MS > this.org.now() ? job : undefined;
  }

  private job(operation: string, object: string, { version, doomed, format, by }: Start & { by: string }): Job {
    const createdAt = this.org.stamp();
    return {
      id: this.org.newId('750'),
      operation,
      object,
      createdById: by,
      createdAt,
      apiVersion: Number(version),
      format,
      state: 'Open',
      polls: this.pollsInProgress,
      changedAt: createdAt,
      doomed,
    };
  }
}

/** What the wire knows of any job. */
export function jobHead(job: Job): Record<string, unknown> {
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.createdById,
    createdDate: restDateTime(job.createdAt),
    systemModstamp: restDateTime(job.changedAt),
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: job.apiVersion,
  };
}
