import type { Fields } from '../model/values.ts';
import { compileMatcher } from './match.ts';
import type { StakeholderRow } from '../model/product.ts';

export const stakeholderFactNames = [
  'decision_makers',
  'technical_stakeholders',
  'budget_holders',
  'decision_maker',
  'decision_maker_name',
  'decision_maker_title',
] as const;

/** How many there are of each role, and whom to meet first. Where nobody is known, how many there are is not known either. */
export function factsOfStakeholders(people: readonly StakeholderRow[]): Fields {
  const count = (holds: (person: StakeholderRow) => boolean | null) =>
    people.length === 0 ? null : people.filter((person) => holds(person) === true).length;
  const [first] = people.filter((person) => person.is_decision_maker === true).toSorted(whomToMeetFirst);
  return {
    decision_makers: count((person) => person.is_decision_maker),
    technical_stakeholders: count((person) => person.is_technical),
    budget_holders: count((person) => person.is_budget_holder),
    // As one says it: VP of Engineering Sarah Kim.
    decision_maker: first === undefined ? null : [first.title, first.full_name].filter(Boolean).join(' '),
    decision_maker_name: first?.full_name ?? null,
    decision_maker_title: first?.title ?? null,
  };
}

/** Whoever leads the field decides about a tool, and is easier to reach than the C-level above. */
const seniorities: Readonly<Record<string, number>> = { vp: 4, 'c-level': 3, director: 2, manager: 1, ic: 0 };

/** Where a source gives no seniority, the title tells it. */
const seniorityOfTitle = compileMatcher([
  ...['vice president', 'VP', 'SVP', 'EVP'].map((phrase) => ({ phrase, points: 4 })),
  ...'chief president founder cofounder owner CEO CTO CFO COO CIO CISO CPO'
    .split(' ')
    .map((phrase) => ({ phrase, points: 3 })),
  ...['director', 'head'].map((phrase) => ({ phrase, points: 2 })),
  ...['manager', 'lead'].map((phrase) => ({ phrase, points: 1 })),
]);

/** By name among equals, so that the order of rows does not matter. */
function whomToMeetFirst(a: StakeholderRow, b: StakeholderRow): number {
  return seniorityOf(b) - seniorityOf(a) || (a.full_name < b.full_name ? -1 : 1);
}

function seniorityOf({ seniority, title }: StakeholderRow): number {
  return seniorities[seniority?.toLowerCase() ?? ''] ?? seniorityOfTitle(title ?? '') ?? 0;
}
