import type { EngagementType } from '../model/engagement.ts';
import type { EventRule } from '../model/mapping.ts';

/** What a form submission or campaign response of this name is, by the first rule that matches; null where none does. */
export function eventTypeOf(rules: readonly EventRule[], object: string, name: string): EngagementType | null {
  const lower = name.toLowerCase();
  const rule = rules.find(
    (candidate) => candidate.object === object && lower.includes(candidate.contains.toLowerCase()),
  );
  return rule?.type ?? null;
}
