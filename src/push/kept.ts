/**
 * PURE. Where the CRM goes back to a value of its own, whatever we write: a rule, a flow or a trigger of the customer's. Some
 * CRMs say so in the answer; others answer success, and the next pull shows it. Once may be a person who has edited the
 * field; after the second time in a row it is left alone until either side says something else.
 */
import { sameValue } from '../mapping/write-policy.ts';
import type { KeptValue, PushSides } from '../model/push.ts';
import type { Fields, FieldValue } from '../model/values.ts';

/** So often in a row is a rule. */
const isRule = 2;

export function isKept(sides: PushSides, field: string, wanted: FieldValue, remote: FieldValue): boolean {
  const kept = sides.kept[field];
  return kept !== undefined && kept.times >= isRule && isOf(kept, wanted, remote);
}

/** After an answer of the CRM: what it said it kept is kept; a write that it took clears nothing yet, for a flow may follow. */
export function keptAfterAnswer(kept: PushSides['kept'], written: Fields, answered: Fields): PushSides['kept'] {
  const changes = Object.entries(written).flatMap(([field, wanted]): [string, KeptValue][] => {
    const remote = answered[field] ?? null;
    return sameValue(remote, wanted) ? [] : [[field, { wanted, remote, times: isRule }]];
  });
  return { ...kept, ...Object.fromEntries(changes) };
}

/** After a pull: counts the values that have gone back since we wrote them, and forgets those that have stayed. */
export function keptAfterPull(before: PushSides, wanted: Fields, seen: Fields): PushSides['kept'] {
  const kept: Record<string, KeptValue> = { ...before.kept };
  for (const [field, value] of Object.entries(wanted)) {
    const remote = seen[field] ?? null;
    if (sameValue(remote, value)) delete kept[field];
    else if (wentBack(before, field, value))
      kept[field] = { wanted: value, remote, times: timesOf(kept[field], value, remote) };
  }
  return kept;
}

/** We had written this very value, and the CRM had it. */
function wentBack({ pushed, remote }: PushSides, field: string, wanted: FieldValue): boolean {
  return field in pushed && sameValue(pushed[field] ?? null, wanted) && sameValue(remote[field] ?? null, wanted);
}

function timesOf(kept: KeptValue | undefined, wanted: FieldValue, remote: FieldValue): number {
  return kept !== undefined && isOf(kept, wanted, remote) ? kept.times + 1 : 1;
}

function isOf(kept: KeptValue, wanted: FieldValue, remote: FieldValue): boolean {
  return sameValue(kept.wanted, wanted) && sameValue(kept.remote, remote);
}
