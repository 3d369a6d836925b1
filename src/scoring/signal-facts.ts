import type { DatedAmount } from '../model/score.ts';
import type { Fields, FieldValue } from '../model/values.ts';
import type { SignalRow } from '../model/product.ts';
import { isKnown } from './values.ts';

/** Strongest first. */
const strengths = ['high', 'medium', 'low'] as const;

export const signalFactNames = ['high_signals', 'medium_signals', 'low_signals', 'signal_types'] as const;

/** How many signals there are of one type, whatever types there may be: `signals.hiring`. */
export const signalCount = 'signals.';
/** The title of the strongest signal of a type, the newest among these: `title.funding`. */
export const signalTitle = 'title.';
const named: ReadonlySet<string> = new Set(signalFactNames);

export function isSignalFact(name: string): boolean {
  return named.has(name) || [signalCount, signalTitle].some((start) => name.startsWith(start) && name !== start);
}

/**
 * How a fact is read; its name is looked at once. Of a type that is not among the known signals there are none: where no signal
 * is known at all, their number is not known either.
 */
export function readerOf(name: string): (values: Fields) => FieldValue {
  if (!name.startsWith(signalCount)) return (values) => values[name] ?? null;
  return (values) => values[name] ?? (isKnown(values['signal_types'] ?? null) ? 0 : null);
}

interface SignalFacts {
  readonly values: Fields;
  readonly dated: (fact: string) => readonly DatedAmount[];
}

const none: readonly DatedAmount[] = [];
const unknown: SignalFacts = {
  values: Object.fromEntries(signalFactNames.map((fact) => [fact, null])),
  dated: () => none,
};

/**
 * How many expansion signals there are of each strength and of each type, the types, and a title of each; with the dates of
 * the signals behind every one of these. Where no signal is known, how many there are is not known either.
 */
export function factsOfSignals(signals: readonly SignalRow[]): SignalFacts {
  if (signals.length === 0) return unknown;
  const values: Record<string, FieldValue> = {};
  const observations = new Map<string, readonly DatedAmount[]>();
  const fact = (name: string, value: FieldValue, behind: readonly SignalRow[]) => {
    values[name] = value;
    observations.set(
      name,
      behind.map((signal) => ({ at: observedAt(signal), quantity: 1 })),
    );
  };
  for (const strength of strengths) {
    const alike = signals.filter((signal) => signal.signal_strength === strength);
    fact(`${strength}_signals`, alike.length, alike);
  }
  const newestOfTypes: SignalRow[] = [];
  const types = [...new Set(signals.map((signal) => signal.signal_type))].sort();
  for (const type of types) {
    const alike = signals.filter((signal) => signal.signal_type === type);
    fact(`${signalCount}${type}`, alike.length, alike);
    const [strongest] = alike.toSorted(strongestFirst);
    if (strongest !== undefined) fact(`${signalTitle}${type}`, strongest.signal_title, [strongest]);
    newestOfTypes.push(...alike.toSorted(newestFirst).slice(0, 1));
  }
  // A type is as fresh as its newest signal.
  fact('signal_types', types, newestOfTypes);
  return { values, dated: (name) => observations.get(name) ?? none };
}

/** Down to the title, so that the order of rows does not matter. */
function strongestFirst(a: SignalRow, b: SignalRow): number {
  return rankOf(a) - rankOf(b) || newestFirst(a, b) || (a.signal_title < b.signal_title ? -1 : 1);
}

function newestFirst(a: SignalRow, b: SignalRow): number {
  return observedAt(b).getTime() - observedAt(a).getTime();
}

function rankOf({ signal_strength }: SignalRow): number {
  const rank = strengths.findIndex((strength) => strength === signal_strength);
  return rank < 0 ? strengths.length : rank;
}

function observedAt({ signal_date, captured_at }: SignalRow): Date {
  return signal_date === null ? captured_at : new Date(`${signal_date}T00:00:00Z`);
}
