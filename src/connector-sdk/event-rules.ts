import type { EventRule } from '../model/mapping.ts';

/** What something that a person did says of itself, by the CRM's names: `{ Subject: 'Submitted a form' }`. */
export type EventTexts = Readonly<Record<string, string>>;

/** PURE. What the first rule that matches makes of it; null = no rule matches. */
export function countsAs(rules: readonly EventRule[], object: string, texts: EventTexts): EventRule['type'] | null {
  return rules.find((rule) => rule.object === object && matches(rule.contains, texts))?.type ?? null;
}

function matches(contains: EventRule['contains'], texts: EventTexts): boolean {
  if (typeof contains !== 'string') return Object.entries(contains).every(([field, part]) => has(texts[field], part));
  return contains === '' || Object.values(texts).some((text) => has(text, contains));
}

function has(text = '', part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}
