import type { ActionLine, ActionTemplate, Decay } from '../model/profile.ts';
import type { LeadFacts } from '../model/score.ts';
import type { Fields, FieldValue } from '../model/values.ts';
import { compileOn, type Reader } from './condition.ts';
import { leftAt, newestOf } from './decay.ts';
import { readerOf } from './signal-facts.ts';
import { isKnown } from './values.ts';

/** The longest text that a plain text field of either CRM takes (Salesforce Text: 255 characters). */
const maxLength = 255;

/** Facts that have faded further are no news: nothing is said of them. Two half-lives. */
const leastLeft = 0.25;

/** All that a suggestion may depend on. `own`: what the same score adds to the facts (`plg_score`, `plg_tier`). */
export interface Known {
  readonly lead: LeadFacts;
  readonly own: Fields;
  readonly at: Date;
}

export type Suggest = (known: Known) => string | null;

/**
 * What a profile suggests to do: of each part the first line that applies, at most 255 characters. Same facts, same words.
 * `decays`: how the facts fade, by name; one that has faded is unknown here, since nobody should call about old news.
 */
export function compileAction(template: ActionTemplate, decays: ReadonlyMap<string, Decay>): Suggest {
  const readerOf: Reader<Known> = (name) => freshReaderOf(name, decays.get(name));
  const parts = [template.who, template.whyNow, template.whatToDo].map((lines) =>
    lines.map((line) => compileLine(line, readerOf)),
  );
  return (known) => {
    const said: string[] = [];
    for (const lines of parts) {
      const sentence = firstSaid(lines, known);
      if (sentence !== null) said.push(sentence);
    }
    return said.length === 0 ? null : fit(said.join(' '));
  };
}

function freshReaderOf(name: string, decay: Decay | undefined): (known: Known) => FieldValue {
  const read = readerOf(name);
  if (decay === undefined) return ({ lead, own }) => own[name] ?? read(lead.values);
  const newest = newestOf([name]);
  return ({ lead, at }) => {
    const value = read(lead.values);
    const observedAt = isKnown(value) ? newest(lead) : null;
    return observedAt !== null && leftAt(decay, observedAt, at) < leastLeft ? null : value;
  };
}

/** What is said; null where the line does not apply. */
type CompiledLine = (known: Known) => string | null;

function compileLine({ when, say }: ActionLine, readerOf: Reader<Known>): CompiledLine {
  const holds = when && compileOn(when, { readerOf, unknownIs: 'an answer' });
  const [start = '', ...pieces] = say.split(placeholder);
  const filled = pieces.flatMap((name, index) =>
    index % 2 === 0 ? [{ read: readerOf(name), after: pieces[index + 1] ?? '' }] : [],
  );
  return (known) => {
    if (holds !== null && holds(known) !== true) return null;
    let sentence = start;
    for (const { read, after } of filled) {
      const words = wordsFor(read(known));
      if (words === null) return null;
      sentence += words + after;
    }
    return sentence;
  };
}

function firstSaid(lines: readonly CompiledLine[], known: Known): string | null {
  for (const line of lines) {
    const sentence = line(known);
    if (sentence !== null) return sentence;
  }
  return null;
}

/** What stands between braces. */
const placeholder = /\{([^{}]*)\}/;

export function placeholdersIn(say: string): readonly string[] {
  return say.split(placeholder).filter((_, index) => index % 2 === 1);
}

/** Whether a brace is open at the end, or closes nothing. */
export function hasStrayBrace(say: string): boolean {
  return say.split(placeholder).some((text, index) => index % 2 === 0 && /[{}]/.test(text));
}

/** A fact in a sentence, which goes on after it; null where it is not known. */
function wordsFor(value: FieldValue): string | null {
  if (value === null || !isKnown(value)) return null;
  if (typeof value === 'number') return inFigures(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = typeof value === 'string' ? value : value.join(', ');
  return (
    text
      .replaceAll(/\s+/g, ' ')
      .replace(/[ .,;:!?…]+$/, '')
      .trimStart() || null
  );
}

/**
 * Two figures are enough for a sentence: 2,823,411 calls are 2,800,000. It is written into the CRM, where each change costs
 * a call, so it must not change with every call to an API.
 */
function inFigures(value: number): string {
  return String(Number(value.toPrecision(2))).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Cuts at a whole word; in a word without end, not inside a character. */
function fit(text: string): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength);
  const end = cut.lastIndexOf(' ');
  return `${end > 0 ? cut.slice(0, end) : cut.slice(0, -1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
