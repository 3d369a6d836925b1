import type { ScoreBreakdown } from '../model/score.ts';
import type { CompiledProfile } from './compile.ts';

/** The longest text that a plain text field of either CRM takes (Salesforce Text: 255 characters). */
const maxLength = 255;

/** How a label is introduced, by its part in the total in points of 100; strongest first. */
const bands = [
  { opening: 'Strong:', atLeast: 10 },
  { opening: 'Medium:', atLeast: 5 },
  { opening: 'Slight:', atLeast: 0 },
] as const;
const against = 'Against:';
const openings = ['MQL by', ...bands.map(({ opening }) => opening), against];

/**
 * The score in one sentence for the rep, at most 255 characters, e.g.
 * `MQL by Demo requested. Strong: Website visits, Title. Slight: Email opens. Against: Student.`
 *
 * It is written into the CRM, where each change costs a call and may start a customer's workflow, so it must change only when
 * its meaning does: no counts, no dates, no points. Triggers come first, then the rules that earned something, by
 * strength, each in profile order. A label's strength is what its rules earned of the total, *before* other rules compete
 * for the component's maximum; so one rule's growth never moves another rule's label.
 */
export function reasonOf(profile: CompiledProfile, breakdown: Omit<ScoreBreakdown, 'reason'>): string {
  const labels = new Map<string, string>();
  const add = (opening: string, label: string) => {
    const before = labels.get(opening);
    labels.set(opening, before === undefined ? label : `${before}, ${label}`);
  };
  for (const { id, label } of profile.triggers) if (breakdown.mqlBy.includes(id)) add('MQL by', label);
  for (const [label, points] of strengthByLabel(breakdown)) {
    if (points !== 0) add(bands.find(({ atLeast }) => points >= atLeast)?.opening ?? against, label);
  }
  if (labels.size === 0) return 'Nothing known yet that scores.';
  const parts = openings
    .filter((opening) => labels.has(opening))
    .map((opening) => `${opening} ${labels.get(opening)}.`);
  return shorten(parts.join(' '));
}

/** Points of 100 behind each label; rules in several components may share one (`Website visits`). */
function strengthByLabel({ components, contributions }: Omit<ScoreBreakdown, 'reason'>): ReadonlyMap<string, number> {
  const strength = new Map<string, number>();
  for (const { name, max, weightPercent } of components) {
    for (const { component, label, earned } of contributions) {
      if (component !== name || earned === 0) continue;
      const points = (Math.min(earned, max) * weightPercent) / 100;
      strength.set(label, (strength.get(label) ?? 0) + points);
    }
  }
  return strength;
}

/** Cuts at a whole label: half a label might read as another one. */
function shorten(sentence: string): string {
  if (sentence.length <= maxLength) return sentence;
  const cut = sentence.slice(0, maxLength - 1);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(', '), cut.lastIndexOf('. ') + 1)) || cut}…`;
}
