/** PURE. A value as a text of one line. */
import type { CrmValue } from '../../../http/api/mapping/schemas.ts';

const longest = 60;

export function valueText(value: CrmValue): string {
  if (value === null || value === '') return '—';
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
