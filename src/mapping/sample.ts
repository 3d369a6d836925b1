import type { Fields } from '../model/values.ts';
import { isBlank } from './convert.ts';

/** What a handful of records say in one field. */
export interface FieldSample {
  /** Records that say anything. */
  readonly filled: number;
  /** As texts, the most frequent first. */
  readonly samples: readonly string[];
}

const shown = 5;
/** Characters: a long text is recognised by its beginning. */
const maxLength = 120;

/** How often each of these fields is filled, and with what; of a field that no record carries nothing is filled. */
export function sampleFields(records: readonly Fields[], names: readonly string[]): ReadonlyMap<string, FieldSample> {
  return new Map(names.map((name) => [name, sampleOf(records, name)]));
}

function sampleOf(records: readonly Fields[], name: string): FieldSample {
  const said = records.map((fields) => fields[name]).filter((value) => !isBlank(value));
  const counts = new Map<string, number>();
  for (const value of said) {
    const text = (Array.isArray(value) ? value.join('; ') : String(value)).slice(0, maxLength);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const ranked = [...counts].toSorted(([, left], [, right]) => right - left);
  return { filled: said.length, samples: ranked.slice(0, shown).map(([text]) => text) };
}
