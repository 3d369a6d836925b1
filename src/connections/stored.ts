import type { StoredConnection, StoredOrg } from '../config/apply.ts';
import { readStored } from '../config/stored.ts';
import type { SessionServices } from '../connection.ts';
import { type ConnectionStand, readStand } from '../db/queries/connection-versions.ts';
import { readSealed } from '../db/queries/read-connection.ts';
import type { Tx } from '../db/tx.ts';
import type { ConnectorDefinition } from '../connector-sdk/connector.ts';
import { AppError } from '../model/errors.ts';
import type { OrgId } from '../model/values.ts';
import type { Sealed, Sealer } from '../secrets/seal.ts';
import type { Credentials } from './login.ts';
import { unknownConnection } from './refusals.ts';

/** Whose organisation, and who changes something there: for the audit log. */
export interface ActingFor {
  readonly orgId: OrgId;
  readonly slug: string;
  readonly actor: string;
}

/** A connection as the database has it. */
export interface Found {
  readonly org: StoredOrg;
  readonly connection: StoredConnection;
  readonly stand: ConnectionStand;
  /** Null = it has no credentials. */
  readonly sealed: Sealed | null;
}

/** @throws AppError `connection-unknown` (fix-config) */
export async function findStored(tx: Tx, name: string): Promise<Found> {
  const stand = await readStand(tx, name);
  const org = await readStored(tx);
  const connection = org?.connections.find((one) => one.name === name);
  if (org === null || connection === undefined || stand === null) throw unknownConnection(name);
  return { org, connection, stand, sealed: await readSealed(tx, stand.id) };
}

export function bindingOf({ org, stand }: Found): { readonly orgId: OrgId; readonly connectionId: string } {
  return { orgId: org.id, connectionId: stand.id };
}

/** Null = there are none. @throws AppError `secret-key-unknown`, `secret-unreadable` (fix-config) */
export function openCredentials(sealer: Sealer, found: Found): Credentials | null {
  return found.sealed === null ? null : (JSON.parse(sealer.unseal(found.sealed, bindingOf(found))) as Credentials);
}

/** @throws AppError `connector-unknown` (fix-config) */
export function definitionOf({ definitions }: Pick<SessionServices, 'definitions'>, kind: string): ConnectorDefinition {
  const definition = definitions.find((one) => one.kind === kind);
  if (definition !== undefined) return definition;
  throw new AppError('connector-unknown', `There is no connector for "${kind}" here.`, {
    recovery: 'fix-config',
    remedy: 'Use one of the connectors that this version has, or upgrade leadloop.',
  });
}
