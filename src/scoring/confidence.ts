import type { Component, Rule } from '../model/profile.ts';

/**
 * What each rule is worth in the confidence, in percent: its part of the most that the rules of its component can earn, times the
 * component's part of the weight. All together they are 100.
 */
export function shareOfRules(components: readonly Component[]): ReadonlyMap<Rule, number> {
  const ceilings = components.map(({ max, weightPercent, rules }) => {
    const most = rules.map((rule) => ({ rule, ceiling: ceilingOf(rule, max) }));
    return { weightPercent, most, sum: most.reduce((sum, { ceiling }) => sum + ceiling, 0) };
  });
  // A component in which nothing can be earned says nothing of what is known.
  const counted = ceilings.filter(({ sum }) => sum > 0);
  const weight = counted.reduce((sum, { weightPercent }) => sum + weightPercent, 0);
  return new Map(
    counted.flatMap(({ weightPercent, most, sum }) =>
      most.map(({ rule, ceiling }) => [rule, (100 * weightPercent * ceiling) / (sum * weight)] as const),
    ),
  );
}

/** The most that a rule can add to a component. */
function ceilingOf(rule: Rule, max: number): number {
  return Math.max(0, Math.min(best(rule, max), rule.cap ?? max, max));
}

function best(rule: Rule, max: number): number {
  if (rule.type === 'tier') return Math.max(...rule.steps.map(({ points }) => points));
  if (rule.type === 'match') return Math.max(...rule.words.map(({ points }) => points));
  if (rule.type === 'flag') return rule.points;
  return rule.points > 0 ? max : 0;
}

/** `unknown`: the sum of what rests on unknown facts, in percent. 100 only where all is known: it is rounded down. */
export function confidenceOf(unknown: number): number {
  // Sums of shares are not exact; a billionth more is not one percent less.
  return Math.min(100, Math.max(0, 100 - Math.ceil(unknown - 1e-9)));
}
