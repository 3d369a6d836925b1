import { Type } from 'typebox';
import { askRun } from '../../../ask-run.ts';
import { unknownConnection } from '../../../connections/refusals.ts';
import { readHealths } from '../../../db/queries/health.ts';
import { pausesFor, readPauses } from '../../../db/queries/pauses.ts';
import { type DetailedRunRow, readRun, readRuns, type RunPlace, type RunRow } from '../../../db/queries/read-runs.ts';
import { connectionNamed, standingConnections } from '../../../db/queries/standing-connections.ts';
import type { Tx } from '../../../db/tx.ts';
import { whatRuns } from '../../../health/what-runs.ts';
import { AppError } from '../../../model/errors.ts';
import { noCounts } from '../../../model/run.ts';
import type { RunWish } from '../../../scheduler/wakeup.ts';
import { callerOf } from '../admit.ts';
import { answered, problems, secured } from '../describe.ts';
import { inOrg, slugForm } from '../forms.ts';
import { pageOf } from '../paging.ts';
import { invalidQuery } from '../problem.ts';
import type { Routes } from '../routes.ts';
import {
  askedRun,
  type AskedRun,
  type Run,
  run,
  runDetail,
  type RunDetail,
  type RunPage,
  runPage,
  runQuery,
  runWish,
  type RunWishForm,
  standing,
  type Standing,
} from './schemas.ts';

const path = '/v1/orgs/:org/runs';
const read = { access: 'read' } as const;
const operate = { access: 'operate' } as const;

/** /api/v1/orgs/ORG/runs, and how connections stand */
export const runRoutes: Routes = (app, { services }) => {
  app.addSchema(run);
  app.addSchema(runDetail);
  app.addSchema(askedRun);
  app.addSchema(standing);
  app.get(path, { config: read, schema: schemas.list }, async (request): Promise<RunPage> => {
    const { limit = 50, after, connection = null, kind = null, status = null, looks = false } = request.query;
    const rows = await services.database.transaction(callerOf(request).orgId, async (tx) => {
      const connectionId = connection === null ? null : await idOf(tx, connection);
      return readRuns(tx, { connectionId, kind, status, hasLooks: looks, after: placeOf(after), limit: limit + 1 });
    });
    const { items, next } = pageOf(rows, limit, ({ startedAt, id }) => `${startedAt.toISOString()}_${id}`);
    return { runs: items.map(runOf), next };
  });
  app.get(`${path}/:run`, { config: read, schema: schemas.one }, async (request): Promise<RunDetail> => {
    const { run: id } = request.params;
    const row = await services.database.transaction(callerOf(request).orgId, (tx) => readRun(tx, id));
    if (row === null) throw unknownRun();
    return detailOf(row);
  });
  const ofConnection = '/v1/orgs/:org/connections/:connection/runs';
  app.post(ofConnection, { config: operate, schema: schemas.ask }, async (request, reply) => {
    const { connection } = request.params;
    const askedAt = services.now().toISOString();
    await askRun(services, callerOf(request), { name: connection, wish: wishOf(request.body) });
    return reply.code(202).send({ connection, askedAt } satisfies AskedRun);
  });
  app.get('/v1/orgs/:org/standing', { config: read, schema: schemas.standing }, async (request): Promise<Standing> =>
    services.database.transaction(callerOf(request).orgId, (tx) => standingOf(tx, services.now())),
  );
};

async function idOf(tx: Tx, name: string): Promise<string> {
  const id = await connectionNamed(tx, name);
  if (id === null) throw unknownConnection(name);
  return id;
}

const keyPattern = /^(\d{4}-\d\d-\d\dT[\d:.]{8,12}Z)_([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/u;

function placeOf(after: string | undefined): RunPlace | null {
  if (after === undefined) return null;
  const [, startedAt, id] = keyPattern.exec(after) ?? [];
  if (startedAt === undefined || id === undefined)
    throw invalidQuery('after', 'the `next` of the page before, as it is');
  const at = new Date(startedAt);
  if (Number.isNaN(at.getTime())) throw invalidQuery('after', 'the `next` of the page before, as it is');
  return { startedAt: at, id };
}

function runOf({ counts, failure, tickAt, startedAt, heartbeatAt, endedAt, ...row }: RunRow): Run {
  return {
    ...row,
    counts: { ...noCounts, ...counts },
    failure: failure === null ? null : { ...failure, remedy: failure.remedy || remedyOf(failure.code) },
    tickAt: tickAt?.toISOString() ?? null,
    startedAt: startedAt.toISOString(),
    heartbeatAt: heartbeatAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

/** Of a failure that knows none itself. */
function remedyOf(code: string): string {
  return code === 'interrupted'
    ? 'Nothing is lost: the next run goes on from where this one stood.'
    : 'Check the connection; if that finds nothing, run it again.';
}

function detailOf({ detail, ...row }: DetailedRunRow): RunDetail {
  const { lanes = [], problems = [], paused = null } = detail;
  return { ...runOf(row), lanes: [...lanes], problems: [...problems], paused };
}

function wishOf({ full = false, pullOnly = false }: RunWishForm): RunWish {
  if (full) return pullOnly ? 'full-pull' : 'full';
  return pullOnly ? 'pull' : 'sync';
}

async function standingOf(tx: Tx, now: Date): Promise<Standing> {
  const pauses = await readPauses(tx);
  const healths = new Map((await readHealths(tx, 'connection')).map((health) => [health.id, health]));
  const connections = (await standingConnections(tx)).map(({ id, ...connection }) => {
    const own = pausesFor(pauses, { connectionId: id, sourceId: null });
    const { pull, push, reason, until } = whatRuns(own, healths.get(id) ?? null, now);
    const told = own.map(({ of, direction, reason: why, since }) => ({
      of,
      direction,
      reason: why,
      since: since.toISOString(),
    }));
    return { ...connection, pulls: pull, pushes: push, reason, until: until?.toISOString() ?? null, pauses: told };
  });
  return { connections };
}

function unknownRun(): AppError {
  return new AppError('run-unknown', 'There is no such run, or it has been forgotten.', {
    recovery: 'fix-config',
    remedy: 'Look at the list of runs; looks and answers to hints are kept for a week.',
  });
}

const tags = ['runs'];

const schemas = {
  list: {
    operationId: 'list-runs',
    summary: 'Runs, the newest first',
    tags,
    security: secured('read'),
    params: inOrg,
    querystring: runQuery,
    response: { 200: answered('A page of runs.', runPage), ...problems(400, 401, 403, 404) },
  },
  one: {
    operationId: 'read-run',
    summary: 'One run',
    description: 'Of one that is under way, as far as it has come: it tells so each second.',
    tags,
    security: secured('read'),
    params: Type.Object({ org: slugForm, run: Type.String({ format: 'uuid' }) }),
    response: { 200: answered('The run.', Type.Ref('RunDetail#')), ...problems(400, 401, 403, 404) },
  },
  ask: {
    operationId: 'ask-run',
    summary: 'Run a connection now',
    description: 'A worker begins as soon as one is free; the list of runs shows it then.',
    tags,
    security: secured('operate'),
    params: Type.Object({ org: slugForm, connection: slugForm }),
    body: runWish,
    response: {
      202: answered('It was asked for.', Type.Ref('AskedRun#')),
      ...problems(400, 401, 403, 404, 409, 503),
    },
  },
  standing: {
    operationId: 'standing',
    summary: 'What runs, and what does not',
    description: 'Every connection with what people have paused, what it waits for, and the run that is under way.',
    tags,
    security: secured('read'),
    params: inOrg,
    response: { 200: answered('How connections stand.', Type.Ref('Standing#')), ...problems(401, 403, 404) },
  },
};
