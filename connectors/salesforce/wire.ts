import { ProtocolError } from 'leadloop/connector-sdk';

// What Salesforce sends, and only what we read of it.

type WireValue = string | number | boolean | null;

/** A row of a query. A parent is a row in the row, or null. */
export interface WireRecord {
  readonly Id: string;
  readonly SystemModstamp?: string;
  readonly IsDeleted?: boolean;
  readonly MasterRecordId?: string | null;
  readonly [field: string]: WireValue | WireParent | undefined;
}
type WireParent = Readonly<Record<string, WireValue | object>>;

export interface WireQuery {
  readonly totalSize: number;
  readonly done: boolean;
  readonly records: readonly WireRecord[];
}

/** An error of a whole request: they come in a list. The token endpoint sends one object with `error` instead. */
export interface WireError {
  readonly errorCode?: string;
  readonly message?: string;
  readonly fields?: readonly string[];
  readonly error?: string;
}

/** One record of sObject Collections, in the order in which they were sent; a failed one may have no id (recorded). */
export interface WireSaved {
  readonly id?: string;
  readonly success: boolean;
  readonly errors?: readonly WireSaveError[];
}

/** The code of a row is `statusCode`, that of a request is `errorCode`. */
export interface WireSaveError {
  readonly statusCode?: string;
  readonly errorCode?: string;
  readonly message?: string;
  readonly fields?: readonly string[];
}

export interface WireDescribe {
  readonly name: string;
  readonly queryable?: boolean;
  readonly updateable?: boolean;
  readonly fields: readonly WireField[];
}

export interface WireField {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly calculated?: boolean;
  readonly updateable?: boolean;
  readonly length?: number;
  /** Of a lookup: the objects that it may lead to. */
  readonly referenceTo?: readonly string[];
  readonly picklistValues?: readonly { readonly value: string; readonly active?: boolean }[];
}

export interface WireUpdated {
  readonly ids: readonly string[];
  readonly latestDateCovered: string;
}

/** A job of Bulk API 2.0, in either direction. */
export interface WireJob {
  readonly id: string;
  /** Until it has ended: Open, UploadComplete, InProgress. */
  readonly state: string;
  /** Rows, of a job that has ended. */
  readonly numberRecordsProcessed?: number;
}

/** What is left of the organisation's limits, by their names. */
export type WireLimits = Readonly<Record<string, { readonly Max: number; readonly Remaining: number }>>;

export interface WireDeleted {
  readonly deletedRecords: readonly { readonly id: string }[];
}

export interface WireToken {
  readonly access_token: string;
  readonly instance_url: string;
  /** `https://…/id/ORGANISATION/USER`. */
  readonly id?: string;
  /** Only where the app rotates its refresh tokens. */
  readonly refresh_token?: string;
}

/** What `POST` of one record answers. */
export interface WireCreated {
  readonly id?: string;
  readonly success?: boolean;
}

/**
 * The rows of a query, if they are all that it says there are.
 * @throws ProtocolError
 */
export function withRecords(body: unknown, what: string): WireQuery {
  const { records, totalSize, done } = (body ?? {}) as Partial<WireQuery>;
  if (!Array.isArray(records)) throw new ProtocolError(`Salesforce answered ${what} without records.`);
  // An old version leaves `done` out where there is nothing (jsforce, query.ts).
  return { records, totalSize: totalSize ?? records.length, done: done ?? true };
}
