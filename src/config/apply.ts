import type { MappingDefinition } from '../model/mapping.ts';
import type { ProfileExamples, ProfileKind, ScoringProfile } from '../model/profile.ts';
import type { ConnectionId, OrgId } from '../model/values.ts';
import { completePull, completePush, completeQuota, defaultTimezone } from './defaults.ts';
import { type Difference, differences } from './differences.ts';
import type {
  ConnectionSettings,
  CredentialReferences,
  OrgSettings,
  PushSettings,
  QuotaSettings,
  SourceSettings,
  StoredConnectionSettings,
} from './settings.ts';

/** An organisation as the database has it. */
export interface StoredOrg {
  readonly id: OrgId;
  readonly slug: string;
  readonly name: string;
  readonly connections: readonly StoredConnection[];
  readonly sources: readonly StoredSource[];
  readonly profiles: readonly StoredProfile[];
  readonly examples: readonly ProfileExamples[];
}

export interface StoredConnection {
  readonly id: ConnectionId;
  readonly name: string;
  readonly kind: string;
  readonly baseUrl: string | null;
  readonly schedule: string | null;
  readonly quota: Partial<QuotaSettings>;
  readonly push: Partial<PushSettings>;
  readonly settings: Partial<StoredConnectionSettings>;
  /** Id of the key under which the credentials are sealed; null = none are. */
  readonly sealedWith: string | null;
  /** Null = none yet. */
  readonly mapping: { readonly version: number; readonly definition: MappingDefinition } | null;
}

export interface StoredSource extends SourceSettings {
  readonly id: string;
  readonly sealedWith: string | null;
  readonly fingerprint: string | null;
}

/** What is known of a secret without opening it. */
export interface StoredSecret {
  /** Of what it belongs to. */
  readonly id: string;
  readonly references: CredentialReferences;
  readonly sealedWith: string | null;
  /** Null = none is stored. */
  readonly fingerprint: string | null;
}

export interface StoredProfile {
  readonly kind: ProfileKind;
  readonly version: number;
  readonly profile: ScoringProfile;
}

/** One line of work, or of none. `left-alone`: it is there, and the file does not name it. */
export interface Change {
  readonly action: 'create' | 'update' | 'none' | 'left-alone';
  readonly subject: 'org' | 'connection' | 'credentials' | 'mapping' | 'source' | 'address' | 'profile' | 'examples';
  readonly org: string;
  /** `acme-hubspot`, `product-usage`, `mql`; empty for the organisation itself. */
  readonly name: string;
  /** Values only; a secret is named by where it comes from, never shown. */
  readonly differences: readonly Difference[];
  /** Something to know about it; empty where there is nothing. */
  readonly note: string;
}

/**
 * How the configured secret compares with the stored one. `old-key`: the same, but sealed with a key that seals no more.
 * `entered`: another one, which somebody has just typed and no reference names. `unavailable`: it cannot be read here and now.
 */
export type CredentialState = 'same' | 'old-key' | 'changed' | 'entered' | 'unavailable';

/**
 * What has to change so that an organisation is what the configuration says. Pure: `secretOf` tells by name how the secret of
 * a connection or a source compares. Nothing is ever deleted.
 */
export function planApply(
  current: StoredOrg | null,
  wanted: OrgSettings,
  secretOf: (subject: 'connection' | 'source', name: string) => CredentialState,
): readonly Change[] {
  const org = wanted.slug;
  return [
    change({ org, subject: 'org', name: '' }, current === null ? null : { name: current.name }, { name: wanted.name }),
    ...wanted.connections.flatMap((connection) => {
      const stored = current?.connections.find(({ name }) => name === connection.name) ?? null;
      return planConnection({ org, stored, connection }, secretOf('connection', connection.name));
    }),
    ...wanted.sources.flatMap((source) => {
      const stored = current?.sources.find(({ name }) => name === source.name) ?? null;
      return planSource({ org, stored, source }, secretOf('source', source.name));
    }),
    ...wanted.profiles.map((profile) => {
      const stored = current?.profiles.find(({ kind }) => kind === profile.kind) ?? null;
      return change(
        { org, subject: 'profile', name: profile.kind },
        stored && unversioned(stored.profile),
        unversioned(profile),
      );
    }),
    ...wanted.examples.map(({ kind, examples }) => {
      const stored = current?.examples.find((each) => each.kind === kind)?.examples ?? [];
      const isNew = stored.length === 0 && examples.length > 0;
      return change({ org, subject: 'examples', name: kind }, isNew ? null : { examples: stored }, { examples });
    }),
    ...leftAlone(current, wanted),
  ];
}

interface ConnectionPair {
  readonly org: string;
  readonly stored: StoredConnection | null;
  readonly connection: ConnectionSettings;
}

function planConnection({ org, stored, connection }: ConnectionPair, credentials: CredentialState): Change[] {
  const { name } = connection;
  const subject = { org, name } as const;
  const changes = [
    change({ ...subject, subject: 'connection' }, stored && storedColumns(stored), wantedColumns(connection)),
    planSecret(
      { ...subject, subject: 'credentials' },
      { stored: stored && secretOfConnection(stored), references: connection.credentials },
      credentials,
    ),
  ];
  if (connection.mapping !== null) {
    changes.push(change({ ...subject, subject: 'mapping' }, stored?.mapping?.definition ?? null, connection.mapping));
  }
  return changes;
}

interface SourcePair {
  readonly org: string;
  readonly stored: StoredSource | null;
  readonly source: SourceSettings;
}

function planSource({ org, stored, source }: SourcePair, address: CredentialState): Change[] {
  const subject = { org, name: source.name } as const;
  const stand = { stored: stored && secretOfSource(stored), references: source.secrets };
  return [
    change({ ...subject, subject: 'source' }, stored && sourceColumns(stored), sourceColumns(source)),
    planSecret({ ...subject, subject: 'address' }, stand, address),
  ];
}

function sourceColumns({ kind, query, since, columns, schedule, timezone }: SourceSettings) {
  return { kind, query, since, columns, schedule, timezone };
}

export function secretOfConnection({ id, sealedWith, settings }: StoredConnection): StoredSecret {
  const { credentials, credentialsFingerprint } = settings;
  return { id, sealedWith, references: credentials ?? {}, fingerprint: credentialsFingerprint ?? null };
}

export function secretOfSource({ id, sealedWith, secrets, fingerprint }: StoredSource): StoredSecret {
  return { id, sealedWith, references: secrets, fingerprint };
}

interface SecretPair {
  readonly stored: StoredSecret | null;
  readonly references: CredentialReferences;
}

function planSecret(
  subject: Pick<Change, 'org' | 'subject' | 'name'>,
  { stored, references }: SecretPair,
  state: CredentialState,
): Change {
  const planned = change(subject, stored && stored.references, references);
  if (state === 'entered') return { ...planned, action: stored === null ? 'create' : 'update', note: entered };
  if (planned.differences.length === 0 && Object.keys(references).length === 0) return { ...planned, action: 'none' };
  const isStored = stored !== null && stored.fingerprint !== null;
  if (state === 'unavailable') return { ...planned, note: unavailable(isStored) };
  if (state === 'same' || planned.action !== 'none') return planned;
  if (state === 'old-key') return { ...planned, action: 'update', note: 'sealed anew, with the current key' };
  return { ...planned, action: 'update', note: isStored ? 'the secret has changed' : 'the secret was not stored yet' };
}

const entered = 'the secret was entered';

function unavailable(isStored: boolean): string {
  return isStored ? 'the secret is not at hand; the stored one stays' : 'the secret is not at hand';
}

/** What of a connection is configuration, in one form for both sides. */
function wantedColumns({ kind, baseUrl, schedule, quota, push, options }: ConnectionSettings) {
  return { kind, baseUrl, schedule, quota, push, ...options };
}

function storedColumns({ kind, baseUrl, schedule, quota, push, settings }: StoredConnection) {
  return {
    kind,
    baseUrl,
    schedule,
    quota: completeQuota(quota),
    push: completePush(push),
    connector: settings.connector ?? {},
    timezone: settings.timezone ?? defaultTimezone,
    pull: completePull(settings.pull),
  };
}

/** The version numbers a change; it is no part of what may have changed. */
function unversioned(profile: ScoringProfile): Omit<ScoringProfile, 'version'> {
  const { kind, name, components, tiers, triggers, segments, action } = profile;
  return { kind, name, components, tiers, triggers, segments, action };
}

function change(subject: Pick<Change, 'org' | 'subject' | 'name'>, before: object | null, after: object): Change {
  if (before === null) return { ...subject, action: 'create', differences: differences({}, after), note: '' };
  const found = differences(before, after);
  return { ...subject, action: found.length === 0 ? 'none' : 'update', differences: found, note: '' };
}

function leftAlone(current: StoredOrg | null, wanted: OrgSettings): Change[] {
  const unnamed = (subject: Change['subject'], name: string): Change => {
    const note = 'the configuration does not name it; it stays as it is';
    return { action: 'left-alone', org: wanted.slug, subject, name, differences: [], note };
  };
  const connections = current?.connections ?? [];
  const sources = current?.sources ?? [];
  const profiles = current?.profiles ?? [];
  const examples = current?.examples ?? [];
  return [
    ...connections
      .filter(({ name }) => !wanted.connections.some((each) => each.name === name))
      .map(({ name }) => unnamed('connection', name)),
    ...sources
      .filter(({ name }) => !wanted.sources.some((each) => each.name === name))
      .map(({ name }) => unnamed('source', name)),
    ...profiles
      .filter(({ kind }) => !wanted.profiles.some((each) => each.kind === kind))
      .map(({ kind }) => unnamed('profile', kind)),
    ...examples
      .filter(({ kind, examples }) => examples.length > 0 && !wanted.examples.some((each) => each.kind === kind))
      .map(({ kind }) => unnamed('examples', kind)),
  ];
}

export function isWork({ action }: Change): boolean {
  return action === 'create' || action === 'update';
}
