import type { PlannedWrite } from '../../../http/api/push/schemas.ts';

/** Why something that differs is left as it is in the CRM: mapping/write-policy.ts names them. */
const reasons: Readonly<Record<string, string>> = {
  never: 'the mapping says that it is never written',
  'not-blank': 'written only where the CRM has nothing',
  'edited-in-crm': 'somebody has edited it in the CRM',
  'not-forward': 'it would move back, or to a value outside of the order',
  'kept-by-crm': 'the CRM goes back to its own value whenever it is written',
};

export function heldWhy(why: string): string {
  return reasons[why] ?? why;
}

const instant = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/u;
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

export function shown(value: PlannedWrite['changes'][number]['before']): string {
  if (value === null || value === '') return '–';
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'string' && instant.test(value)) return exact.format(new Date(value));
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}
