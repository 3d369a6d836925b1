import { SECOND } from '../server/clock.ts';

export { DAY, MINUTE, movableClock, SECOND, type MovableClock, type Now } from '../server/clock.ts';

/** Stamps have a resolution of one second. */
export function toSecond(ms: number): number {
  return Math.floor(ms / SECOND) * SECOND;
}

/** As REST prints it: milliseconds always, the offset without a colon. */
export function restDateTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}+0000`;
}

/** As bulk results print it. */
export function bulkDateTime(ms: number): string {
  return new Date(ms).toISOString();
}

export function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

const DATE_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/i;

/** Milliseconds, or undefined if the text is no dateTime with an offset. */
export function parseDateTime(text: string): number | undefined {
  const parts = DATE_TIME.exec(text);
  if (parts === null) return undefined;
  const [, seconds = '', fraction = '', zone = 'Z'] = parts;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const ms = Date.parse(`${seconds}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(ms) ? undefined : ms;
}

export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && dateOf(ms) === text;
}
