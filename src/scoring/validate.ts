import { leadFieldNames } from '../model/lead.ts';
import type { DefinitionProblem } from '../model/mapping.ts';
import type { Component, Condition, Rule, ScoringProfile } from '../model/profile.ts';
import { scoreFact } from './compile.ts';
import { factsIn } from './condition.ts';
import { wordsOf } from './match.ts';
import { plgFactNames } from './plg-facts.ts';
import { isCounter } from './rules.ts';

const knownFacts: ReadonlySet<string> = new Set([...leadFieldNames, ...plgFactNames]);
/** Long enough for any label a rep would read; the sentence of reasons holds 255 characters in all. */
const maxLabelLength = 60;

/**
 * Everything that would make a profile's scores wrong, unexplainable or different from the database's; empty for a sound one.
 * The kind `plg` is bound to the columns of `lead_scores`: its five components, whole points, and the tiers of the
 * generated column.
 */
export function validateProfile(profile: ScoringProfile): readonly DefinitionProblem[] {
  const rules = profile.components.flatMap((component) => component.rules);
  return [
    ...duplicates(
      'components',
      'component',
      profile.components.map(({ name }) => name),
    ),
    ...duplicates(
      'components',
      'rule id',
      rules.map(({ id }) => id),
    ),
    ...duplicates(
      'triggers',
      'trigger id',
      profile.triggers.map(({ id }) => id),
    ),
    ...totalProblems(profile),
    ...profile.components.flatMap((component, index) => componentProblems(component, `components[${index}]`)),
    ...tierProblems(profile),
    ...profile.triggers.flatMap(({ label, when }, index) => [
      ...labelProblems(label, `triggers[${index}]`),
      ...conditionProblems(when, `triggers[${index}].when`, [scoreFact]),
    ]),
    ...profile.segments.flatMap(({ when }, index) => conditionProblems(when, `segments[${index}].when`)),
    ...(profile.kind === 'plg' ? columnProblems(profile) : []),
  ];
}

function problem(path: string, message: string, remedy: string): DefinitionProblem {
  return { path, message, remedy };
}

function duplicates(path: string, what: string, names: readonly string[]): readonly DefinitionProblem[] {
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) =>
    problem(path, `the ${what} "${name}" stands twice`, `Give each ${what} its own name.`),
  );
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

function componentProblems({ max, weightPercent, rules }: Component, path: string): readonly DefinitionProblem[] {
  const found: DefinitionProblem[] = [];
  if (!(isPoints(max) && max > 0)) {
    found.push(
      problem(`${path}.max`, 'max is not a number of points', 'Write a number above 0 with at most two decimals.'),
    );
  }
  if (!Number.isInteger(weightPercent) || weightPercent < 0 || weightPercent > 100) {
    found.push(problem(`${path}.weightPercent`, 'weightPercent is not a share', 'Write a whole number from 0 to 100.'));
  }
  return [...found, ...rules.flatMap((rule, index) => ruleProblems(rule, `${path}.rules[${index}]`))];
}

function ruleProblems(rule: Rule, path: string): readonly DefinitionProblem[] {
  const points = pointsOf(rule);
  const found = [...labelProblems(rule.label, path), ...shapeProblems(rule, path)];
  if (points.length === 0) {
    found.push(problem(path, 'the rule can earn nothing', 'Add at least one step or word.'));
  }
  if (!points.every(isPoints) || (rule.cap !== null && !isPoints(rule.cap))) {
    found.push(problem(path, 'points or cap are not numbers of points', 'Write numbers with at most two decimals.'));
  }
  if (rule.cap !== null && points.some((value) => value * Number(rule.cap) < 0)) {
    const remedy = 'Give a rule that takes points away a negative cap, and any other one a positive cap.';
    found.push(problem(`${path}.cap`, 'cap and points have different signs', remedy));
  }
  return found;
}

function shapeProblems(rule: Rule, path: string): readonly DefinitionProblem[] {
  if (rule.type === 'flag') return conditionProblems(rule.when, `${path}.when`);
  const found = [...factProblems([rule.of], `${path}.of`)];
  if (rule.type === 'tier') {
    found.push(
      ...duplicates(
        `${path}.steps`,
        'step',
        rule.steps.map(({ atLeast }) => String(atLeast)),
      ),
    );
  }
  if (rule.type === 'match') {
    found.push(
      ...duplicates(
        `${path}.words`,
        'phrase',
        rule.words.map(({ phrase }) => wordsOf(phrase).join(' ')),
      ),
    );
    if (rule.words.some(({ phrase }) => wordsOf(phrase).length === 0)) {
      found.push(problem(`${path}.words`, 'a phrase has no word', 'Write letters or digits in each phrase.'));
    }
  }
  if (rule.type === 'per-unit' && rule.decay !== null) {
    const days = 'halfLifeDays' in rule.decay ? rule.decay.halfLifeDays : rule.decay.windowDays;
    if (!isCounter(rule.of)) {
      const remedy =
        'Take decay away, or let the rule count website_visits, content_downloads, email_opens or email_clicks.';
      found.push(problem(`${path}.decay`, `"${rule.of}" has no dated events that could decay`, remedy));
    }
    if (!(days > 0)) found.push(problem(`${path}.decay`, 'decay needs days', 'Write a number of days above 0.'));
  }
  return found;
}

function conditionProblems(
  condition: Condition,
  path: string,
  extra: readonly string[] = [],
): readonly DefinitionProblem[] {
  const leaves = leavesOf(condition);
  const found = [...factProblems(factsIn(condition), path, extra)];
  if (leaves.length === 0) found.push(problem(path, 'the condition is empty', 'Write at least one condition.'));
  if (leaves.some((leaf) => 'equals' in leaf && (leaf.equals === null || leaf.equals === ''))) {
    found.push(problem(path, 'nothing equals an unknown value', 'Write `known: false` to ask for a missing fact.'));
  }
  return found;
}

function leavesOf(condition: Condition): readonly Condition[] {
  if ('all' in condition) return condition.all.flatMap(leavesOf);
  if ('any' in condition) return condition.any.flatMap(leavesOf);
  return 'not' in condition ? leavesOf(condition.not) : [condition];
}

function factProblems(
  facts: readonly string[],
  path: string,
  extra: readonly string[] = [],
): readonly DefinitionProblem[] {
  const unknown = facts.filter((fact) => !knownFacts.has(fact) && !extra.includes(fact));
  const remedy = `Use one of: ${[...knownFacts, ...extra].join(', ')}.`;
  return unknown.map((fact) => problem(path, `there is no fact called "${fact}" here`, remedy));
}

function labelProblems(label: string, path: string): readonly DefinitionProblem[] {
  if (label.trim() !== '' && label.length <= maxLabelLength) return [];
  return [
    problem(
      `${path}.label`,
      'the label is empty or too long',
      `Write 1 to ${maxLabelLength} characters that a rep understands.`,
    ),
  ];
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

/** Seed `lead_scores`: five INT component columns, and thresholds inside the generated column `tier`. */
const plgComponents = ['company', 'usage', 'expansion', 'champion', 'timing'];
const plgTiers = 'hot 80, warm 60, nurture 40, monitor 0';

function columnProblems(profile: ScoringProfile): readonly DefinitionProblem[] {
  const found: DefinitionProblem[] = [];
  const names = profile.components.map(({ name }) => name);
  if (names.toSorted().join() !== plgComponents.toSorted().join()) {
    const remedy = `Use exactly: ${plgComponents.join(', ')}.`;
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
  if (!numbers.every(Number.isInteger) || rules.some((rule) => rule.type === 'per-unit' && rule.decay !== null)) {
    const remedy = 'Write whole points and no decay; decay belongs into a profile of kind mql.';
    found.push(problem('components', 'lead_scores stores whole points', remedy));
  }
  return found;
}

function pointsOf(rule: Rule): readonly number[] {
  if (rule.type === 'tier') return rule.steps.map(({ points }) => points);
  return rule.type === 'match' ? rule.words.map(({ points }) => points) : [rule.points];
}

/** Finite, and whole in hundredths. */
function isPoints(value: number): boolean {
  return Math.abs(value) <= 1_000_000 && Math.abs(value * 100 - Math.round(value * 100)) < 1e-6;
}
