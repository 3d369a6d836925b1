/** A connection's mapping with everything around it that an editor shows: what is in force, the draft, who asks for what. */
import type { SessionServices } from '../connection.ts';
import { unknownConnection } from '../connections/refusals.ts';
import { definitionOf } from '../connections/stored.ts';
import type { ConnectorDefinition } from '../connector-sdk/connector.ts';
import { type DraftRow, readDraft } from '../db/queries/drafts.ts';
import { readActiveMapping, readMappingVersion } from '../db/queries/mapping-versions.ts';
import { readConnection, type StoredConnectionRow } from '../db/queries/read-connection.ts';
import { readRules, type StoredRules } from '../db/queries/read-rules.ts';
import type { Tx } from '../db/tx.ts';
import { AppError } from '../model/errors.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import type { ObjectKind } from '../model/records.ts';
import type { OrgId } from '../model/values.ts';
import { activeProfile } from '../pull/prepare.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../scoring/defaults.ts';
import { type FieldUses, usesOf } from './uses.ts';

export interface Place {
  readonly orgId: OrgId;
  /** Of the connection. */
  readonly connection: string;
}

export interface OpenMapping {
  readonly connection: StoredConnectionRow;
  readonly connector: ConnectorDefinition;
  /** The one in force; 0 = what the connector brings along. */
  readonly version: number;
  readonly definition: MappingDefinition;
  readonly draft: DraftRow<MappingDefinition> | null;
  readonly rules: StoredRules;
  readonly uses: FieldUses;
}

/** @throws AppError `connection-unknown`, `connector-unknown` (fix-config) */
export async function openMapping(
  services: Pick<SessionServices, 'database' | 'definitions'>,
  place: Place,
): Promise<OpenMapping> {
  return services.database.transaction(place.orgId, (tx) => openMappingIn(tx, services, place.connection));
}

export async function openMappingIn(
  tx: Tx,
  { definitions }: Pick<SessionServices, 'definitions'>,
  name: string,
): Promise<OpenMapping> {
  const connection = await readConnection(tx, name);
  if (connection === null) throw unknownConnection(name);
  const connector = definitionOf({ definitions }, connection.kind);
  const active = await readActiveMapping(tx, connection.id);
  const rules = await readRules(tx);
  const profiles = [activeProfile(rules, 'mql', defaultMqlProfile), activeProfile(rules, 'plg', defaultPlgProfile)];
  return {
    connection,
    connector,
    version: active?.version ?? 0,
    definition: active?.definition ?? connector.defaultMapping,
    draft: await readDraft<MappingDefinition>(tx, { subject: 'mapping', name }),
    rules,
    uses: usesOf(profiles.map(({ profile }) => profile.definition)),
  };
}

/** @throws AppError `mapping-version-unknown` (fix-config) */
export async function definitionOfVersion(
  tx: Tx,
  { connection, connector }: Pick<OpenMapping, 'connection' | 'connector'>,
  version: number,
): Promise<MappingDefinition> {
  if (version === 0) return connector.defaultMapping;
  const stored = await readMappingVersion(tx, connection.id, version);
  if (stored === null) throw unknownVersion(version);
  return stored.definition;
}

export interface MappableObject {
  readonly object: string;
  readonly kind: 'lead' | 'company' | 'opportunity';
  readonly isWritten: boolean;
}

/** The people first: they are what is scored. */
export function mappableObjects({ objects }: ConnectorDefinition): readonly MappableObject[] {
  return (['lead', 'company', 'opportunity'] as const).flatMap((wanted) =>
    objects
      .filter(({ kind }) => kind === wanted)
      .map(({ object, push }) => ({ object, kind: wanted, isWritten: push !== null })),
  );
}

export function kindsOf({ objects }: ConnectorDefinition): ReadonlyMap<string, ObjectKind> {
  return new Map(objects.map(({ object, kind }) => [object, kind]));
}

function unknownVersion(version: number): AppError {
  return new AppError('mapping-version-unknown', `The mapping has no version ${version}.`, {
    recovery: 'fix-config',
    remedy: 'Choose one of its versions.',
  });
}
