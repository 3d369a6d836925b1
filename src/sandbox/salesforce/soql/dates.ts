import { DAY } from '../time.ts';

interface Span {
  /** Milliseconds, inclusive. */
  from: number;
  /** Milliseconds, exclusive. */
  to: number;
}

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

function startOf(unit: Unit, ms: number): number {
  const at = new Date(ms);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  if (unit === 'DAY') return Date.UTC(year, month, day);
  if (unit === 'WEEK') return Date.UTC(year, month, day - at.getUTCDay());
  if (unit === 'MONTH') return Date.UTC(year, month, 1);
  return unit === 'QUARTER' ? Date.UTC(year, month - (month % 3), 1) : Date.UTC(year, 0, 1);
}

function shifted(unit: Unit, start: number, by: number): number {
  const at = new Date(start);
  if (unit === 'DAY') return start + by * DAY;
  if (unit === 'WEEK') return start + by * 7 * DAY;
  const months = unit === 'MONTH' ? by : unit === 'QUARTER' ? by * 3 : by * 12;
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1);
}

const RELATIVE: Record<string, [Unit, number]> = { YESTERDAY: ['DAY', -1], TODAY: ['DAY', 0], TOMORROW: ['DAY', 1] };

function named(literal: string, now: number): Span | undefined {
  const day = RELATIVE[literal];
  const parts = /^(LAST|THIS|NEXT)_(?:FISCAL_)?(WEEK|MONTH|QUARTER|YEAR)$/.exec(literal);
  const unit = day?.[0] ?? (parts?.[2] as Unit | undefined);
  if (unit === undefined) return undefined;
  const by = day?.[1] ?? { LAST: -1, THIS: 0, NEXT: 1 }[parts?.[1] ?? 'THIS'] ?? 0;
  const from = shifted(unit, startOf(unit, now), by);
  return { from, to: shifted(unit, from, 1) };
}

/** A date literal as a span of time, in the time zone of the sandbox's users, which is UTC. */
export function literalSpan(literal: string, now: number): Span | undefined {
  const upper = literal.toUpperCase();
  const fixed = named(upper, now);
  if (fixed !== undefined) return fixed;
  const counted = /^(?:(LAST|NEXT)_N_|N_)(?:FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S(_AGO)?:(\d+)$/.exec(
    upper.replace(/^(LAST|NEXT)_90_DAYS$/, '$1_N_DAYS:90'),
  );
  if (counted === null) return undefined;
  const [, direction, unitName, , count] = counted;
  const unit = unitName as Unit;
  const n = Number(count);
  const start = startOf(unit, now);
  if (direction === undefined) return { from: shifted(unit, start, -n), to: shifted(unit, start, 1 - n) };
  if (direction === 'NEXT') return { from: shifted(unit, start, 1), to: shifted(unit, start, n + 1) };
  // LAST_N_DAYS reaches up to now; the longer units end before the current one.
  return { from: shifted(unit, start, -n), to: unit === 'DAY' ? shifted(unit, start, 1) : start };
}
