import { counterEvents, type DatedEvent, type EngagementType } from '../model/engagement.ts';
import type { CounterField } from '../model/lead.ts';
import type { Decay } from '../model/profile.ts';
import type { DatedAmount, LeadFacts } from '../model/score.ts';

const dayMs = 86_400_000;

/** Weighted quantities are whole millionths of a unit, so that their sum is exact and free of the order of events. */
export const unitScale = 1_000_000;

/**
 * The units of one event type that still count at `at`, in millionths. An event dated after `at` is as fresh as can be: a
 * source's clock may run a little ahead of ours, and its event must not be lost until the next rescore.
 */
export function decayedUnits(events: readonly DatedEvent[], type: EngagementType, decay: Decay, at: Date): number {
  let millionths = 0;
  for (const event of events) {
    if (event.type !== type) continue;
    const ageDays = Math.max(0, at.getTime() - event.occurredAt.getTime()) / dayMs;
    millionths += Math.round(event.quantity * remaining(decay, ageDays) * unitScale);
  }
  return millionths;
}

/** The same of the observations behind a fact; null where there were some and none of them counts any more. */
export function remainingUnits(observations: readonly DatedAmount[], decay: Decay, at: Date): number | null {
  let millionths = 0;
  let isOver = true;
  for (const observation of observations) {
    const left = leftAt(decay, observation.at.getTime(), at);
    if (left > 0) isOver = false;
    millionths += Math.round(observation.quantity * left * unitScale);
  }
  return isOver ? null : millionths;
}

/**
 * What is left of something observed (in ms since 1970), by its age in whole days, so that a score stands still within a day.
 */
export function leftAt(decay: Decay, observedAt: number, at: Date): number {
  return remaining(decay, Math.max(0, Math.floor((at.getTime() - observedAt) / dayMs)));
}

/** The share of an event's worth that is left at an age: 1 when fresh, 0.5 after one half-life, 0 beyond a window. */
function remaining(decay: Decay, ageDays: number): number {
  if ('halfLifeDays' in decay) return 0.5 ** (ageDays / decay.halfLifeDays);
  return ageDays <= decay.windowDays ? 1 : 0;
}

/** How the newest event or observation behind some facts is found, in ms since 1970; null where they have no dates. */
export function newestOf(facts: readonly string[]): (lead: LeadFacts) => number | null {
  const types = facts.filter(isCounter).map((fact) => counterEvents[fact]);
  return ({ events, dated }) => {
    let newest = newestEvent(events, types) ?? -Infinity;
    if (dated !== undefined) {
      for (const fact of facts) for (const { at } of dated(fact)) newest = Math.max(newest, at.getTime());
    }
    return newest === -Infinity ? null : newest;
  };
}

/** When the newest event of these types happened, in ms since 1970; null where there is none. */
export function newestEvent(events: readonly DatedEvent[], types: readonly EngagementType[]): number | null {
  let newest = -Infinity;
  for (const event of events) {
    if (types.includes(event.type)) newest = Math.max(newest, event.occurredAt.getTime());
  }
  return newest === -Infinity ? null : newest;
}

/** Writes instants as ISO 8601. Of many in turn most are the same one, of a snapshot: it is written once. */
export function isoWriter(): (ms: number | null) => string | null {
  let last: number | null = null;
  let text = '';
  return (ms) => {
    if (ms === null) return null;
    if (ms !== last) text = new Date(ms).toISOString();
    last = ms;
    return text;
  };
}

export function isCounter(fact: string): fact is CounterField {
  return Object.hasOwn(counterEvents, fact);
}
