import type { OutRule } from './mapping.ts';
import type { ConnectionId, ExternalId, Fields, FieldValue, LeadId } from './values.ts';

/** One CRM record that we may write: the three sides of the decision, and what earlier writes taught. */
export interface PushSides {
  /** What the CRM shall have, by CRM field name. */
  readonly wanted: Fields;
  /** What the CRM had when we last read it or were answered. */
  readonly remote: Fields;
  /** What we last wrote. */
  readonly pushed: Fields;
  /** Fields where the CRM goes back to a value of its own: see `push/kept.ts`. */
  readonly kept: Readonly<Record<string, KeptValue>>;
}

export interface KeptValue {
  readonly wanted: FieldValue;
  readonly remote: FieldValue;
  /** How often in a row it has gone back. */
  readonly times: number;
}

export interface PushRecord extends PushSides {
  readonly connectionId: ConnectionId;
  readonly object: string;
  readonly externalId: ExternalId;
  /** Null = the record of a company, which shows the score of the account. */
  readonly leadId: LeadId | null;
}

export interface FieldChange {
  readonly field: string;
  readonly before: FieldValue;
  readonly after: FieldValue;
  /** Why this field is written: for people, in a ledger. */
  readonly why: string;
}

export interface PlannedRecord {
  readonly record: PushRecord;
  readonly changes: readonly FieldChange[];
}

/** 0: status, MQL or tier changes. 1: the score of a hot lead changes. 2: another score. 3: the rest. Lower goes first. */
export type PushPriority = 0 | 1 | 2 | 3;

/** The order of options of a CRM field, for rules that only ever move forward; empty = unknown, which never moves. */
export type OptionOrders = Readonly<Record<string, readonly string[]>>;

/** What a connection shall be told about its leads, object by object. */
export interface ConnectionOutputs {
  readonly connectionId: ConnectionId;
  readonly mappingVersion: number;
  readonly objects: Readonly<Record<string, { readonly rules: readonly OutRule[]; readonly orders: OptionOrders }>>;
}
