import { leadFieldNames, leadFields, type LeadField, type LeadValues, type MappedField } from '../model/lead.ts';
import type { BlankPolicy, ConflictRule } from '../model/mapping.ts';
import type { ConnectionId, ExternalId, FieldValue } from '../model/values.ts';
import { isBlank } from './convert.ts';

/** What one source record says of a lead. */
export interface LeadContribution {
  readonly connectionId: ConnectionId;
  readonly object: string;
  readonly externalId: ExternalId;
  readonly modifiedAt: Date;
  readonly values: LeadValues;
  /** The `in` rules of the record's object. */
  readonly rules: readonly { readonly to: MappedField; readonly blank: BlankPolicy; readonly conflict: ConflictRule }[];
  /** A person's own record, or that of the company it belongs to. */
  readonly kind: 'lead' | 'company';
  /** The values of this same record when it was merged last; null the first time. */
  readonly previous: LeadValues | null;
}

/** What one record says of one field. */
interface Claim {
  readonly source: LeadContribution;
  readonly value: FieldValue;
  readonly conflict: ConflictRule;
  /** The record says something else than last time: somebody has edited it. */
  readonly isNew: boolean;
}

/**
 * A lead's values from what is known (`current`) and from *all* of its source records, in any order.
 *
 * - A counter is the greatest of what the records say: they count the same person's doings. A demo that was requested stays
 *   requested, whatever else a CRM's "latest" field says today.
 * - `source` and `source_detail` are first touch: they are filled once.
 * - Elsewhere a value that was edited since its last merge beats one that was not, then the newest record wins; so two records
 *   that disagree do not take turns, although our own writes move their stamps. A person's own record goes before its
 *   company's.
 * - `crm` and `crm-unless-blank` give way to no value of ours; `newest` only once the CRM's value changes; `ours` fills blanks.
 * - A blank takes back only what its own record had said (under `blank: clear`, and never under `crm-unless-blank` or `ours`):
 *   a value from elsewhere, entered by hand or by enrichment, outlives it.
 */
export function mergeLeadValues(current: LeadValues, contributions: readonly LeadContribution[]): LeadValues {
  const ordered = contributions.toSorted(byPrecedence);
  const merged: { [F in LeadField]?: FieldValue } = { ...current };
  for (const field of leadFieldNames) {
    const claims = ordered.flatMap((source) => claimOf(source, field));
    if (claims.length > 0) merged[field] = decide(field, current[field] ?? null, claims);
  }
  return merged;
}

function claimOf(source: LeadContribution, field: LeadField): readonly Claim[] {
  const value = source.values[field];
  if (value === undefined) return [];
  const conflict = source.rules.find(({ to }) => to === field)?.conflict ?? 'crm';
  return [{ source, value, conflict, isNew: !isSame(value, source.previous?.[field]) }];
}

function decide(field: LeadField, current: FieldValue, claims: readonly Claim[]): FieldValue {
  if ('counter' in leadFields[field]) return greatest(current, claims);
  const isKnown = !isBlank(current);
  if (isKnown && (field === 'source' || field === 'source_detail')) return current;
  const spoken = claims.filter(({ value }) => !isBlank(value));
  if (spoken.length === 0) return isKnown && claims.some((claim) => takesBack(claim, field, current)) ? null : current;
  const eligible = isKnown ? spoken.filter(overrules) : spoken;
  return best(current, eligible);
}

function overrules({ conflict, isNew }: Claim): boolean {
  return conflict === 'newest' ? isNew : conflict !== 'ours';
}

function takesBack({ source, conflict }: Claim, field: LeadField, current: FieldValue): boolean {
  return conflict !== 'ours' && conflict !== 'crm-unless-blank' && isSame(source.previous?.[field], current);
}

/** Of the best kind of record: the newest edit; without any, what we hold if a record still says so; else the newest record. */
function best(current: FieldValue, claims: readonly Claim[]): FieldValue {
  const [first] = claims;
  if (first === undefined) return current;
  const peers = claims.filter(({ source }) => source.kind === first.source.kind);
  const edited = peers.find(({ isNew }) => isNew);
  const held = peers.find(({ value }) => isSame(value, current));
  return (edited ?? held ?? first).value;
}

function greatest(current: FieldValue, claims: readonly Claim[]): FieldValue {
  const values = claims.map(({ value }) => value);
  if (current === true || values.includes(true)) return true;
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length > 0) return Math.max(...numbers);
  return values.includes(false) ? false : current;
}

/** A total order, so that the outcome does not depend on the order of arrival. */
function byPrecedence(a: LeadContribution, b: LeadContribution): number {
  return (
    Number(a.kind === 'company') - Number(b.kind === 'company') ||
    b.modifiedAt.getTime() - a.modifiedAt.getTime() ||
    compare(a.connectionId, b.connectionId) ||
    compare(a.object, b.object) ||
    compare(a.externalId, b.externalId)
  );
}

/** By code unit: the same everywhere, whatever the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function isSame(left: FieldValue | undefined, right: FieldValue | undefined): boolean {
  return left === right || (isBlank(left) && isBlank(right));
}
