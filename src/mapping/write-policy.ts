import type { OutRule, WritePolicy } from '../model/mapping.ts';
import type { FieldValue } from '../model/values.ts';
import { instantOf, isBlank } from './convert.ts';

/** The three sides of a push decision, in CRM terms. */
export interface WriteSides {
  readonly wanted: FieldValue;
  /** What the CRM has now. */
  readonly remote: FieldValue;
  /** What we wrote last; null where we never did. */
  readonly lastPushed: FieldValue;
  /** The options of the CRM field, first to last; empty where it has none. Only `forward` asks for them. */
  readonly order: readonly string[];
}

export type WriteReason =
  | 'same'
  | 'never'
  | 'differs'
  | 'blank'
  | 'not-blank'
  | 'ours'
  | 'edited-in-crm'
  | 'forward'
  | 'not-forward';

export interface WriteDecision {
  readonly write: boolean;
  readonly why: WriteReason;
}

/** Whether a value is to be written into the CRM. Values are compared by meaning, or a push would never come to rest. */
export function decideWrite(policy: WritePolicy, sides: WriteSides): WriteDecision {
  const { wanted, remote, lastPushed, order } = sides;
  if (policy === 'never') return { write: false, why: 'never' };
  if (sameValue(wanted, remote)) return { write: false, why: 'same' };
  if (policy === 'always') return { write: true, why: 'differs' };
  if (policy === 'if-blank') return choose(isBlank(remote), 'blank', 'not-blank');
  if (policy === 'if-ours') return choose(sameValue(remote, lastPushed), 'ours', 'edited-in-crm');
  return choose(isForward(wanted, remote, order), 'forward', 'not-forward');
}

function choose(write: boolean, yes: WriteReason, no: WriteReason): WriteDecision {
  return { write, why: write ? yes : no };
}

/** Blank stands before the first option. A value that is no option has no place in the order: hands off. */
function isForward(wanted: FieldValue, remote: FieldValue, order: readonly string[]): boolean {
  const place = order.map(canonicalValue).indexOf(canonicalValue(wanted));
  if (place < 0) return false;
  const from = order.map(canonicalValue).indexOf(canonicalValue(remote));
  return isBlank(remote) || (from >= 0 && place > from);
}

/**
 * Whether two values mean the same although a CRM spells them differently: 72 and "72.0", true and "true", an instant in ISO
 * or in milliseconds, a list in any order or joined by semicolons, null and "". Where one side is a day without a time, days are
 * compared, and where it is an instant without a fraction, seconds: a field keeps no more than that of what we wrote.
 */
export function sameValue(left: FieldValue, right: FieldValue): boolean {
  if (isDay(left) || isDay(right)) return dayOf(left) === dayOf(right);
  if (isWholeSecond(left) || isWholeSecond(right)) return secondOf(left) === secondOf(right);
  return canonicalValue(left) === canonicalValue(right);
}

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const decimalPattern = /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/;

function isDay(value: FieldValue): boolean {
  return typeof value === 'string' && dayPattern.test(value);
}

function dayOf(value: FieldValue): string {
  const ms = typeof value === 'string' || typeof value === 'number' ? instantOf(value) : null;
  return ms === null ? canonicalValue(value) : new Date(ms).toISOString().slice(0, 10);
}

const instantPattern = /^\d{4}-\d{2}-\d{2}T/;

function isWholeSecond(value: FieldValue): boolean {
  return typeof value === 'string' && instantPattern.test(value) && (instantOf(value) ?? 1) % 1_000 === 0;
}

function secondOf(value: FieldValue): string {
  const ms = typeof value === 'string' || typeof value === 'number' ? instantOf(value) : null;
  return ms === null ? canonicalValue(value) : String(Math.floor(ms / 1_000));
}

/** One spelling for each meaning; the empty text for every blank. */
export function canonicalValue(value: FieldValue): string {
  if (value === null || isBlank(value)) return '';
  if (typeof value === 'object') return value.toSorted().join(';');
  const text = String(value);
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase();
  if (decimalPattern.test(text)) return String(Number(text));
  if (text.includes(';')) return text.split(';').sort().join(';');
  return typeof value === 'string' ? String(instantOf(value) ?? text) : text;
}

/** Our value as the CRM field takes it; undefined where the rule lists values and this is none of them: not written then. */
export function outputValue(rule: OutRule, value: FieldValue): FieldValue | undefined {
  if (rule.values === null || isBlank(value)) return value;
  const key = String(value);
  return Object.hasOwn(rule.values, key) ? rule.values[key] : undefined;
}
