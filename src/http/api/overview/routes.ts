import { Type } from 'typebox';
import { countedUpTo } from '../../../db/queries/bounded-count.ts';
import type { StatusRun } from '../../../db/queries/read-status.ts';
import type { ConnectionStatus, QuotaStatus, SourceStatus } from '../../../health/status-report.ts';
import { countOrg, type OrgCounts, type OrgOverview, readOverview, withToday } from '../../../leads/read-overview.ts';
import { callerOf } from '../admit.ts';
import { answered, problems, secured } from '../describe.ts';
import { inOrg } from '../forms.ts';
import { keepSlow } from '../keep-slow.ts';
import type { Routes } from '../routes.ts';
import { told } from '../told.ts';
import { type OverviewAnswer, overviewAnswer, type OverviewConnection, type OverviewSource } from './schemas.ts';

/** /api/v1/orgs/ORG/overview */
export const overviewRoutes: Routes = (app, { services: { database, now } }) => {
  app.addSchema(overviewAnswer);
  const countsOf = keepSlow<OrgCounts>({ times: keptTimes });
  app.get('/v1/orgs/:org/overview', { config: { access: 'read' }, schema }, async (request) => {
    const { orgId } = callerOf(request);
    // First, so that it has the database for itself.
    const overview = await database.transaction(orgId, (tx) => readOverview(tx, now()));
    const count = () => database.transaction(orgId, (tx) => countOrg(tx, now()));
    return answerOf(overview, await countsOf(orgId, count));
  });
};

/** Whoever leaves the page open costs the database a hundredth of its time. */
const keptTimes = 100;

function answerOf({ status, days }: OrgOverview, counts: OrgCounts | null): OverviewAnswer {
  return told({
    connections: status.connections.map(connectionOf),
    sources: status.sources.map(sourceOf),
    unsentAlerts: status.alerts,
    counts: counts === null ? null : countsAnswer(counts),
    days: counts === null ? days : withToday(days, counts),
  });
}

function countsAnswer({ at, mix: { statuses, tiers }, productTiers }: OrgCounts) {
  return { countedAt: at, statuses, tiers, productTiers };
}

function connectionOf(connection: ConnectionStatus): OverviewConnection {
  const { name, kind, schedule, pushMode, waiting, dead, rejected } = connection;
  return told({
    name,
    kind,
    schedule,
    pushMode,
    ...fares(connection),
    waiting,
    refused: dead,
    rejected,
    countedUpTo,
    quota: quotaOf(connection.quota),
    freshness: connection.freshness,
  });
}

function healthOf({ lastSuccessAt: _told, ...health }: NonNullable<ConnectionStatus['health']>) {
  return health;
}

function sourceOf({ name, kind, rejected, ...source }: SourceStatus): OverviewSource {
  return told({ name, kind, ...fares(source), rejected, countedUpTo });
}

/** What is told of a connection and of a source alike. */
function fares({ health, runs, lastRun, lastSuccessAt, nextRunAt }: Omit<SourceStatus, 'name' | 'kind' | 'rejected'>) {
  return {
    health: health === null ? null : healthOf(health),
    runs,
    lastRun: runOf(lastRun),
    lastSuccessAt,
    nextRunAt,
  };
}

function runOf(run: StatusRun | null) {
  if (run === null) return null;
  const { id, kind, status, startedAt, endedAt, failure, counts } = run;
  const { pulled = 0, scored = 0, pushed = 0 } = counts;
  return {
    id,
    kind,
    status,
    read: pulled,
    scored,
    written: pushed,
    startedAt,
    endedAt,
    failure: failure === null ? null : { code: failure.code, message: failure.message, remedy: failure.remedy ?? null },
  };
}

/** Null = no call was ever made. */
function quotaOf(quota: QuotaStatus | null) {
  if (quota === null || quota.pool === null) return null;
  const { used, share, left, resetAt } = quota.pool;
  return { used, share, left, resetAt, waits: quota.waits, remedy: quota.remedy };
}

const schema = {
  operationId: 'overview',
  summary: 'How everything stands',
  description: 'Connections, the funnel, and the mix of tiers by day; from what we hold.',
  tags: ['read'],
  security: secured('read'),
  params: inOrg,
  response: { 200: answered('The overview.', Type.Ref('Overview#')), ...problems(401, 403, 404) },
};
