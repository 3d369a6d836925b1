import type { DefinitionProblem } from '../model/mapping.ts';
import type { Condition, Rule } from '../model/profile.ts';
import { factsIn } from './condition.ts';
import type { KnownFacts } from './known-facts.ts';
import { wordsOf } from './match.ts';
import { factsOfRule } from './rules.ts';

/** Long enough for any label a rep would read; the sentence of reasons holds 255 characters in all. */
const maxLabelLength = 60;

export function problem(path: string, message: string, remedy: string): DefinitionProblem {
  return { path, message, remedy };
}

export function duplicates(path: string, what: string, names: readonly string[]): readonly DefinitionProblem[] {
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) =>
    problem(path, `the ${what} "${name}" stands twice`, `Give each ${what} its own name.`),
  );
}

/** What is wrong with one rule. */
export function ruleProblems(rule: Rule, path: string, facts: KnownFacts): readonly DefinitionProblem[] {
  const points = pointsOf(rule);
  const found = [...labelProblems(rule.label, path), ...shapeProblems(rule, path, facts)];
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

function shapeProblems(rule: Rule, path: string, facts: KnownFacts): readonly DefinitionProblem[] {
  const found =
    rule.type === 'flag'
      ? [...conditionProblems(rule.when, `${path}.when`, facts)]
      : [...factProblems([rule.of], `${path}.of`, facts)];
  if (rule.type === 'tier') {
    const steps = rule.steps.map(({ atLeast }) => String(atLeast));
    found.push(...duplicates(`${path}.steps`, 'step', steps));
  }
  if (rule.type === 'match') {
    const phrases = rule.words.map(({ phrase }) => wordsOf(phrase).join(' '));
    found.push(...duplicates(`${path}.words`, 'phrase', phrases));
    if (phrases.includes('')) {
      found.push(problem(`${path}.words`, 'a phrase has no word', 'Write letters or digits in each phrase.'));
    }
  }
  return [...found, ...decayProblems(rule, path, facts)];
}

function decayProblems(rule: Rule, path: string, facts: KnownFacts): readonly DefinitionProblem[] {
  if (rule.decay === null) return [];
  const found: DefinitionProblem[] = [];
  const asked = factsOfRule(rule);
  if (!asked.some(facts.isDated)) {
    const remedy = `Take decay away, or ask for a fact that has dates: ${facts.datedNames}.`;
    found.push(problem(`${path}.decay`, `"${asked.join('", "')}" has no dates by which it could fade`, remedy));
  }
  const days = 'halfLifeDays' in rule.decay ? rule.decay.halfLifeDays : rule.decay.windowDays;
  if (!(days > 0)) found.push(problem(`${path}.decay`, 'decay needs days', 'Write a number of days above 0.'));
  return found;
}

/** What is wrong with one condition. */
export function conditionProblems(condition: Condition, path: string, facts: KnownFacts): readonly DefinitionProblem[] {
  const leaves = leavesOf(condition);
  const found = [...factProblems(factsIn(condition), path, facts)];
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

export function factProblems(
  asked: readonly string[],
  path: string,
  { has, names }: KnownFacts,
): readonly DefinitionProblem[] {
  return asked
    .filter((fact) => !has(fact))
    .map((fact) => problem(path, `there is no fact called "${fact}" here`, `Use one of: ${names}.`));
}

export function labelProblems(label: string, path: string): readonly DefinitionProblem[] {
  if (label.trim() !== '' && label.length <= maxLabelLength) return [];
  return [
    problem(
      `${path}.label`,
      'the label is empty or too long',
      `Write 1 to ${maxLabelLength} characters that a rep understands.`,
    ),
  ];
}

export function pointsOf(rule: Rule): readonly number[] {
  if (rule.type === 'tier') return rule.steps.map(({ points }) => points);
  return rule.type === 'match' ? rule.words.map(({ points }) => points) : [rule.points];
}

/** Finite, and whole in hundredths. */
export function isPoints(value: number): boolean {
  return Math.abs(value) <= 1_000_000 && Math.abs(value * 100 - Math.round(value * 100)) < 1e-6;
}
