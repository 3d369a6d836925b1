import type { CheckFinding } from '../connector-sdk/connector.ts';
import type { QueueFacts } from '../db/queue-facts.ts';
import { isForsaken, isLate, longestWaitMs, queueRemedy } from '../health/queue-standing.ts';
import { lockKey } from '../db/advisory-lock.ts';
import { ok, span, warning } from './findings.ts';

const daemon = 'leadloop serve';

/** Whether wake-ups are looked at. `hasSchedule`: something is to run by itself. Pure. */
export function queueFindings(queue: QueueFacts | null, hasSchedule: boolean): CheckFinding[] {
  if (queue === null) {
    const message = 'no daemon has run on this database yet';
    return [hasSchedule ? warning('queue', `${message}, and schedules wait for one`, daemon) : ok('queue', message)];
  }
  const { workers, kinds } = queue;
  const failed = kinds.filter((kind) => kind.failed > 0).map((kind) => `${kind.failed} ${kind.kind}`);
  const found: CheckFinding[] = [];
  if (isForsaken(queue) || isLate(queue)) {
    const waiting = kinds.filter((kind) => kind.waiting > 0).map((kind) => `${kind.waiting} ${kind.kind}`);
    const message = `${waiting.join(', ')} wait for a worker, the longest for ${span(longestWaitMs(kinds))}; ${workers} alive`;
    found.push(warning('queue', message, queueRemedy(queue) ?? daemon));
  }
  if (failed.length > 0) {
    const message = `${failed.join(', ')} given up within the hour, after several workers`;
    const remedy =
      'The log of the workers says why (`run failed`). The next tick tries again; at once: leadloop sync NAME';
    found.push(warning('failed wake-ups', message, remedy));
  }
  return found.length > 0
    ? found
    : [ok('queue', `${workers === 1 ? '1 worker' : `${workers} workers`}, nothing waits for long`)];
}

/** Instants of a schedule after another one, in their order. */
export type InstantsAfter = (
  schedule: { readonly expression: string; readonly timeZone: string },
  from: Date,
  count: number,
) => readonly Date[];

/** A connection or a source with its schedule. */
export interface Scheduled {
  readonly type: 'connection' | 'source';
  readonly org: string;
  readonly name: string;
  readonly id: string;
  readonly schedule: string | null;
  readonly timeZone: string;
  readonly pausedReason: string | null;
  readonly lastTickAt: Date | null;
}

export interface SchedulerFacts {
  readonly scheduled: readonly Scheduled[];
  /** Ids of what a scheduler has asked for, and which waits or runs: then it is not the scheduler that is missing. */
  readonly queued: ReadonlySet<string>;
  /** Keys of the locks that are held. */
  readonly held: ReadonlySet<string>;
  readonly now: Date;
}

/** One tick may be on its way, or its run may have begun a moment ago. */
const missedTicks = 2;

/**
 * Whether somebody fires the schedules: what nothing holds has run no tick while its schedule meant two. One that never
 * ran says nothing: its daemon may not have been started yet. Pure.
 */
export function schedulerFindings(
  { scheduled, queued, held, now }: SchedulerFacts,
  after: InstantsAfter,
): CheckFinding[] {
  const silent = scheduled.filter((one) => {
    const { type, id, schedule, timeZone, pausedReason, lastTickAt } = one;
    if (schedule === null || pausedReason !== null || lastTickAt === null) return false;
    if (queued.has(id) || held.has(lockKey(`${type} ${id}`))) return false;
    const last = after({ expression: schedule, timeZone }, lastTickAt, missedTicks)[missedTicks - 1];
    return last !== undefined && last < now;
  });
  const [first] = silent;
  if (first === undefined) return [];
  const others = silent.length === 1 ? '' : ` (and ${silent.length - 1} more)`;
  const since = first.lastTickAt?.toISOString().slice(0, 16).replace('T', ' ');
  const message = `no scheduler seems to run: the last tick of ${first.org}/${first.name}${others} was at ${since} UTC`;
  return [warning('scheduler', message, daemon)];
}
