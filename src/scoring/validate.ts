import { productComponents } from '../model/product.ts';
import type { DefinitionProblem } from '../model/mapping.ts';
import type { ActionLine, Component, ScoringProfile } from '../model/profile.ts';
import { hasStrayBrace, placeholdersIn } from './action.ts';
import { plgScoreFact, plgTierFact, scoreFact } from './compile.ts';
import { type KnownFacts, knownFacts } from './known-facts.ts';
import {
  conditionProblems,
  duplicates,
  factProblems,
  isPoints,
  labelProblems,
  pointsOf,
  problem,
  ruleProblems,
} from './validate-rule.ts';

/**
 * Everything that would make a profile's scores wrong, unexplainable or different from the database's; empty for a sound one.
 * The kind `plg` is bound to the columns of `lead_scores`: its five components, whole points, and the tiers of the
 * generated column.
 */
export function validateProfile(profile: ScoringProfile): readonly DefinitionProblem[] {
  const { kind, components, triggers, segments } = profile;
  const rules = components.flatMap((component) => component.rules);
  const facts = knownFacts(kind);
  const names = (named: readonly { readonly id: string }[]) => named.map(({ id }) => id);
  return [
    ...duplicates(
      'components',
      'component',
      components.map(({ name }) => name),
    ),
    ...duplicates('components', 'rule id', names(rules)),
    ...duplicates('triggers', 'trigger id', names(triggers)),
    ...totalProblems(profile),
    ...components.flatMap((component, index) => componentProblems(component, `components[${index}]`, facts)),
    ...tierProblems(profile),
    ...triggers.flatMap(({ label, when }, index) => [
      ...labelProblems(label, `triggers[${index}]`),
      ...conditionProblems(when, `triggers[${index}].when`, knownFacts(kind, [scoreFact])),
    ]),
    ...segments.flatMap(({ when }, index) => conditionProblems(when, `segments[${index}].when`, facts)),
    ...actionProblems(profile),
    ...(kind === 'plg' ? columnProblems(profile) : []),
  ];
}

function totalProblems({ components }: ScoringProfile): readonly DefinitionProblem[] {
  const most = components.reduce((sum, { max, weightPercent }) => sum + max * weightPercent, 0) / 100;
  if (most > 0 && most <= 100) return [];
  const message = `the components add up to ${most} points at most`;
  return [
    problem(
      'components',
      message,
      'Choose max and weightPercent so that Σ max × weightPercent is above 0 and at most 100 points.',
    ),
  ];
}

function componentProblems(component: Component, path: string, facts: KnownFacts): readonly DefinitionProblem[] {
  const { max, weightPercent, rules } = component;
  const found: DefinitionProblem[] = [];
  if (!(isPoints(max) && max > 0)) {
    found.push(
      problem(`${path}.max`, 'max is not a number of points', 'Write a number above 0 with at most two decimals.'),
    );
  }
  if (!Number.isInteger(weightPercent) || weightPercent < 0 || weightPercent > 100) {
    found.push(problem(`${path}.weightPercent`, 'weightPercent is not a share', 'Write a whole number from 0 to 100.'));
  }
  return [...found, ...rules.flatMap((rule, index) => ruleProblems(rule, `${path}.rules[${index}]`, facts))];
}

function tierProblems({ tiers }: ScoringProfile): readonly DefinitionProblem[] {
  const falls = tiers.every(({ atLeast }, index) => atLeast < (tiers[index - 1]?.atLeast ?? Infinity));
  if (falls && tiers.at(-1)?.atLeast === 0) return [];
  return [
    problem(
      'tiers',
      'the tiers do not cover every score once',
      'List them highest first; the last one has atLeast: 0.',
    ),
  ];
}

function actionProblems({ kind, action }: ScoringProfile): readonly DefinitionProblem[] {
  if (action === null) return [];
  if (kind !== 'plg') {
    const remedy = 'Move the action to the profile of kind plg, whose score it belongs to.';
    return [problem('action', 'only a profile of kind plg suggests an action', remedy)];
  }
  const facts = knownFacts(kind, [plgScoreFact, plgTierFact]);
  return Object.entries(action).flatMap(([part, lines]: readonly [string, readonly ActionLine[]]) =>
    lines.flatMap((line, index) => lineProblems(line, `action.${part}[${index}]`, facts)),
  );
}

function lineProblems({ when, say }: ActionLine, path: string, facts: KnownFacts): readonly DefinitionProblem[] {
  const found = when === null ? [] : [...conditionProblems(when, `${path}.when`, facts)];
  if (say.trim() === '') found.push(problem(`${path}.say`, 'the line says nothing', 'Write a sentence.'));
  if (hasStrayBrace(say)) {
    const remedy = 'Write each fact as {its_name}; a sentence holds no other braces.';
    found.push(problem(`${path}.say`, 'a brace stands alone', remedy));
  }
  return [...found, ...factProblems(placeholdersIn(say), `${path}.say`, facts)];
}

/** Seed `lead_scores`: five INT component columns, and thresholds inside the generated column `tier`. */
const plgTiers = 'hot 80, warm 60, nurture 40, monitor 0';

function columnProblems(profile: ScoringProfile): readonly DefinitionProblem[] {
  const found: DefinitionProblem[] = [];
  const names = profile.components.map(({ name }) => name);
  if (names.toSorted().join() !== productComponents.toSorted().join()) {
    const remedy = `Use exactly: ${productComponents.join(', ')}.`;
    found.push(problem('components', 'a plg profile has the components that lead_scores has columns for', remedy));
  }
  if (profile.tiers.map(({ tier, atLeast }) => `${tier} ${atLeast}`).join(', ') !== plgTiers) {
    found.push(problem('tiers', 'the database assigns the tiers of a plg profile', `Use exactly: ${plgTiers}.`));
  }
  const rules = profile.components.flatMap((component) => component.rules);
  const numbers = [
    ...profile.components.map(({ max }) => max),
    ...rules.flatMap((rule) => [...pointsOf(rule), rule.cap ?? 0]),
  ];
  if (!numbers.every(Number.isInteger)) {
    const remedy = 'Write whole points; what is left of them as they fade is rounded.';
    found.push(problem('components', 'lead_scores stores whole points', remedy));
  }
  return found;
}
