import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { restError } from '../errors.ts';
import { parameter } from '../input.ts';
import { DAY, MINUTE, parseDateTime, restDateTime } from '../time.ts';
import { DATA, objectParam } from './context.ts';

const UPDATED_REACH_MS = 30 * DAY;
const DELETED_REACH_MS = 15 * DAY;

function minute(ms: number): number {
  return Math.floor(ms / MINUTE) * MINUTE;
}

function instant(request: FastifyRequest, name: string): number {
  // A + that was not encoded in the URL has become a blank.
  const ms = parseDateTime((parameter(request, name) ?? '').replace(' ', '+'));
  if (ms === undefined) throw restError(400, 'INVALID_FIELD', `${name} is not a valid dateTime`);
  // Seconds do not count.
  return minute(ms);
}

function span(core: Core, request: FastifyRequest, reachMs: number): { start: number; end: number } {
  const start = instant(request, 'start');
  const end = instant(request, 'end');
  if (end - start < MINUTE) {
    throw restError(400, 'INVALID_REPLICATION_DATE', 'startDate must be at least one minute before endDate');
  }
  if (start < core.clock.now() - reachMs) {
    throw restError(400, 'INVALID_REPLICATION_DATE', `startDate cannot be more than ${reachMs / DAY} days ago`);
  }
  return { start, end };
}

/** Never later than the start of a transaction that is still open, and never in the future. */
function covered({ world, clock }: Core, end: number): string {
  return restDateTime(minute(Math.min(end, clock.now(), world.transactions.oldest())));
}

export function replicationRoutes(app: FastifyInstance, core: Core): void {
  app.get(`${DATA}/sobjects/:object/updated`, (request) => {
    const object = objectParam(core, request);
    if (!object.flags.replicateable) throw restError(400, 'INVALID_TYPE_FOR_OPERATION', 'not replicateable');
    const { start, end } = span(core, request, UPDATED_REACH_MS);
    const ids: string[] = [];
    for (const row of core.world.org.table(object).all()) {
      const stamp = Number(row.values['SystemModstamp']);
      if (row.deletedAt === undefined && stamp >= start && stamp <= end) ids.push(row.id);
    }
    return { ids, latestDateCovered: covered(core, end) };
  });
  app.get(`${DATA}/sobjects/:object/deleted`, (request) => {
    const object = objectParam(core, request);
    if (!object.flags.replicateable) throw restError(400, 'INVALID_TYPE_FOR_OPERATION', 'not replicateable');
    const { start, end } = span(core, request, DELETED_REACH_MS);
    const { org } = core.world;
    const gone = org.deletions.filter(({ object: of, at, id }) => {
      return of === object.name && at >= start && at <= end && org.find(id)?.values['IsDeleted'] !== false;
    });
    return {
      deletedRecords: gone.map(({ id, at }) => ({ id, deletedDate: restDateTime(Math.floor(at / 1_000) * 1_000) })),
      earliestDateAvailable: restDateTime(minute(core.clock.now() - DELETED_REACH_MS)),
      latestDateCovered: covered(core, end),
    };
  });
}
