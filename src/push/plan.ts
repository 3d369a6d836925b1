/**
 * PURE. What a push would write, field by field. The dry run, the console and the real push all ask this one function, so
 * what was shown is what is written.
 */
import { decideWrite, outputValue, sameValue } from '../mapping/write-policy.ts';
import { companyOutputs, type OutputField, type OutputValues } from '../model/lead.ts';
import type { OutRule } from '../model/mapping.ts';
import type { FieldChange, OptionOrders, PushPriority, PushSides } from '../model/push.ts';
import type { Fields, FieldValue } from '../model/values.ts';
import { isKept } from './kept.ts';

/** Our values in the CRM's names and words. What a rule's `values` does not list is not wanted at all. */
export function wantedFields(rules: readonly OutRule[], values: OutputValues): Fields {
  const wanted: Record<string, FieldValue> = {};
  for (const rule of rules) {
    const known = values[rule.from];
    // What this profile does not compute is not ours to blank.
    const value = known === undefined ? undefined : outputValue(rule, known);
    if (value !== undefined) wanted[rule.to] = value;
  }
  return wanted;
}

/** The changes that bring a record from what the CRM has to what we want, in the order of the rules. Empty = nothing. */
export function planChanges(sides: PushSides, rules: readonly OutRule[], orders: OptionOrders): FieldChange[] {
  return rules.flatMap((rule) => {
    const decided = decideField(sides, rule, orders);
    return decided?.write === true ? [decided.change] : [];
  });
}

/** What differs from what we want and is left as it is all the same, and why. */
export function heldChanges(sides: PushSides, rules: readonly OutRule[], orders: OptionOrders): FieldChange[] {
  return rules.flatMap((rule) => {
    const decided = decideField(sides, rule, orders);
    if (decided === null || decided.write) return [];
    return sameValue(decided.change.before, decided.change.after) ? [] : [decided.change];
  });
}

function decideField(
  sides: PushSides,
  rule: OutRule,
  orders: OptionOrders,
): { readonly write: boolean; readonly change: FieldChange } | null {
  const { write: policy, to: field } = rule;
  const wanted = sides.wanted[field];
  if (wanted === undefined) return null;
  const remote = sides.remote[field] ?? null;
  const change = { field, before: remote, after: wanted };
  if (isKept(sides, field, wanted, remote)) return { write: false, change: { ...change, why: 'kept-by-crm' } };
  const lastPushed = sides.pushed[field] ?? null;
  const { write, why } = decideWrite(policy, { wanted, remote, lastPushed, order: orders[field] ?? [] });
  return { write, change: { ...change, why } };
}

/** The sentence that explains an output of ours: that of the person's score, or of the product's. */
export function reasonOf(
  from: OutputField | undefined,
  { reason, plgReason }: { readonly reason: string | null; readonly plgReason: string | null },
): string | null {
  return from !== undefined && companyOutputs.includes(from) ? plgReason : reason;
}

/** Sales act on a status or a tier at once, and call who is hot today; a score that moved within its tier can wait its turn. */
export function priorityOf(changes: readonly FieldChange[], rules: readonly OutRule[], wanted: Fields): PushPriority {
  const outputs = new Set(
    rules.filter((rule) => changes.some((change) => change.field === rule.to)).map((rule) => rule.from),
  );
  if (urgent.some((output) => outputs.has(output))) return 0;
  if (!outputs.has('lead_score') && !outputs.has('plg_score')) return 3;
  return isHot(rules, wanted) ? 1 : 2;
}

const urgent: readonly OutputField[] = ['status', 'is_mql', 'tier', 'plg_tier'];
const tiers: readonly OutputField[] = ['tier', 'plg_tier'];

/** As far as the CRM is told: where no tier is mapped, nobody is. */
function isHot(rules: readonly OutRule[], wanted: Fields): boolean {
  return rules.some((rule) => tiers.includes(rule.from) && wanted[rule.to] === outputValue(rule, 'hot'));
}
