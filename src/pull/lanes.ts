/** PURE. Which lanes of an object a sync pulls, and from where. */
import type { ObjectCapability } from '../connector-sdk/connector.ts';
import type { CursorPosition } from '../db/queries/advance-cursor.ts';
import type { Lane } from '../model/run.ts';

export interface LanePlan {
  readonly lane: Lane;
  /** resume: from the stored cursor. restart: a new pass from the beginning. */
  readonly start: 'resume' | 'restart';
}

export interface LaneClock {
  readonly now: Date;
  /** A new full pass begins so long after the last one ended: it finds what no stamp shows. */
  readonly fullPassHours: number;
  readonly forceFull: boolean;
  /** A pass that began before the mapping changed has read other fields. Null = the mapping never changed. */
  readonly mappedSince: Date | null;
}

/**
 * The first pass of an object stands alone: what changes while it runs is found by the next sync, whose live and settled
 * lanes start before the pass began. Afterwards every sync pulls live and settled, and now and then a full pass with the
 * archive: calculated fields, associations and deletions do not move the modified stamp.
 */
export function lanesDue(
  capability: ObjectCapability,
  positions: ReadonlyMap<Lane, CursorPosition>,
  clock: LaneClock,
): LanePlan[] {
  const has = (lane: Lane): boolean => capability.lanes.includes(lane);
  const incremental: LanePlan[] = (['live', 'settled'] as const).filter(has).map((lane) => ({ lane, start: 'resume' }));
  if (!has('full')) return incremental;
  const full = positions.get('full');
  const snapshot = incremental.length === 0;
  if (full === undefined) return [{ lane: 'full', start: 'restart' }];
  if (isUnderWay(full) && !isOutdated(full, clock)) {
    const resumed: LanePlan = { lane: 'full', start: 'resume' };
    return full.completedAt === null ? [resumed] : [...incremental, resumed, ...archive(capability)];
  }
  if (snapshot || clock.forceFull || isDue(full, clock) || isOutdated(full, clock)) {
    return [...incremental, { lane: 'full', start: 'restart' }, ...archive(capability)];
  }
  return incremental;
}

function archive(capability: ObjectCapability): LanePlan[] {
  return capability.lanes.includes('archived') ? [{ lane: 'archived', start: 'restart' }] : [];
}

function isUnderWay({ passStartedAt, completedAt }: CursorPosition): boolean {
  return completedAt === null || (passStartedAt !== null && passStartedAt > completedAt);
}

function isOutdated({ passStartedAt }: CursorPosition, { mappedSince }: LaneClock): boolean {
  return mappedSince !== null && passStartedAt !== null && passStartedAt < mappedSince;
}

function isDue({ completedAt }: CursorPosition, clock: LaneClock): boolean {
  return completedAt === null || clock.now.getTime() - completedAt.getTime() >= clock.fullPassHours * 3_600_000;
}
