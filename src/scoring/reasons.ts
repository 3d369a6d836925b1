import type { ScoreBreakdown } from '../model/score.ts';
import type { CompiledProfile } from './compile.ts';

/** The longest text that a plain text field of either CRM takes (Salesforce Text: 255 characters). */
const maxLength = 255;

/** A label's part in the total, in points of 100, from which its band begins; strongest first. */
const bands = [
  { name: 'Strong', atLeast: 10 },
  { name: 'Medium', atLeast: 5 },
  { name: 'Slight', atLeast: 0 },
] as const;

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
  const strength = strengthByLabel(breakdown);
  const labelsWhere = (holds: (points: number) => boolean) =>
    [...strength].filter(([, points]) => holds(points)).map(([label]) => label);
  const triggers = profile.triggers.filter(({ id }) => breakdown.mqlBy.includes(id)).map(({ label }) => label);
  const parts = [
    { opening: 'MQL by', labels: triggers },
    ...bands.map(({ name, atLeast }, index) => {
      const above = bands[index - 1]?.atLeast ?? Infinity;
      return {
        opening: `${name}:`,
        labels: labelsWhere((points) => points > 0 && points >= atLeast && points < above),
      };
    }),
    { opening: 'Against:', labels: labelsWhere((points) => points < 0) },
  ];
  const sentence = parts
    .filter(({ labels }) => labels.length > 0)
    .map(({ opening, labels }) => `${opening} ${labels.join(', ')}.`)
    .join(' ');
  return sentence === '' ? 'Nothing known yet that scores.' : shorten(sentence);
}

/** Points of 100 behind each label; rules in several components may share one (`Website visits`). */
function strengthByLabel({ components, contributions }: Omit<ScoreBreakdown, 'reason'>): ReadonlyMap<string, number> {
  const byName = new Map(components.map((component) => [component.name, component]));
  const strength = new Map<string, number>();
  for (const { component, label, earned } of contributions) {
    const { max = 0, weightPercent = 0 } = byName.get(component) ?? {};
    const points = (Math.min(earned, max) * weightPercent) / 100;
    strength.set(label, (strength.get(label) ?? 0) + points);
  }
  return strength;
}

/** Cuts at a whole label: half a label might read as another one. */
function shorten(sentence: string): string {
  if (sentence.length <= maxLength) return sentence;
  const cut = sentence.slice(0, maxLength - 1);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(', '), cut.lastIndexOf('. ') + 1)) || cut}…`;
}
