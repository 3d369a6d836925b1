/** PURE. Which rules, segments and triggers ask for a field of ours. */
import type { ProfileKind, ScoringProfile } from '../model/profile.ts';
import { factsIn } from '../scoring/condition.ts';
import { factsOfRule } from '../scoring/rules.ts';

export interface FieldUse {
  readonly profile: ProfileKind;
  readonly type: 'rule' | 'segment' | 'trigger';
  readonly id: string;
  readonly label: string;
}

export type FieldUses = ReadonlyMap<string, readonly FieldUse[]>;

export function usesOf(profiles: readonly ScoringProfile[]): FieldUses {
  const asked = profiles.flatMap((profile) => usesIn(profile));
  const grouped = Map.groupBy(asked, ({ fact }) => fact);
  return new Map([...grouped].map(([fact, uses]) => [fact, uses.map(({ use }) => use)]));
}

interface Asked {
  readonly fact: string;
  readonly use: FieldUse;
}

function usesIn({ kind, components, segments, triggers }: ScoringProfile): readonly Asked[] {
  const of = (use: Omit<FieldUse, 'profile'>, facts: readonly string[]): readonly Asked[] =>
    [...new Set(facts)].map((fact) => ({ fact, use: { profile: kind, ...use } }));
  return [
    ...components.flatMap(({ rules }) =>
      rules.flatMap((rule) => of({ type: 'rule', id: rule.id, label: rule.label }, factsOfRule(rule))),
    ),
    ...segments.flatMap(({ segment, when }) => of({ type: 'segment', id: segment, label: segment }, factsIn(when))),
    ...triggers.flatMap(({ id, label, when }) => of({ type: 'trigger', id, label }, factsIn(when))),
  ];
}
