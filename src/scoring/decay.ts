import type { DatedEvent, EngagementType } from '../model/engagement.ts';
import type { Decay } from '../model/profile.ts';

const dayMs = 86_400_000;

/** Weighted quantities are whole millionths of a unit, so that their sum is exact and free of the order of events. */
export const unitScale = 1_000_000;

/** What is left of dated engagement at an instant. */
export interface DecayedUnits {
  /** In millionths of a unit. */
  readonly millionths: number;
  /** Units before decay. */
  readonly quantity: number;
  /** ISO 8601, UTC; null where nothing happened. */
  readonly newestAt: string | null;
}

/**
 * The units of one event type that still count at `at`. An event dated after `at` is as fresh as can be: a source's clock may
 * run a little ahead of ours, and its event must not be lost until the next rescore.
 */
export function decayedUnits(
  events: readonly DatedEvent[],
  type: EngagementType,
  decay: Decay,
  at: Date,
): DecayedUnits {
  let millionths = 0;
  let quantity = 0;
  for (const event of events) {
    if (event.type !== type) continue;
    const ageDays = Math.max(0, at.getTime() - event.occurredAt.getTime()) / dayMs;
    millionths += Math.round(event.quantity * remaining(decay, ageDays) * unitScale);
    quantity += event.quantity;
  }
  return { millionths, quantity, newestAt: newestAt(events, [type]) };
}

/** The share of an event's worth that is left at an age: 1 when fresh, 0.5 after one half-life, 0 beyond a window. */
function remaining(decay: Decay, ageDays: number): number {
  if ('halfLifeDays' in decay) return 0.5 ** (ageDays / decay.halfLifeDays);
  return ageDays <= decay.windowDays ? 1 : 0;
}

/** When the newest event of these types happened, as ISO 8601; null where there is none. */
export function newestAt(events: readonly DatedEvent[], types: readonly EngagementType[]): string | null {
  let newest: Date | null = null;
  for (const event of events) {
    if (types.includes(event.type) && (newest === null || event.occurredAt > newest)) newest = event.occurredAt;
  }
  return newest === null ? null : newest.toISOString();
}
