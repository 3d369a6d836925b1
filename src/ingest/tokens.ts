import { hash } from 'node:crypto';
import {
  createToken,
  findToken,
  listTokens,
  revokeToken,
  type TokenHolder,
  type TokenRow,
  touchToken,
} from '../db/queries/api-tokens.ts';
import type { Database } from '../db/tx.ts';
import { AppError } from '../model/errors.ts';
import type { OrgId } from '../model/values.ts';

export const tokenScopes = ['ingest', 'read'] as const;
export type TokenScope = (typeof tokenScopes)[number];

export interface TokenServices {
  readonly database: Database;
  readonly now: () => Date;
  readonly randomBytes: (size: number) => Uint8Array;
}

export interface TokenWish {
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  /** Null = never. */
  readonly days: number | null;
}

export interface IssuedToken {
  readonly name: string;
  /** Said once: what is kept is its hash. */
  readonly token: string;
  readonly scopes: readonly TokenScope[];
  readonly expiresAt: Date | null;
}

const dayMs = 86_400_000;
const bytes = 32;
const form = /^ll_[\w-]{43}$/u;

/** @throws AppError `token-exists` (fix-config) */
export async function issueToken(
  { database, now, randomBytes }: TokenServices,
  orgId: OrgId,
  { name, scopes, days }: TokenWish,
): Promise<IssuedToken> {
  const token = `ll_${Buffer.from(randomBytes(bytes)).toString('base64url')}`;
  const expiresAt = days === null ? null : new Date(now().getTime() + days * dayMs);
  const wish = { name, scopes, expiresAt, hash: hash('sha256', token) };
  if (await database.transaction(orgId, (tx) => createToken(tx, wish, now())))
    return { name, token, scopes, expiresAt };
  throw new AppError('token-exists', `There is a token "${name}" already.`, {
    recovery: 'fix-config',
    remedy: `Choose another name, or take it back first: leadloop token revoke ${name}`,
  });
}

/** @throws AppError `token-unknown` (fix-config) */
export async function withdrawToken({ database, now }: TokenServices, orgId: OrgId, name: string): Promise<void> {
  if (await database.transaction(orgId, (tx) => revokeToken(tx, name, now()))) return;
  throw new AppError('token-unknown', `There is no token "${name}" that could be revoked.`, {
    recovery: 'fix-config',
    remedy: 'Run: leadloop token list',
  });
}

export async function tokensOf({ database }: TokenServices, orgId: OrgId): Promise<TokenRow[]> {
  return database.transaction(orgId, listTokens);
}

/** Between two notes that a token is used. */
const touchMs = 60_000;

/** Knows whose token is presented, and notes that it was; null = it lets nobody in. */
export function tokenReader({
  database,
  now,
}: Pick<TokenServices, 'database' | 'now'>): (token: string) => Promise<TokenHolder | null> {
  const noted = new Map<string, number>();
  return async (token) => {
    if (!form.test(token)) return null;
    const at = now();
    const holder = await database.operator((tx) => findToken(tx, hash('sha256', token), at));
    if (holder === null) return null;
    const since = at.getTime() - touchMs;
    if ((noted.get(holder.id) ?? -Infinity) < since) {
      noted.set(holder.id, at.getTime());
      await database.transaction(holder.orgId, (tx) => touchToken(tx, holder.id, { now: at, since: new Date(since) }));
    }
    return holder;
  };
}
