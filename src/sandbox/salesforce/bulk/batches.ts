import { VendorError } from '../errors.ts';
import { compileSoql } from '../soql/select.ts';
import type { Org } from '../store/org.ts';
import type { WriteContext } from '../write/write.ts';
import { csvLine, parseCsv, PLAIN } from './csv.ts';
import { ingest, unknownColumn, type IngestOperation } from './ingest.ts';
import { bulkPage, bulkRows, checkBulkQuery } from './query-results.ts';
import type { SObject } from '../schema/sobject.ts';

type BatchState = 'Queued' | 'InProgress' | 'Completed' | 'Failed' | 'NotProcessed';

export interface Batch {
  readonly id: string;
  readonly jobId: string;
  readonly body: string;
  readonly createdAt: number;
  /** Names the rows of a query. */
  readonly resultId: string;
  state: BatchState;
  changedAt: number;
  /** Why it failed as a whole. */
  message: string | undefined;
  processed: number;
  failed: number;
  csv: string;
}

interface BatchOrder {
  readonly object: SObject;
  readonly operation: IngestOperation | 'query' | 'queryAll';
  readonly externalId: string | undefined;
}

export interface BatchJob extends BatchOrder {
  readonly id: string;
  readonly context: WriteContext;
  readonly version: string;
  readonly createdAt: number;
  readonly batches: Batch[];
  state: 'Open' | 'Closed' | 'Aborted';
}

interface Done {
  csv: string;
  processed: number;
  failed: number;
}

/** Results in the order of the rows, unlike those of Bulk API 2.0. */
function load({ context, object, operation, externalId }: BatchJob, body: string): Done {
  const [columns = [], ...rows] = parseCsv(body);
  const sheet = { columns, rows };
  const unknown = unknownColumn(context, object, sheet);
  if (unknown !== undefined) throw new Error(`InvalidBatch : Field name not found : ${unknown}`);
  const outcomes = ingest(context, { object, operation: operation as IngestOperation, externalId }, sheet);
  const lines = outcomes.map(({ id, created, error }) =>
    csvLine([error === undefined ? id : '', String(error === undefined), String(created), error ?? '']),
  );
  const failed = outcomes.filter(({ error }) => error !== undefined).length;
  return { csv: csvLine(['Id', 'Success', 'Created', 'Error']) + lines.join(''), processed: rows.length, failed };
}

function read({ context, operation }: BatchJob, soql: string): Done {
  const selection = compileSoql(context, soql);
  checkBulkQuery(selection);
  const rows = bulkRows(context, selection, operation === 'queryAll');
  return { csv: bulkPage(selection, rows, PLAIN), processed: rows.length, failed: 0 };
}

function messageOf(error: unknown): string {
  if (!(error instanceof VendorError) || !Array.isArray(error.body)) return (error as Error).message;
  const [{ errorCode, message }] = error.body as [{ errorCode: string; message: string }];
  return `InvalidBatch : Failed to process query: ${errorCode}: ${message}`;
}

/** Jobs of the older Bulk API, batches of CSV. They move on when somebody looks, as those of 2.0 do. */
export class BatchJobs {
  readonly jobs = new Map<string, BatchJob>();
  private readonly org: Org;

  constructor(org: Org) {
    this.org = org;
  }

  open(context: WriteContext, order: BatchOrder, version: string): BatchJob {
    const createdAt = this.org.stamp();
    const id = this.org.newId('750');
    const job: BatchJob = { ...order, id, context, version, createdAt, batches: [], state: 'Open' };
    this.jobs.set(id, job);
    return job;
  }

  add(job: BatchJob, body: string): Batch {
    const at = this.org.stamp();
    const ids = { id: this.org.newId('751'), jobId: job.id, resultId: this.org.newId('752') };
    const fresh = { message: undefined, processed: 0, failed: 0, csv: '' };
    const batch: Batch = { ...ids, body, createdAt: at, changedAt: at, state: 'Queued', ...fresh };
    job.batches.push(batch);
    return batch;
  }

  look(job: BatchJob, batch: Batch): void {
    if (batch.state === 'Queued') batch.state = job.state === 'Aborted' ? 'NotProcessed' : 'InProgress';
    else if (batch.state === 'InProgress') this.finish(job, batch);
  }

  private finish(job: BatchJob, batch: Batch): void {
    const work = job.operation === 'query' || job.operation === 'queryAll' ? read : load;
    batch.changedAt = this.org.stamp();
    try {
      Object.assign(batch, work(job, batch.body), { state: 'Completed' });
    } catch (error) {
      batch.message = messageOf(error);
      batch.state = 'Failed';
    }
  }
}
