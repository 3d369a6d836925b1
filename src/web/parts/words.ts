/** How numbers and names are written, everywhere alike. */

const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });

/** `12,345` */
export function number(value: number): string {
  return grouped.format(value);
}

/** `10,000+` where no more than `countedUpTo` were counted. */
export function countedNumber(value: number, countedUpTo: number): string {
  return `${number(value)}${value >= countedUpTo ? '+' : ''}`;
}

/** `1.2M` */
export function short(value: number): string {
  return compact.format(value);
}

/** `3 leads`, `1 lead` */
export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A value of a CRM or of ours, as text. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return number(value);
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `website_visits` → `Website visits` */
export function titled(name: string): string {
  const words = name.replaceAll('_', ' ').replaceAll(/\b(?:mql|plg)\b/gu, (short) => short.toUpperCase());
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** `4 min`, `2 h` */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return seconds < 129_600 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}
