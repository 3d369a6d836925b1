/** PURE. What is known of an example, as a person types it. */
import type { FactValue } from '../../../http/api/profiles/schemas.ts';

export function textOfFact(value: FactValue): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? value.join(', ') : String(value);
}

/** Empty = unknown; yes and no; a number; else a text. */
export function factOfText(text: string): FactValue {
  if (text.trim() === '') return null;
  if (text === 'yes' || text === 'no') return text === 'yes';
  // `1.0` is on its way to 1.05, and 007 is no number.
  return /^-?\d+(?:\.\d+)?$/u.test(text) && String(Number(text)) === text ? Number(text) : text;
}
