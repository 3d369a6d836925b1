import type { ActionLine, ActionTemplate, Decay } from '../model/profile.ts';
import type { LeadFacts } from '../model/score.ts';
import type { Fields, FieldValue } from '../model/values.ts';
import { compileCondition, factsIn, type Test } from './condition.ts';
import { leftAt, newestOf } from './decay.ts';
import { isKnown, readerOf } from './values.ts';

/** The longest text that a plain text field of either CRM takes (Salesforce Text: 255 characters). */
const maxLength = 255;

/** Facts that have faded further are no news: nothing is said of them. Two half-lives. */
const leastLeft = 0.25;

/** `own`: what the same score adds to the facts (`plg_score`, `plg_tier`). */
export type Suggest = (facts: LeadFacts, own: Fields, at: Date) => string | null;

/**
 * What a profile suggests to do: of each part the first line that applies, at most 255 characters. Same facts, same words.
 * `decays`: how the facts fade, by name; one that has faded is unknown here, since nobody should call about old news.
 */
export function compileAction(template: ActionTemplate, decays: ReadonlyMap<string, Decay>): Suggest {
  const parts = [template.who, template.whyNow, template.whatToDo];
  const facts = [...new Set(parts.flat().flatMap(factsOfLine))].map((name) => compileFact(name, decays));
  const compiled = parts.map((lines) => lines.map(compileLine));
  return (lead, own, at) => {
    const seen: Record<string, FieldValue> = {};
    for (const { name, read } of facts) seen[name] = own[name] ?? read(lead, at);
    const said = compiled.map((lines) => firstSaid(lines, seen)).filter((sentence) => sentence !== null);
    return said.length === 0 ? null : fit(said.join(' '));
  };
}

interface ReadableFact {
  readonly name: string;
  readonly read: (lead: LeadFacts, at: Date) => FieldValue;
}

function compileFact(name: string, decays: ReadonlyMap<string, Decay>): ReadableFact {
  const read = readerOf(name);
  const decay = decays.get(name);
  if (decay === undefined) return { name, read: ({ values }) => read(values) };
  const newest = newestOf([name]);
  return {
    name,
    read: (lead, at) => {
      const value = read(lead.values);
      const observedAt = value === null ? null : newest(lead);
      return observedAt !== null && leftAt(decay, observedAt, at) < leastLeft ? null : value;
    },
  };
}

interface CompiledLine {
  readonly holds: Test | null;
  /** Text and names of facts in turn, text first. */
  readonly pieces: readonly string[];
}

function compileLine({ when, say }: ActionLine): CompiledLine {
  return { holds: when && compileCondition(when), pieces: say.split(placeholder) };
}

function firstSaid(lines: readonly CompiledLine[], seen: Fields): string | null {
  for (const { holds, pieces } of lines) {
    if (holds !== null && holds(seen) !== true) continue;
    const sentence = fillIn(pieces, seen);
    if (sentence !== null) return sentence;
  }
  return null;
}

/** Null where one of the facts is not known. */
function fillIn(pieces: readonly string[], seen: Fields): string | null {
  let sentence = '';
  for (const [index, piece] of pieces.entries()) {
    const text = index % 2 === 0 ? piece : wordsFor(seen[piece] ?? null);
    if (text === null) return null;
    sentence += text;
  }
  return sentence;
}

/** What stands between braces. */
const placeholder = /\{([^{}]*)\}/;

function factsOfLine({ when, say }: ActionLine): readonly string[] {
  return [...(when === null ? [] : factsIn(when)), ...placeholdersIn(say)];
}

export function placeholdersIn(say: string): readonly string[] {
  return say.split(placeholder).filter((_, index) => index % 2 === 1);
}

/** Whether a brace is open at the end, or closes nothing. */
export function hasStrayBrace(say: string): boolean {
  return say.split(placeholder).some((text, index) => index % 2 === 0 && /[{}]/.test(text));
}

/** A fact in a sentence, which goes on after it; null where it is not known. */
function wordsFor(value: FieldValue): string | null {
  if (!isKnown(value) || value === null) return null;
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
  return `${cut.slice(0, cut.lastIndexOf(' ')).trimEnd() || cut.slice(0, -1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
