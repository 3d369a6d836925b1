/**
 * The contract between leadloop and a CRM.
 *
 * A connector is a folder under `connectors/` that default-exports nothing and registers one `ConnectorDefinition`. It
 * imports this package (`leadloop/connector-sdk`), its vendor's SDK and its own files: nothing else of ours. It is proved
 * by one suite of laws, `test/contract/connector-suite.ts`, which every connector runs over real HTTP.
 *
 * Three promises hold everywhere:
 *  - A cursor is opaque to everybody else and says one thing: *safe to resume from here*.
 *  - A record that cannot be read is a value (`rejected`), never an exception; a push answers once per change.
 *  - Every call that waits ends soon after its `AbortSignal`, by throwing the signal's reason.
 */
import type { Static, TSchema } from 'typebox';
import type { MappingDefinition } from '../model/mapping.ts';
import type { FieldSchema, FieldSpec, ObjectKind, PulledPage, SourceRecord } from '../model/records.ts';
import type { Lane } from '../model/run.ts';
import type { ExternalId, Fields, FieldValue } from '../model/values.ts';
import type { ConsentCapability } from './consent.ts';
import type { ConnectorContext } from './context.ts';
import type { RateLimit } from './governor.ts';
import type { WebhookCapability } from './webhooks.ts';

/** Opaque text with a version prefix of the connector's own; only the connector that made it reads it. */
export type Cursor = string;

export interface ConnectorDefinition<Settings extends TSchema = TSchema, Credentials extends TSchema = TSchema> {
  /** The `kind` of a connection in the configuration: `hubspot`. */
  readonly kind: string;
  readonly label: string;
  /** JSON Schema of the connector's settings: validates the configuration and draws the form. */
  readonly settings: Settings;
  readonly credentials: Credentials;
  /** What can be pulled, in the order in which a sync pulls it: companies before the people who work there. */
  readonly objects: readonly ObjectCapability[];
  /** Used where an organisation configures nothing. */
  readonly defaultMapping: MappingDefinition;
  /** The CRM's short limits by bucket: what the governor of a connection starts with, until the CRM tells more. */
  readonly limits: Readonly<Record<string, RateLimit>>;
  /** The fields that we create in the CRM, by object. */
  readonly ownedFields: Readonly<Record<string, readonly FieldSpec[]>>;
  /** Null = the CRM tells us nothing by itself: polling alone. */
  readonly webhooks: WebhookCapability<Static<Credentials>> | null;
  /** How somebody lets leadloop in from a browser; null = a login is typed, there is no other way. */
  readonly consent: ConsentCapability<Static<Settings>, Static<Credentials>> | null;
  /** Pure: the cursor from which `live` and `settled` pull everything that changed at or after `instant`. */
  startCursor(object: string, instant: Date): Cursor;
  open(context: ConnectorContext<Static<Settings>, Static<Credentials>>): Connector;
}

/** Capability is data: what a connector cannot do it does not list. */
export interface ObjectCapability {
  /** The CRM's own name: `contacts`, `Lead`. */
  readonly object: string;
  readonly kind: ObjectKind;
  /** How it is read. An object with `full` alone is a snapshot, taken anew in each sync. */
  readonly lanes: readonly Lane[];
  /** Null = we never write it. */
  readonly push: PushCapability | null;
  /** Left out, with a note in `check`, where the credentials may not read it; a required object fails the run. */
  readonly optional: boolean;
  /** The texts that event rules may look at, by the CRM's names for them; empty = no rule applies to this object. */
  readonly eventTexts: readonly string[];
}

export interface PushCapability {
  /** Left out, with a note in `check`, where the credentials may not write it; a required object fails the push. */
  readonly optional: boolean;
  /** Records in one call. */
  readonly maxBatch: number;
  /** A way that is cheaper where much waits, such as a bulk job; null = there is none. */
  readonly mass: {
    /** Worth it from so many waiting records, unless the connection's `push.massFrom` says otherwise. */
    readonly from: number;
    /** Records in one job. */
    readonly maxBatch: number;
  } | null;
}

export interface Connector extends AsyncDisposable {
  /**
   * The id of the account behind the credentials, as the CRM knows it. Record ids mean other people in another account, so
   * a run compares it with the one seen first. Cached for a day.
   */
  account(signal: AbortSignal): Promise<string>;

  /** Tries credentials, account, scopes and reach. Answers with findings; throws only when the CRM cannot be reached. */
  check(signal: AbortSignal): Promise<readonly CheckFinding[]>;

  /** The fields of an object as the CRM has them now. Cached for an hour. */
  describe(object: string, signal: AbortSignal): Promise<readonly FieldSchema[]>;

  /**
   * Creates the fields that are missing. Idempotent. A field of the same name that is not ours or has another type is
   * left as it is and reported as `conflict`; nothing is ever overwritten.
   */
  ensureFields(object: string, fields: readonly FieldSpec[], signal: AbortSignal): Promise<readonly EnsuredField[]>;

  /**
   * Yields batches from `since` (null = from the beginning) until everything up to `until` has been read. Stopping after
   * any batch and resuming from its cursor loses nothing; a record may come twice. The last batch has `done: true`.
   * @throws ConnectorError with a recovery. What was yielded before stays valid.
   */
  pull(request: PullRequest): AsyncGenerator<PullBatch, void, void>;

  /** Reads records by id, in any order; ids that are gone are absent, merged ids come as the record that absorbed them. */
  read(request: ReadRequest): Promise<readonly SourceRecord[]>;

  /**
   * Sets absolute values by CRM id, so a repeat is harmless. Exactly one outcome per change, in any fault that leaves the
   * connector able to answer; at most `maxBatch` changes of one object, or as one mass write `mass.maxBatch`.
   * @throws ConnectorError when no outcome is known for any change: then all may be sent again.
   */
  push(request: PushRequest): Promise<readonly PushOutcome[]>;
}

export interface CheckFinding {
  readonly level: 'ok' | 'warning' | 'failure';
  /** What was tried: `scope crm.objects.contacts.write`. */
  readonly subject: string;
  readonly message: string;
  /** What to do; empty where nothing has to be done. */
  readonly remedy: string;
}

export interface EnsuredField {
  readonly field: string;
  readonly status: 'created' | 'present' | 'conflict' | 'forbidden';
  readonly message: string;
}

export interface PullRequest {
  readonly object: string;
  readonly lane: Lane;
  /** CRM field names. The connector adds those that it needs itself. */
  readonly fields: readonly string[];
  readonly since: Cursor | null;
  /** live: now. settled: now − lag. full, archived: when the pass began. */
  readonly until: Date;
  /**
   * Which of these do we hold already, as new as this? Saves reading them again. Asked with at most 10,000 at once. So that
   * it can be answered for engagement too, its objects yield a record with each event where the CRM has one.
   */
  readonly held: (references: readonly RecordReference[]) => Promise<ReadonlySet<ExternalId>>;
  /** How event sources are classified: see `MappingDefinition.events`. */
  readonly events: MappingDefinition['events'];
  readonly signal: AbortSignal;
}

export interface RecordReference {
  readonly externalId: ExternalId;
  readonly modifiedAt: Date;
}

export interface PullBatch extends PulledPage {
  /** Everything that the source had before this point has been yielded. */
  readonly cursor: Cursor;
  /** The pass is complete: the next pull resumes from `cursor` with a later `until`. */
  readonly done: boolean;
}

export interface ReadRequest {
  readonly object: string;
  readonly ids: readonly ExternalId[];
  readonly fields: readonly string[];
  readonly signal: AbortSignal;
}

export interface PushRequest {
  readonly object: string;
  readonly changes: readonly PushChange[];
  readonly signal: AbortSignal;
}

export interface PushChange {
  /** Ours; comes back in the outcome. */
  readonly key: string;
  readonly externalId: ExternalId;
  /** Only what changes. Null clears a field. */
  readonly fields: Fields;
}

export type PushOutcome =
  | {
      readonly key: string;
      readonly status: 'applied';
      /** What the CRM says it has now, for the fields that we sent: where it differs, the CRM kept its own value. */
      readonly fields: Readonly<Record<string, FieldValue>>;
      readonly requestId: string | null;
    }
  /** Not written; the same change may be tried again, not before `retryAfterMs`. */
  | {
      readonly key: string;
      readonly status: 'deferred';
      readonly reason: string;
      readonly retryAfterMs: number;
      readonly requestId: string | null;
    }
  /** Not written, and it never will be as it is. `field` where the CRM named one. */
  | {
      readonly key: string;
      readonly status: 'rejected';
      readonly reason: string;
      readonly field: string | null;
      readonly requestId: string | null;
    }
  /** The record is no more; write to `mergedInto` where it is known. */
  | {
      readonly key: string;
      readonly status: 'gone';
      readonly mergedInto: ExternalId | null;
      readonly requestId: string | null;
    };

/** Identity at run time; gives the definition its types, so that `open` sees its own settings and credentials. */
export function defineConnector<Settings extends TSchema, Credentials extends TSchema>(
  definition: ConnectorDefinition<Settings, Credentials>,
): ConnectorDefinition<Settings, Credentials> {
  return definition;
}
