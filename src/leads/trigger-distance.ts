import type { Condition, Trigger } from '../model/profile.ts';
import type { Fields } from '../model/values.ts';

/** A trigger that does not hold, and what it still needs. */
export interface TriggerDistance {
  readonly trigger: Trigger;
  /** 0 = nothing done yet, towards 1. */
  readonly reached: number;
  /** `email_opens is 3 of 5` */
  readonly needs: string;
}

/** The triggers that do not hold, nearest first; those with no measure (all, any, not) last, without a number. */
export function triggerDistances(
  triggers: readonly Trigger[],
  facts: Fields,
  held: readonly string[],
): readonly TriggerDistance[] {
  return triggers
    .filter(({ id }) => !held.includes(id))
    .map((trigger) => ({ trigger, ...distance(trigger.when, facts) }))
    .toSorted((left, right) => right.reached - left.reached);
}

function distance(when: Condition, facts: Fields): { readonly reached: number; readonly needs: string } {
  if (!('of' in when)) return { reached: 0, needs: 'its condition does not hold' };
  const fact = facts[when.of] ?? null;
  if ('atLeast' in when) {
    const amount = typeof fact === 'number' ? fact : 0;
    const reached = when.atLeast <= 0 ? 0 : Math.min(1, Math.max(0, amount / when.atLeast));
    return { reached, needs: `${when.of} is ${fact === null ? 'unknown' : amount} of ${when.atLeast}` };
  }
  const known = fact === null ? 'unknown' : JSON.stringify(fact);
  if ('equals' in when) return { reached: 0, needs: `${when.of} is ${known}, not ${JSON.stringify(when.equals)}` };
  return { reached: 0, needs: `${when.of} is ${known}` };
}
