import { Type } from 'typebox';
import { openConnection, type Session, type SessionServices } from '../../../connection.ts';
import { readRules } from '../../../db/queries/read-rules.ts';
import { listOwners } from '../../../db/queries/waiting-pushes.ts';
import { mqlProfileOf } from '../../../leads/explain.ts';
import { AppError } from '../../../model/errors.ts';
import type { OrgId } from '../../../model/values.ts';
import { planPage as readPlan, summarisePlan } from '../../../plan.ts';
import type { AskRadius } from '../../../push-holds.ts';
import { heldByRadius } from '../../../push/run-push.ts';
import type { PreviewWish, WaitingRecord } from '../../../push/preview.ts';
import { callerOf } from '../admit.ts';
import { answered, problems, secured } from '../describe.ts';
import { keepSlow } from '../keep-slow.ts';
import type { Routes } from '../routes.ts';
import { keyOf, placeAt } from './place.ts';
import {
  inConnection,
  type PlannedWrite,
  type PlanPage,
  planPage,
  plannedRecord,
  planQuery,
  type PushSummary,
  pushSummary,
} from './schemas.ts';

const path = '/v1/orgs/:org/connections/:connection/push';
const read = { access: 'read' } as const;

/** However rare what somebody filters for is, no more waiting records are looked at for one page. */
const mostLooked = 1_000;

/** /api/v1/orgs/ORG/connections/CONNECTION/push: a plan is read, nothing is written. */
export const pushRoutes: Routes = (app, { services }) => {
  app.addSchema(pushSummary);
  app.addSchema(plannedRecord);
  const askRadius = radiusAsker();
  app.get(path, { config: read, schema: schemas.summary }, async (request): Promise<PushSummary> => {
    const { orgId } = callerOf(request);
    const { connection } = request.params;
    const { waiting, holds, problems, fields, ...summary } = await inSession(
      services,
      { orgId, connection },
      (session, signal) => summarisePlan(session, signal, askRadius),
    );
    const { owners, tiers } = await services.database.transaction(orgId, async (tx) => ({
      owners: await listOwners(tx),
      tiers: mqlProfileOf(await readRules(tx)).tiers,
    }));
    return {
      connection,
      ...summary,
      waiting: waiting.reduce((sum, { count }) => sum + count, 0),
      holds: holds.map(({ until, ...hold }) => ({ ...hold, until: until?.toISOString() ?? null })),
      problems: problems.map(({ object, field, code, message, remedy }) => ({ object, field, code, message, remedy })),
      fields: [...fields],
      tiers: tiers.map(({ tier }) => tier),
      owners: [...owners],
    };
  });
  app.get(`${path}/records`, { config: read, schema: schemas.records }, async (request): Promise<PlanPage> => {
    const { limit = 50, after, ...filter } = request.query;
    const wish: PreviewWish = { from: placeAt(after), limit, most: mostLooked, isWanted: wantedBy(filter) };
    const place = { orgId: callerOf(request).orgId, connection: request.params.connection };
    const { records, looked, next } = await inSession(services, place, (session, signal) =>
      readPlan(session, wish, signal),
    );
    const now = services.now();
    return { records: records.map((one) => plannedOf(one, now)), looked, next: next === null ? null : keyOf(next) };
  });
};

/** Counts all that was ever written, where much would change: of a million records that takes longer than anybody waits. */
function radiusAsker(): AskRadius {
  const keep = keepSlow<{ readonly held: AppError | null }>({ times: keptTimes });
  return async ({ database, orgId, connection }) => {
    const key = JSON.stringify([orgId, connection.id, connection.push.blastRadius]);
    const counted = await keep(key, async () => ({ held: await heldByRadius({ database, orgId, connection }) }));
    return counted === null ? 'counting' : counted.held;
  };
}

/** Two seconds of counting are good for twenty: whoever has pushed wants to see it. */
const keptTimes = 10;

/** Somebody waits for the page. */
const timeoutMs = 10_000;

/** What is known of the CRM may be an hour old; where it is not known at all it is asked. */
async function inSession<Answer>(
  services: SessionServices,
  { orgId, connection }: { readonly orgId: OrgId; readonly connection: string },
  work: (session: Session, signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs);
  await using session = await openConnection(services, orgId, connection);
  try {
    return await work(session, signal);
  } catch (error) {
    if (signal.aborted && !(error instanceof AppError)) throw silent(connection);
    throw error;
  }
}

type Filter = Partial<Record<'tier' | 'owner' | 'field', string>>;

function wantedBy({ tier, owner, field }: Filter): PreviewWish['isWanted'] {
  if (tier === undefined && owner === undefined && field === undefined) return null;
  return ({ record, changes }: WaitingRecord) =>
    (tier === undefined || record.tier === tier) &&
    (owner === undefined || record.ownerId === owner) &&
    (field === undefined || changes.some((change) => change.field === field));
}

function plannedOf({ record, changes, held }: WaitingRecord, now: Date): PlannedWrite {
  const { object, externalId, leadId, name, tier, owner, availableAt, lastError } = record;
  return {
    object,
    externalId,
    leadId,
    name,
    tier,
    owner,
    changes: changes.map(({ reason, field, before, after }) => ({
      field,
      before: plain(before),
      after: plain(after),
      why: reason,
    })),
    held: held.map(({ before, after, ...one }) => ({ ...one, before: plain(before), after: plain(after) })),
    notBefore: availableAt > now ? availableAt.toISOString() : null,
    lastError,
  };
}

type Plain = PlannedWrite['changes'][number]['before'];

function plain(value: WaitingRecord['changes'][number]['before']): Plain {
  return Array.isArray(value) ? [...(value as readonly string[])] : (value as Plain);
}

function silent(connection: string): AppError {
  return new AppError('crm-silent', `The CRM of "${connection}" does not answer within ${timeoutMs / 1_000} s.`, {
    recovery: 'retry',
    remedy: 'Look at its status page, and try again in a minute.',
  });
}

const tags = ['runs'];

const schemas = {
  summary: {
    operationId: 'push-summary',
    summary: 'What the next push of a connection comes to',
    description: 'How many records wait, what they cost in API calls, what holds them, and what is left out.',
    tags,
    security: secured('read'),
    params: inConnection,
    response: { 200: answered('The sum.', Type.Ref('PushSummary#')), ...problems(401, 403, 404, 502, 503) },
  },
  records: {
    operationId: 'push-plan',
    summary: 'What the next push of a connection would write',
    description:
      'The dry run of the push itself, the most urgent first: each field as it is in the CRM, as it would be, and why. At most 1,000 waiting records are looked at for a page, so that one with a filter may hold few or none and be followed by another.',
    tags,
    security: secured('read'),
    params: inConnection,
    querystring: planQuery,
    response: { 200: answered('A page of records.', planPage), ...problems(400, 401, 403, 404, 502, 503) },
  },
};
