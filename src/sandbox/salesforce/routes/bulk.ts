import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { csvFormat, type CsvFormat } from '../bulk/csv.ts';
import { jobHead, type IngestJob, type QueryJob } from '../bulk/jobs.ts';
import { checkBulkQuery } from '../bulk/query-results.ts';
import type { IngestOperation } from '../bulk/ingest.ts';
import type { Core } from '../core.ts';
import { notFound, restError, VendorError } from '../errors.ts';
import { bodyObject, param, parameter, textOf, type JsonObject } from '../input.ts';
import { struckBy } from '../pipeline.ts';
import { compileSoql, type Selection } from '../soql/select.ts';
import { bulkWriterOf, DATA, readerOf, version } from './context.ts';

const OPERATIONS = ['insert', 'update', 'upsert', 'delete'];

type Wire = Record<string, unknown>;

function tempo(job: QueryJob | IngestJob): Wire {
  return { retries: 0, totalProcessingTime: job.state === 'JobComplete' ? 133 : 0 };
}

function queryStatus(job: QueryJob): Wire {
  const processed = job.state === 'JobComplete' ? job.rows.length : 0;
  return { ...jobHead(job), jobType: 'V2Query', ...job.format, numberRecordsProcessed: processed, ...tempo(job) };
}

function ingestHead(job: IngestJob): Wire {
  const { externalId } = job.order;
  return { ...jobHead(job), ...(externalId === undefined ? {} : { externalIdFieldName: externalId }) };
}

function ingestStatus(job: IngestJob): Wire {
  const { results } = job;
  return {
    ...ingestHead(job),
    jobType: 'V2Ingest',
    ...job.format,
    numberRecordsProcessed: results?.processed ?? 0,
    numberRecordsFailed: results?.failures ?? 0,
    ...tempo(job),
    apiActiveProcessingTime: 0,
    apexProcessingTime: 0,
    ...(results?.error === undefined ? {} : { errorMessage: results.error }),
  };
}

function formatOf(body: JsonObject): CsvFormat {
  const format = csvFormat(body);
  if (format === undefined) throw restError(400, 'INVALIDJOB', 'Invalid columnDelimiter or lineEnding');
  return format;
}

/** Errors of a statement are wrapped: the code of the query stands in the message. */
function selectionOf(core: Core, soql: string): Selection {
  try {
    return compileSoql(readerOf(core), soql);
  } catch (error) {
    const [first] = error instanceof VendorError && Array.isArray(error.body) ? (error.body as Wire[]) : [];
    if (first === undefined) throw error;
    throw restError(400, 'API_ERROR', `${String(first['errorCode'])}: ${String(first['message'])}`);
  }
}

function startQuery(core: Core, request: FastifyRequest): Wire {
  const { operation, query } = bodyObject(request);
  if (operation !== 'query' && operation !== 'queryAll') {
    throw restError(400, 'INVALIDJOB', `Operation not supported: ${String(operation)}`);
  }
  const selection = selectionOf(core, textOf(query) ?? '');
  checkBulkQuery(selection);
  core.usage.takeBulkJob();
  const job = core.world.jobs.startQuery(readerOf(core), selection, {
    version: version(request),
    format: formatOf(bodyObject(request)),
    withHidden: operation === 'queryAll',
    doomed: struckBy(request, 'bulk-job-fails') !== undefined,
  });
  return { ...jobHead(job), ...job.format };
}

/** Results belong to the API version of the job. */
function finishedQuery(core: Core, request: FastifyRequest): QueryJob {
  const job = core.world.jobs.query(param(request, 'id'));
  if (job === undefined) throw notFound();
  if (job.apiVersion !== Number(version(request))) {
    throw restError(409, 'API_ERROR', 'The job was created with another API version');
  }
  if (job.state !== 'JobComplete') throw restError(400, 'INVALIDJOBSTATE', `The job is in state ${job.state}`);
  return job;
}

function results(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const maxRecords = parameter(request, 'maxRecords');
  const page = core.world.jobs.page(finishedQuery(core, request), {
    locator: parameter(request, 'locator'),
    maxRecords: maxRecords === undefined ? undefined : Number(maxRecords),
  });
  void reply.headers({ 'Sforce-Locator': page.next, 'Sforce-NumberOfRecords': page.rows });
  return reply.type('text/csv').send(page.csv);
}

/** Up to five addresses to be read side by side. */
function resultPages(core: Core, request: FastifyRequest): Wire {
  const job = finishedQuery(core, request);
  const base = `/services/data/v${version(request)}/jobs/query/${job.id}`;
  const size = core.world.jobs.mostRows;
  const starts = Array.from({ length: Math.ceil(job.rows.length / size) }, (_, at) => at * size);
  const locator = (start: number): string => Buffer.from(String(start)).toString('base64url');
  const from = Number(parameter(request, 'page') ?? 0);
  const shown = starts.slice(from, from + 5);
  const done = from + 5 >= starts.length;
  return {
    resultPages: shown.map((start) => ({ resultUrl: `${base}/results?locator=${locator(start)}` })),
    done,
    ...(done ? {} : { nextRecordsUrl: `${base}/resultPages?page=${from + 5}` }),
  };
}

function queryRoutes(app: FastifyInstance, core: Core): void {
  const base = `${DATA}/jobs/query`;
  const job = (request: FastifyRequest): QueryJob => {
    const found = core.world.jobs.query(param(request, 'id'));
    if (found === undefined) throw notFound();
    return found;
  };
  app.post(base, (request) => startQuery(core, request));
  app.get(base, () => ({
    done: true,
    nextRecordsUrl: null,
    records: [...core.world.jobs.queries.values()].map(jobHead),
  }));
  app.get(`${base}/:id`, (request) => {
    core.world.jobs.look(job(request));
    return queryStatus(job(request));
  });
  app.patch(`${base}/:id`, (request) => {
    job(request).state = 'Aborted';
    return { ...jobHead(job(request)), ...job(request).format };
  });
  app.delete(`${base}/:id`, (request, reply) => {
    core.world.jobs.queries.delete(job(request).id);
    return reply.code(204).send();
  });
  app.get(`${base}/:id/results`, (request, reply) => results(core, request, reply));
  app.get(`${base}/:id/resultPages`, (request) => resultPages(core, request));
}

function startIngest(core: Core, request: FastifyRequest): Wire {
  const body = bodyObject(request);
  const object = core.world.org.object(textOf(body['object']) ?? '');
  const operation = textOf(body['operation']) ?? '';
  if (object === undefined) {
    throw restError(400, 'INVALIDENTITY', `Entity '${String(body['object'])}' is not supported by the Bulk API`);
  }
  if (!OPERATIONS.includes(operation)) throw restError(400, 'INVALIDJOB', `Operation not supported: ${operation}`);
  const externalId = textOf(body['externalIdFieldName']);
  const order = { object, operation: operation as IngestOperation, externalId };
  const job = core.world.jobs.startIngest(bulkWriterOf(core, body['assignmentRuleId']), order, {
    version: version(request),
    format: formatOf(body),
    doomed: struckBy(request, 'bulk-job-fails') !== undefined,
  });
  const contentUrl = `services/data/v${version(request)}/jobs/ingest/${job.id}/batches`;
  return { ...ingestHead(job), contentUrl, ...job.format };
}

function closeIngest(job: IngestJob, state: unknown): Wire {
  if (state !== 'UploadComplete' && state !== 'Aborted')
    throw restError(400, 'INVALIDJOBSTATE', `Invalid state: ${String(state)}`);
  if (job.state !== 'Open') throw restError(400, 'INVALIDJOBSTATE', `The job is in state ${job.state}`);
  job.state = state;
  return ingestHead(job);
}

function uploadIngest(job: IngestJob, csv: unknown): void {
  if (job.state !== 'Open' || job.csv !== undefined) {
    throw restError(400, 'INVALIDJOBSTATE', 'Found multiple contents for job: a job takes one upload');
  }
  if (typeof csv !== 'string') throw restError(400, 'INVALIDREQUEST', 'text/csv expected');
  job.csv = csv;
}

function ingestRoutes(app: FastifyInstance, core: Core): void {
  const base = `${DATA}/jobs/ingest`;
  const job = (request: FastifyRequest): IngestJob => {
    const found = core.world.jobs.ingest(param(request, 'id'));
    if (found === undefined) throw notFound();
    return found;
  };
  app.post(base, (request) => startIngest(core, request));
  app.put(`${base}/:id/batches`, (request, reply) => {
    uploadIngest(job(request), request.body);
    return reply.code(201).send();
  });
  app.patch(`${base}/:id`, (request) => closeIngest(job(request), bodyObject(request)['state']));
  app.get(`${base}/:id`, (request) => {
    core.world.jobs.look(job(request));
    return ingestStatus(job(request));
  });
  app.delete(`${base}/:id`, (request, reply) => {
    core.world.jobs.ingests.delete(job(request).id);
    return reply.code(204).send();
  });
  const kinds = {
    successfulResults: 'successful',
    failedResults: 'failed',
    unprocessedrecords: 'unprocessed',
    unprocessedRecords: 'unprocessed',
  } as const;
  for (const [path, kind] of Object.entries(kinds)) {
    app.get(`${base}/:id/${path}`, (request, reply) => {
      const { results, csv } = job(request);
      // A job that died without being begun leaves its whole upload unprocessed.
      const text = results?.[kind] ?? (kind === 'unprocessed' ? (csv ?? '') : '');
      return reply.type('text/csv').send(text);
    });
  }
}

export function bulkRoutes(app: FastifyInstance, core: Core): void {
  queryRoutes(app, core);
  ingestRoutes(app, core);
}
