import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Batch, BatchJob } from '../bulk/batches.ts';
import type { Core } from '../core.ts';
import { VendorError } from '../errors.ts';
import { header, param } from '../input.ts';
import { bulkDateTime } from '../time.ts';
import { bulkWriterOf, version } from './context.ts';

const NAMESPACE = 'http://www.force.com/2009/06/asyncapi/dataload';
const OPERATIONS = ['insert', 'update', 'upsert', 'delete', 'query', 'queryAll'] as const;

/** Of one element, so much that this API needs. */
function element(name: string, body: string, attributes = ''): string {
  return `<${name}${attributes}>${body}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function document(name: string, children: readonly (readonly [string, string | number])[]): string {
  const body = children.map(([child, value]) => `\n ${element(child, escaped(String(value)))}`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>${element(name, `${body}\n`, `\n   xmlns="${NAMESPACE}"`)}`;
}

function childOf(xml: unknown, name: string): string | undefined {
  return typeof xml === 'string' ? new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] : undefined;
}

function refused(code: string, message: string): VendorError {
  const body = document('error', [
    ['exceptionCode', code],
    ['exceptionMessage', message],
  ]);
  return new VendorError(400, body, { 'content-type': 'application/xml' });
}

function times(batch: Batch): readonly (readonly [string, string | number])[] {
  return [
    ['createdDate', bulkDateTime(batch.createdAt)],
    ['systemModstamp', bulkDateTime(batch.changedAt)],
    ['numberRecordsProcessed', batch.processed],
    ['numberRecordsFailed', batch.failed],
    ['totalProcessingTime', 0],
    ['apiActiveProcessingTime', 0],
    ['apexProcessingTime', 0],
  ];
}

function batchInfo(batch: Batch): string {
  const message = batch.message === undefined ? [] : [['stateMessage', batch.message] as const];
  const head = [['id', batch.id] as const, ['jobId', batch.jobId] as const, ['state', batch.state] as const];
  return document('batchInfo', [...head, ...message, ...times(batch)]);
}

function jobInfo(job: BatchJob): string {
  const { batches } = job;
  const count = (state: Batch['state']): number => batches.filter((batch) => batch.state === state).length;
  const sum = (of: 'processed' | 'failed'): number => batches.reduce((total, batch) => total + batch[of], 0);
  const key = job.externalId === undefined ? [] : [['externalIdFieldName', job.externalId] as const];
  return document('jobInfo', [
    ['id', job.id],
    ['operation', job.operation],
    ['object', job.object.name],
    ['createdById', job.context.userId],
    ['createdDate', bulkDateTime(job.createdAt)],
    ['systemModstamp', bulkDateTime(job.createdAt)],
    ['state', job.state],
    ...key,
    ['concurrencyMode', 'Parallel'],
    ['contentType', 'CSV'],
    ['numberBatchesQueued', count('Queued')],
    ['numberBatchesInProgress', count('InProgress')],
    ['numberBatchesCompleted', count('Completed')],
    ['numberBatchesFailed', count('Failed')],
    ['numberBatchesTotal', batches.length],
    ['numberRecordsProcessed', sum('processed')],
    ['numberRetries', 0],
    ['apiVersion', job.version],
    ['numberRecordsFailed', sum('failed')],
    ['totalProcessingTime', 0],
    ['apiActiveProcessingTime', 0],
    ['apexProcessingTime', 0],
  ]);
}

function openJob(core: Core, request: FastifyRequest): BatchJob {
  const wanted = childOf(request.body, 'operation');
  const operation = OPERATIONS.find((one) => one === wanted);
  const object = core.world.org.object(childOf(request.body, 'object') ?? '');
  if (operation === undefined) throw refused('InvalidJob', `Operation not supported: ${String(wanted)}`);
  if (object === undefined) throw refused('InvalidJob', 'Unable to find object');
  if ((childOf(request.body, 'contentType') ?? 'CSV') !== 'CSV')
    throw refused('InvalidJob', 'the sandbox takes CSV only');
  const context = bulkWriterOf(core, childOf(request.body, 'assignmentRuleId'));
  const externalId = childOf(request.body, 'externalIdFieldName');
  return core.world.batches.open(context, { object, operation, externalId }, version(request));
}

function jobOf(core: Core, request: FastifyRequest): BatchJob {
  const job = core.world.batches.jobs.get(param(request, 'id'));
  if (job === undefined) throw refused('InvalidJob', 'Unable to find job');
  return job;
}

function batchOf(core: Core, request: FastifyRequest): Batch {
  const batch = jobOf(core, request).batches.find(({ id }) => id === param(request, 'batch'));
  if (batch === undefined) throw refused('InvalidBatch', 'Unable to find batch');
  return batch;
}

function addBatch(core: Core, request: FastifyRequest): Batch {
  const job = jobOf(core, request);
  if (job.state !== 'Open') throw refused('InvalidJobState', `Unable to add batch to job in state ${job.state}`);
  const body = typeof request.body === 'string' ? request.body : '';
  if (body.trim() === '') throw refused('ClientInputError', 'Failed to read the batch: it is empty');
  return core.world.batches.add(job, body);
}

function result(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const job = jobOf(core, request);
  const batch = batchOf(core, request);
  if (batch.state !== 'Completed') throw refused('InvalidBatch', 'Batch not completed');
  if (job.operation !== 'query' && job.operation !== 'queryAll') return reply.type('text/csv').send(batch.csv);
  return reply.type('application/xml').send(document('result-list', [['result', batch.resultId]]));
}

/** The session comes in a header of its own, and its end is a 400. */
function admit(core: Core, request: FastifyRequest): void {
  if (core.auth.find(`Bearer ${header(request, 'x-sfdc-session') ?? ''}`) === undefined) {
    throw refused('InvalidSessionId', 'Invalid session id');
  }
  core.usage.take();
}

/** Bulk API, the older one: jobs of batches, XML around CSV. */
export function bulkBatchRoutes(app: FastifyInstance, core: Core): void {
  const base = '/services/async/:version/job';
  const route = (
    method: 'GET' | 'POST',
    path: string,
    answer: (request: FastifyRequest, reply: FastifyReply) => unknown,
  ): void => {
    app.route({
      method,
      url: base + path,
      preHandler: (request, _reply, done) => {
        admit(core, request);
        done();
      },
      handler: (request, reply) => {
        void reply.type('application/xml');
        return answer(request, reply);
      },
    });
  };
  route('POST', '', (request, reply) => reply.code(201).send(jobInfo(openJob(core, request))));
  route('GET', '/:id', (request) => jobInfo(jobOf(core, request)));
  route('POST', '/:id', (request) => {
    const job = jobOf(core, request);
    job.state = childOf(request.body, 'state') === 'Aborted' ? 'Aborted' : 'Closed';
    return jobInfo(job);
  });
  route('POST', '/:id/batch', (request, reply) => reply.code(201).send(batchInfo(addBatch(core, request))));
  route('GET', '/:id/batch/:batch', (request) => {
    const batch = batchOf(core, request);
    core.world.batches.look(jobOf(core, request), batch);
    return batchInfo(batch);
  });
  route('GET', '/:id/batch/:batch/result', (request, reply) => result(core, request, reply));
  route('GET', '/:id/batch/:batch/result/:result', (request, reply) =>
    reply.type('text/csv').send(batchOf(core, request).csv),
  );
}
