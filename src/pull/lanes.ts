/** PURE. Which lanes of an object a sync pulls, and from where. */
import type { ObjectCapability } from '../connector-sdk/connector.ts';
import type { CursorPosition } from '../db/queries/advance-cursor.ts';
import type { Lane } from '../model/run.ts';

export interface LanePlan {
  readonly lane: Lane;
  /** resume: from the stored cursor. restart: a new pass from the beginning. */
  readonly start: 'resume' | 'restart';
}

/** Hours between full passes, where the connection does not say. */
export const defaultFullPassHours = 24;

export interface LaneClock {
  readonly now: Date;
  /** A new full pass begins so long after the last one ended: it finds what no stamp shows. */
  readonly fullPassHours: number;
  readonly forceFull: boolean;
  /** A pass that reads with another mapping asks for other fields, and starts anew. */
  readonly mappingVersion: number;
}

/**
 * The first pass of an object stands alone: what changes while it runs is found by the next sync, whose live and settled
 * lanes start before the pass began. Afterwards every sync pulls live and settled, and now and then a full pass with the
 * archive: calculated fields, associations and deletions do not move the modified stamp.
 *
 * A lane that was interrupted goes on where it stood. The archive is opened together with the pass that it belongs to and
 * ends when the missing records have been accounted for, so nothing of a pass is forgotten.
 */
export function lanesDue(
  capability: ObjectCapability,
  positions: ReadonlyMap<Lane, CursorPosition>,
  clock: LaneClock,
): LanePlan[] {
  const has = (lane: Lane): boolean => capability.lanes.includes(lane);
  const incremental = (['live', 'settled'] as const).filter(has);
  if (!has('full')) return incremental.map((lane) => ({ lane, start: startOf(positions.get(lane), clock) }));
  const full = positions.get('full');
  const pass = passPlan(capability, full, clock);
  if (full === undefined || full.completedAt === null) return pass;
  const archive: LanePlan[] =
    has('archived') && (pass[0]?.start === 'restart' || isUnderWay(positions.get('archived')))
      ? [{ lane: 'archived', start: 'resume' }]
      : [];
  return [...incremental.map((lane): LanePlan => ({ lane, start: 'resume' })), ...pass, ...archive];
}

/** The full pass, where one is due or under way. */
function passPlan({ lanes }: ObjectCapability, full: CursorPosition | undefined, clock: LaneClock): [] | [LanePlan] {
  if (full === undefined || isOutdated(full, clock)) return [{ lane: 'full', start: 'restart' }];
  if (isUnderWay(full)) return [{ lane: 'full', start: 'resume' }];
  const isSnapshot = lanes.length === 1;
  return isSnapshot || clock.forceFull || isDue(full, clock) ? [{ lane: 'full', start: 'restart' }] : [];
}

/** An object without full passes holds its whole past in one lane: it is read again when its rules change, or by force. */
function startOf(position: CursorPosition | undefined, clock: LaneClock): LanePlan['start'] {
  const isStale =
    position !== undefined && position.lane === 'live' && (clock.forceFull || isOutdated(position, clock));
  return isStale ? 'restart' : 'resume';
}

function isUnderWay(position: CursorPosition | undefined): boolean {
  if (position === undefined) return false;
  const { passStartedAt, completedAt } = position;
  return completedAt === null || (passStartedAt !== null && passStartedAt > completedAt);
}

function isOutdated({ mappingVersion }: CursorPosition, clock: LaneClock): boolean {
  return mappingVersion !== clock.mappingVersion;
}

function isDue({ completedAt }: CursorPosition, clock: LaneClock): boolean {
  return completedAt === null || clock.now.getTime() - completedAt.getTime() >= clock.fullPassHours * 3_600_000;
}
