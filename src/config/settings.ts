import type { IngestKind } from '../ingest/rows.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import type { ProfileExamples, ScoringProfile } from '../model/profile.ts';

/** What the configuration says, with every default filled in. Frozen: nobody changes it after the start. */
export interface Settings {
  readonly orgs: readonly OrgSettings[];
}

export interface OrgSettings {
  readonly slug: string;
  readonly name: string;
  readonly connections: readonly ConnectionSettings[];
  readonly sources: readonly SourceSettings[];
  readonly profiles: readonly ScoringProfile[];
  /** Of the kinds whose examples are named; those of others stay as they are. */
  readonly examples: readonly ProfileExamples[];
}

export interface ConnectionSettings {
  readonly name: string;
  readonly kind: string;
  /** Null = the vendor's own address. */
  readonly baseUrl: string | null;
  readonly credentials: CredentialReferences;
  /** Five cron fields in `options.timezone`; null = only by hand. */
  readonly schedule: string | null;
  readonly quota: QuotaSettings;
  readonly push: PushSettings;
  readonly options: ConnectionOptions;
  /** Null where the connector of this kind is not installed, and nothing was configured. */
  readonly mapping: MappingDefinition | null;
}

/** A query against a database of the organisation's own, whose rows are taken in. */
export interface SourceSettings {
  readonly name: string;
  readonly kind: IngestKind;
  /** Where its address comes from, as `database`. */
  readonly secrets: CredentialReferences;
  /** One SELECT, without a semicolon at its end. */
  readonly query: string;
  /** Null = the whole query each time. */
  readonly since: SourceSince | null;
  /** Our field → the query's column, where they differ. */
  readonly columns: Readonly<Record<string, string>>;
  /** Five cron fields; null = only by hand. */
  readonly schedule: string | null;
  readonly timezone: string;
}

export interface SourceSince {
  readonly column: string;
  /** $1 of the query, before anything was read. */
  readonly first: string;
}

/** By name; a text stands for itself (a client id), an object refers to a secret. File paths are absolute. */
export type CredentialReferences = Readonly<Record<string, CredentialReference>>;
export type CredentialReference = string | { readonly env: string } | { readonly file: string };

export interface QuotaSettings {
  readonly dailyShare: number;
  readonly stopAtOrgUse: number;
  /** The part of our share of the day that is kept for urgent writes. */
  readonly urgentReserve: number;
  readonly dailyLimit: number | null;
}

export interface PushSettings {
  readonly mode: 'plan' | 'auto';
  readonly blastRadius: { readonly records: number; readonly share: number };
  /** Null = from where the connector finds a bulk job worth while. */
  readonly massFrom: number | null;
}

export interface ConnectionOptions {
  /** The connector's own settings; `loginUrl` is one of them. */
  readonly connector: Readonly<Record<string, unknown>>;
  /** Of the schedule, and of the day that the quota counts. */
  readonly timezone: string;
  readonly pull: PullSettings;
}

export interface PullSettings {
  readonly lagSeconds: number;
  readonly fullPassHours: number;
  /** How often changed people are looked for between two syncs; null = not at all. */
  readonly liveEverySeconds: number | null;
  /** Null = everything that the connector can pull. */
  readonly objects: readonly string[] | null;
}

/** The column `connections.settings`: the options, and where the credentials came from. */
export interface StoredConnectionSettings extends ConnectionOptions {
  readonly credentials: CredentialReferences;
  /** Recognises the configured secret; null while none is stored. See `Sealer.fingerprint`. */
  readonly credentialsFingerprint: string | null;
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
