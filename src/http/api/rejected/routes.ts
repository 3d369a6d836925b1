import { Readable } from 'node:stream';
import { type Static, Type } from 'typebox';
import { askRun } from '../../../ask-run.ts';
import { unknownConnection } from '../../../connections/refusals.ts';
import {
  type RejectedEntry,
  rejectedEntries,
  rejectedKinds as readKinds,
  rejectingKind,
  type RejectedQuery,
} from '../../../db/queries/rejected-kinds.ts';
import type { Tx } from '../../../db/tx.ts';
import { AppError } from '../../../model/errors.ts';
import { isRetryable, retryRecord } from '../../../retry-record.ts';
import { callerOf } from '../admit.ts';
import { answered, problems, secured } from '../describe.ts';
import { inOrg, slugForm } from '../forms.ts';
import { pageOf, wholeKey } from '../paging.ts';
import type { Routes } from '../routes.ts';
import type { AskedRun } from '../runs/schemas.ts';
import { exportedLines } from './export.ts';
import { rawValue } from './raw-value.ts';
import { remedyOf } from './remedies.ts';
import {
  exportQuery,
  rejectedKind,
  type RejectedKinds,
  rejectedKinds,
  type RejectedPage,
  rejectedPage,
  rejectedQuery,
  rejectedRecord,
  type RejectedRecord,
} from './schemas.ts';

const path = '/v1/orgs/:org/rejected';
const read = { access: 'read' } as const;
const operate = { access: 'operate' } as const;

/** /api/v1/orgs/ORG/rejected */
export const rejectedRoutes: Routes = (app, { services }) => {
  const { database } = services;
  app.addSchema(rejectedKind);
  app.addSchema(rejectedRecord);
  app.get(path, { config: read, schema: schemas.kinds }, async (request): Promise<RejectedKinds> => {
    const rows = await database.transaction(callerOf(request).orgId, readKinds);
    return { kinds: rows.map((row) => ({ ...row, lastSeenAt: row.lastSeenAt.toISOString(), remedy: remedyOf(row) })) };
  });
  app.get(`${path}/records`, { config: read, schema: schemas.records }, async (request): Promise<RejectedPage> => {
    const { limit = 50, after, ...chosen } = request.query;
    const query = { ...whichOf(chosen), before: wholeKey(after), limit: limit + 1 };
    const { kind, rows } = await database.transaction(callerOf(request).orgId, async (tx) => {
      const kind = await knownKind(tx, query);
      return { kind, rows: await rejectedEntries(tx, query) };
    });
    const { items, next } = pageOf(rows, limit, ({ id }) => String(id));
    const mayRetry = (row: RejectedEntry): boolean =>
      query.of === 'connection' && isRetryable(services.definitions, kind, row);
    return { records: items.map((row) => ({ ...recordOf(row), isRetryable: mayRetry(row) })), next };
  });
  app.get(`${path}/export`, { config: read, schema: schemas.export }, async (request, reply) => {
    const { orgId } = callerOf(request);
    const query = whichOf(request.query);
    await database.transaction(orgId, (tx) => knownKind(tx, query));
    const file = `rejected-${query.name}-${services.now().toISOString().slice(0, 10)}.csv`;
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${file}"`)
      .header('cache-control', 'no-store')
      .send(Readable.from(exportedLines({ database, orgId }, query)));
  });
  app.post(`${path}/records/:id/retry`, { config: operate, schema: schemas.retryOne }, async (request, reply) => {
    const askedAt = services.now().toISOString();
    const connection = await retryRecord(services, callerOf(request), request.params.id);
    return reply.code(202).send({ connection, askedAt } satisfies AskedRun);
  });
  const ofConnection = '/v1/orgs/:org/connections/:connection/rejected/retry';
  app.post(ofConnection, { config: operate, schema: schemas.retry }, async (request, reply) => {
    const { connection } = request.params;
    const askedAt = services.now().toISOString();
    await askRun(services, callerOf(request), { name: connection, wish: 'retry' });
    return reply.code(202).send({ connection, askedAt } satisfies AskedRun);
  });
};

function whichOf({ of = 'connection', ...rest }: Static<typeof exportQuery>): Omit<RejectedQuery, 'before' | 'limit'> {
  return { of, ...rest };
}

/** @throws AppError `connection-unknown`, `source-unknown` (fix-config) */
async function knownKind(tx: Tx, which: Pick<RejectedQuery, 'of' | 'name'>): Promise<string> {
  const kind = await rejectingKind(tx, which);
  if (kind !== null) return kind;
  if (which.of === 'connection') throw unknownConnection(which.name);
  throw new AppError('source-unknown', `There is no source called "${which.name}".`, {
    recovery: 'fix-config',
    remedy: 'Choose one of those that GET rejected names.',
  });
}

function recordOf({ fields, firstSeenAt, lastSeenAt, ...row }: RejectedEntry): Omit<RejectedRecord, 'isRetryable'> {
  return {
    ...row,
    value: rawValue({ ...row, fields }),
    fields,
    firstSeenAt: firstSeenAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
  };
}

const tags = ['runs'];

const schemas = {
  kinds: {
    operationId: 'list-rejected-kinds',
    summary: 'What was rejected, by kind',
    description: 'Open rejections by connection or source, object, stage, code and field; the most frequent first.',
    tags,
    security: secured('read'),
    params: inOrg,
    response: { 200: answered('Kinds, each with its remedy.', rejectedKinds), ...problems(401, 403, 404) },
  },
  records: {
    operationId: 'list-rejected-records',
    summary: 'Rejected records of a connection or a source',
    description: 'The latest first, each with what it held and why it was rejected.',
    tags,
    security: secured('read'),
    params: inOrg,
    querystring: rejectedQuery,
    response: { 200: answered('A page of records.', rejectedPage), ...problems(400, 401, 403, 404) },
  },
  export: {
    operationId: 'export-rejected-records',
    summary: 'Rejected records as a CSV file',
    description: 'At most 100,000. A value that a spreadsheet would run as a formula begins with an apostrophe.',
    tags,
    security: secured('read'),
    params: inOrg,
    querystring: exportQuery,
    response: {
      200: { description: 'A file.', content: { 'text/csv': { schema: Type.Unsafe<Readable>({ type: 'string' }) } } },
      ...problems(400, 401, 403, 404),
    },
  },
  retryOne: {
    operationId: 'retry-rejected-record',
    summary: 'Try one rejected record again',
    description:
      'A worker reads it again with the mapping of today, and lets a write of it that was refused wait for the next push.',
    tags,
    security: secured('operate'),
    params: Type.Object({ org: slugForm, id: Type.Integer({ minimum: 1 }) }),
    response: { 202: answered('It was asked for.', Type.Ref('AskedRun#')), ...problems(400, 401, 403, 404, 409, 503) },
  },
  retry: {
    operationId: 'retry-rejected',
    summary: 'Try what was rejected again',
    description:
      'A worker reads these records again with the mapping of today, and lets refused writes wait for the next push.',
    tags,
    security: secured('operate'),
    params: Type.Object({ org: slugForm, connection: slugForm }),
    response: { 202: answered('It was asked for.', Type.Ref('AskedRun#')), ...problems(401, 403, 404, 409, 503) },
  },
};
