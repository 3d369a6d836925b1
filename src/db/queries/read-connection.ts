import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';
import { type Sealed, sealedOf } from './sealed.ts';

/** As the configuration has it; what an older version wrote lacks what came later. */
export interface StoredQuota {
  readonly dailyShare?: number;
  readonly stopAtOrgUse?: number;
  readonly urgentReserve?: number;
  readonly dailyLimit?: number | null;
}

export interface StoredConnectionRow {
  readonly id: ConnectionId;
  /** Slug. */
  readonly org: string;
  readonly name: string;
  readonly kind: string;
  readonly baseUrl: string | null;
  readonly schedule: string | null;
  readonly quota: StoredQuota;
  readonly push: {
    readonly mode?: 'plan' | 'auto';
    readonly blastRadius?: { readonly records: number; readonly share: number };
    readonly massFrom?: number | null;
  };
  readonly settings: {
    readonly connector?: Readonly<Record<string, unknown>>;
    readonly timezone?: string;
    readonly pull?: {
      readonly lagSeconds?: number;
      readonly fullPassHours?: number;
      readonly objects?: readonly string[] | null;
    };
  };
  readonly sealed: Sealed | null;
}

/** A connection by name; null where there is none. */
export async function readConnection(tx: Tx, name: string): Promise<StoredConnectionRow | null> {
  const [row] = await tx.query<StoredConnectionRow & { keyId: string | null; bytes: Buffer | null }>(
    `select id, (select slug from orgs where id = $1) as org, name, kind, base_url as "baseUrl", schedule, quota,
       push_policy as push, settings, credentials_key_id as "keyId", credentials_sealed as bytes
     from connections where org_id = $1 and name = $2`,
    [tx.orgId, name],
  );
  if (row === undefined) return null;
  const { keyId, bytes, ...connection } = row;
  return { ...connection, sealed: sealedOf({ keyId, bytes }) };
}

/** The credentials as they are stored now; null = none are. */
export async function readSealed(tx: Tx, connectionId: ConnectionId): Promise<Sealed | null> {
  const [row] = await tx.query<{ keyId: string | null; bytes: Buffer | null }>(
    `select credentials_key_id as "keyId", credentials_sealed as bytes from connections where org_id = $1 and id = $2`,
    [tx.orgId, connectionId],
  );
  const { keyId = null, bytes = null } = row ?? {};
  return sealedOf({ keyId, bytes });
}

/** Replaces sealed credentials after a renewal. */
export async function updateCredentials(tx: Tx, connectionId: ConnectionId, sealed: Sealed): Promise<void> {
  await tx.query(
    `update connections set credentials_sealed = $3, credentials_key_id = $4, updated_at = now()
     where org_id = $1 and id = $2`,
    [tx.orgId, connectionId, Buffer.from(sealed.bytes), sealed.keyId],
  );
}

/** The CRM account that the connection belongs to: the one it was given first. */
export async function rememberAccount(tx: Tx, connectionId: ConnectionId, accountId: string): Promise<string> {
  const [row] = await tx.query<{ accountId: string }>(
    `update connections set account_id = coalesce(account_id, $3) where org_id = $1 and id = $2
     returning account_id as "accountId"`,
    [tx.orgId, connectionId, accountId],
  );
  return row?.accountId ?? accountId;
}
