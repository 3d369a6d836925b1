import type { OrgId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';
import { writeAudit } from './write-audit.ts';

export interface TokenHolder {
  readonly id: string;
  readonly name: string;
  readonly orgId: OrgId;
  /** Of the organisation. */
  readonly slug: string;
  readonly scopes: readonly string[];
}

/** Whose token it is; null = nobody's that holds now. Through `Database.operator`: a token does not say whose it is. */
export async function findToken(tx: Tx, hash: string, now: Date): Promise<TokenHolder | null> {
  const [row] = await tx.query<TokenHolder>(
    `select t.id, t.name, t.org_id as "orgId", o.slug, t.scopes from api_tokens t join orgs o on o.id = t.org_id
     where token_hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2)`,
    [hash, now],
  );
  return row ?? null;
}

/** Notes that a token is used, where that was not noted since `since`. */
export async function touchToken(tx: Tx, id: string, { now, since }: { now: Date; since: Date }): Promise<void> {
  await tx.query(
    `update api_tokens set last_used_at = $3
     where org_id = $1 and id = $2 and (last_used_at is null or last_used_at < $4)`,
    [tx.orgId, id, now, since],
  );
}

export interface NewToken {
  readonly name: string;
  readonly hash: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
}

interface Acting {
  readonly actor: string;
  readonly now: Date;
}

/** The name of a token that was revoked is free again. False = the name is taken. */
export async function createToken(tx: Tx, token: NewToken, { actor, now }: Acting): Promise<boolean> {
  const rows = await tx.query(
    `insert into api_tokens as t (org_id, name, token_hash, scopes, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (org_id, name) do update set token_hash = excluded.token_hash, scopes = excluded.scopes,
       created_at = excluded.created_at, expires_at = excluded.expires_at, revoked_at = null, last_used_at = null
     where t.revoked_at is not null
     returning id`,
    [tx.orgId, token.name, token.hash, token.scopes, now, token.expiresAt],
  );
  if (rows.length === 0) return false;
  const after = { scopes: token.scopes, expiresAt: token.expiresAt };
  await writeAudit(tx, { actor, action: 'token.create', subject: token.name, after, at: now });
  return true;
}

/** False = there is no such token, or it was revoked before. */
export async function revokeToken(tx: Tx, name: string, { actor, now }: Acting): Promise<boolean> {
  const rows = await tx.query(
    `update api_tokens set revoked_at = $3 where org_id = $1 and name = $2 and revoked_at is null returning id`,
    [tx.orgId, name, now],
  );
  if (rows.length === 0) return false;
  await writeAudit(tx, { actor, action: 'token.revoke', subject: name, after: { revokedAt: now }, at: now });
  return true;
}

export interface TokenRow {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export async function listTokens(tx: Tx): Promise<TokenRow[]> {
  return tx.query<TokenRow>(
    `select name, scopes, created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt",
       last_used_at as "lastUsedAt"
     from api_tokens where org_id = $1 order by name`,
    [tx.orgId],
  );
}
