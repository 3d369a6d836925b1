import { ConnectorError, ProtocolError, type ConnectorContext } from 'leadloop/connector-sdk';
import type { Answer, SalesforceClient } from '../client.ts';
import { BrokenResultsError } from './csv.ts';
import { bulkPageSize, firstLookMs, jobPatienceMs, longestLookMs, tidyMs } from '../limits.ts';
import type { WireJob } from '../wire.ts';

// Jobs of Bulk API 2.0: one function for each endpoint, and the wait for a job's end. `query` reads, `ingest` writes.

type Direction = 'query' | 'ingest';

type Table = AsyncIterable<Uint8Array>;

/** Begins to read what a statement finds, archived activities among it. Neither ORDER BY nor LIMIT: Salesforce reads in parts. */
export function startQuery(client: SalesforceClient, query: string, signal: AbortSignal): Promise<WireJob> {
  const body = { operation: 'queryAll', query, contentType: 'CSV', columnDelimiter: 'COMMA', lineEnding: 'LF' };
  return start(client, 'query', { body, signal });
}

/** Opens a job that updates records of one object; it runs once it is closed. */
export function startUpdate(client: SalesforceClient, object: string, signal: AbortSignal): Promise<WireJob> {
  const body = { object, operation: 'update', contentType: 'CSV', columnDelimiter: 'COMMA', lineEnding: 'LF' };
  return start(client, 'ingest', { body, signal });
}

async function start(
  client: SalesforceClient,
  direction: Direction,
  { body, signal }: { readonly body: unknown; readonly signal: AbortSignal },
): Promise<WireJob> {
  const answer = await client.send<WireJob | null>({ method: 'POST', path: `/jobs/${direction}`, body }, signal);
  return checked(answer.body, `POST /jobs/${direction}`);
}

/** A job takes one upload. */
export async function upload(
  client: SalesforceClient,
  { id, csv }: { readonly id: string; readonly csv: string },
  signal: AbortSignal,
): Promise<void> {
  await client.send({ method: 'PUT', path: `/jobs/ingest/${id}/batches`, csv }, signal);
}

/** Lets a job run. */
export async function closeUpload(client: SalesforceClient, id: string, signal: AbortSignal): Promise<void> {
  await client.send({ method: 'PATCH', path: `/jobs/ingest/${id}`, body: { state: 'UploadComplete' } }, signal);
}

/** A page of what a query has found; null = the first. To be used within `patiently`. */
export function openPage(
  client: SalesforceClient,
  { id, locator }: { readonly id: string; readonly locator: string | null },
  signal: AbortSignal,
): Promise<Answer<Table>> {
  const from = locator === null ? '' : `&locator=${encodeURIComponent(locator)}`;
  return openTable(client, `/jobs/query/${id}/results?maxRecords=${bulkPageSize}${from}`, signal);
}

export interface Results {
  readonly id: string;
  readonly kind: 'successfulResults' | 'failedResults';
}

/** What became of the rows of an upload. To be used within `patiently`. */
export function openOutcomes(
  client: SalesforceClient,
  { id, kind }: Results,
  signal: AbortSignal,
): Promise<Answer<Table>> {
  return openTable(client, `/jobs/ingest/${id}/${kind}/`, signal);
}

function openTable(client: SalesforceClient, path: string, signal: AbortSignal): Promise<Answer<Table>> {
  return client.open({ method: 'GET', path, headers: { Accept: 'text/csv' } }, signal);
}

interface Wait {
  readonly client: SalesforceClient;
  readonly context: Pick<ConnectorContext<unknown, unknown>, 'now' | 'sleep'>;
}

/** Looks at a job, ever more rarely, until it has ended, however that was. Null = it takes too long. */
export async function ended(
  { client, context }: Wait,
  { direction, id }: { readonly direction: Direction; readonly id: string },
  signal: AbortSignal,
): Promise<WireJob | null> {
  const path = `/jobs/${direction}/${id}`;
  const until = context.now().getTime() + jobPatienceMs;
  for (let pauseMs = firstLookMs; context.now().getTime() < until; pauseMs = Math.min(2 * pauseMs, longestLookMs)) {
    await context.sleep(pauseMs, signal);
    const { body } = await client.send<WireJob | null>({ method: 'GET', path }, signal);
    const job = checked(body, `GET /jobs/${direction}/{id}`);
    if (['JobComplete', 'Failed', 'Aborted'].includes(job.state)) return job;
  }
  return null;
}

/** As far as it can be done soon: what was written stays written. */
export async function abortJob(client: SalesforceClient, direction: Direction, id: string): Promise<void> {
  await tidily((soon) =>
    client.send({ method: 'PATCH', path: `/jobs/${direction}/${id}`, body: { state: 'Aborted' } }, soon),
  );
}

/** As far as it can be done soon: Salesforce drops a job by itself after seven days (docs, Bulk API 2.0 limits). */
export async function deleteQuery(client: SalesforceClient, id: string, signal: AbortSignal): Promise<void> {
  await tidily((soon) => client.send({ method: 'DELETE', path: `/jobs/query/${id}` }, AbortSignal.any([soon, signal])));
}

async function tidily(work: (soon: AbortSignal) => Promise<unknown>): Promise<void> {
  await work(AbortSignal.timeout(tidyMs)).catch(() => undefined);
}

/**
 * Is this Bulk's own failure, so that REST may do better? No: what a retry or another token may cure, and what the day's
 * calls forbid, for REST would meet it too.
 */
export function isBulkFailure(error: unknown): error is ConnectorError {
  if (error instanceof BrokenResultsError) return true;
  return error instanceof ConnectorError && (error.recovery === 'fix-config' || error.recovery === 'report-bug');
}

function checked(job: WireJob | null, what: string): WireJob {
  if (typeof job?.id !== 'string' || typeof job.state !== 'string') {
    throw new ProtocolError(`Salesforce answered ${what} without a job.`);
  }
  return job;
}
