/** How numbers and names are written, everywhere alike. */

const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });

/** `12,345` */
export function number(value: number): string {
  return grouped.format(value);
}

/** `10,000+` where no more than `countedUpTo` were counted, or are the sum of such. */
export function countedNumber(value: number, countedUpTo: number): string {
  return value >= countedUpTo ? `${number(countedUpTo)}+` : number(value);
}

/** `1.2M` */
export function short(value: number): string {
  return compact.format(value);
}

/** `3 leads`, `1 lead`; `10,000+ leads` where no more than `countedUpTo` were counted. */
export function count(value: number, noun: string, countedUpTo = Number.POSITIVE_INFINITY): string {
  return `${countedNumber(value, countedUpTo)} ${noun}${value === 1 ? '' : 's'}`;
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
  return capital(words);
}

/** `no such form` → `No such form` */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `3 days` */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return joined([Math.floor(whole / 60), 'min'], [whole % 60, 's']);
  const minutes = Math.round(whole / 60);
  if (minutes < 2_880) return joined([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min']);
  return count(Math.round(minutes / 1_440), 'day');
}

type Part = readonly [amount: number, unit: string];

function joined(...parts: readonly Part[]): string {
  return parts
    .filter(([amount], index) => index === 0 || amount > 0)
    .map((part) => part.join(' '))
    .join(' ');
}
