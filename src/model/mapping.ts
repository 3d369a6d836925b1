import type { EngagementType } from './engagement.ts';
import type { CounterField, MappedField, OutputField } from './lead.ts';

/** One conversion, written in YAML as a name (`trim`) or a name with its argument (`{ concat: ' ' }`). */
export type Transform =
  | { readonly name: 'trim' | 'lower' | 'upper' | 'title' }
  | { readonly name: 'integer' | 'number' | 'boolean' | 'date' | 'datetime' }
  | {
      readonly name: 'values';
      readonly map: Readonly<Record<string, string>>;
      /** For a value that is not listed: null = unknown, `keep` = as it is. */
      readonly otherwise: string | null;
    }
  | { readonly name: 'regex'; readonly pattern: string; readonly group: number }
  | { readonly name: 'split'; readonly separator: string; readonly index: number }
  | { readonly name: 'coalesce' }
  | { readonly name: 'concat'; readonly separator: string }
  | { readonly name: 'state' }
  | { readonly name: 'domain' }
  | { readonly name: 'truncate'; readonly length: number }
  | { readonly name: 'contains'; readonly text: string }
  | { readonly name: 'matches'; readonly pattern: string };

/** What a blank CRM value does to a known value: `keep` it (the default) or `clear` it. */
export type BlankPolicy = 'keep' | 'clear';
/** Who wins when two sides know different values. */
export type ConflictRule = 'crm' | 'ours' | 'crm-unless-blank' | 'newest';
/** A value that cannot be converted becomes unknown (`null`), or rejects the record. Either way the reason is kept. */
export type OnInvalid = 'null' | 'reject';
/**
 * always: the CRM shall have our value. if-blank: only into an empty field. if-ours: only while the CRM still has our
 * last write. forward: only later in the field's own order of options. never: computed, shown, not written.
 */
export type WritePolicy = 'always' | 'if-blank' | 'if-ours' | 'forward' | 'never';

export interface InRule {
  readonly from: readonly string[];
  readonly to: MappedField;
  readonly transform: readonly Transform[];
  readonly onInvalid: OnInvalid;
  readonly blank: BlankPolicy;
  readonly conflict: ConflictRule;
}

export interface OutRule {
  readonly from: OutputField;
  readonly to: string;
  readonly write: WritePolicy;
  /** Translates our value into the CRM's; a value that is not listed is not written. Null = as it is. */
  readonly values: Readonly<Record<string, string>> | null;
}

/** Says what a form submission, a campaign response or a logged activity counts as: first match wins. */
export interface EventRule {
  readonly object: string;
  /**
   * Case-insensitive text in anything that the source says of itself; an empty string matches all. By field, each text must
   * be in its own field: see `ObjectCapability.eventTexts`.
   */
  readonly contains: string | Readonly<Record<string, string>>;
  /** `nothing`: another source counts it, or nobody should. */
  readonly type: EngagementType | 'nothing';
}

export interface ObjectMapping {
  readonly in: readonly InRule[];
  readonly out: readonly OutRule[];
}

/** Each counter has one source, so that nothing counts twice: the CRM's own total, or our dated events. */
export type CounterSource = 'crm' | 'events';

export interface MappingDefinition {
  readonly objects: Readonly<Record<string, ObjectMapping>>;
  readonly counters: { readonly [F in CounterField]: CounterSource };
  readonly events: readonly EventRule[];
}

/** A problem found by holding a mapping against the live CRM, with what to do about it. */
export interface MappingProblem {
  readonly object: string;
  readonly direction: 'in' | 'out';
  readonly field: string;
  readonly code:
    | 'missing-field'
    | 'wrong-type'
    | 'read-only'
    | 'calculated'
    | 'missing-option'
    | 'too-long'
    | 'unreadable'
    | 'unwritable';
  /** `pauses`: this one field is left out until it is mended. `warns`: it works, with a caveat. */
  readonly severity: 'pauses' | 'warns';
  readonly message: string;
  readonly remedy: string;
}

/** A mistake in a mapping or a profile that can be seen without the CRM, with what to do about it. */
export interface DefinitionProblem {
  /** Where it is, as in the file: `objects.contacts.in[2].transform[0]`. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}
