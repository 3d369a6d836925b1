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
import { AppError } from '../model/errors.ts';
import type { OrgId } from '../model/values.ts';
import type { TokenScope } from './access.ts';
import { hashOf, secretToken } from './secret-token.ts';
import type { AccessServices } from './services.ts';

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

/** Whose organisation, and who changes something there: for the audit log. */
export interface ActingFor {
  readonly orgId: OrgId;
  readonly actor: string;
}

const dayMs = 86_400_000;
const prefix = 'll_';

/** @throws AppError `token-exists` (fix-config) */
export async function issueToken(
  { database, now, randomBytes }: AccessServices,
  { orgId, actor }: ActingFor,
  { name, scopes, days }: TokenWish,
): Promise<IssuedToken> {
  const token = `${prefix}${secretToken(randomBytes)}`;
  const expiresAt = days === null ? null : new Date(now().getTime() + days * dayMs);
  const wish = { name, scopes, expiresAt, hash: keptOf(token) ?? '' };
  if (await database.transaction(orgId, (tx) => createToken(tx, wish, { actor, now: now() })))
    return { name, token, scopes, expiresAt };
  throw new AppError('token-exists', `There is a token "${name}" already.`, {
    recovery: 'fix-config',
    remedy: `Choose another name, or take it back first: leadloop token revoke ${name}`,
  });
}

/** @throws AppError `token-unknown` (fix-config) */
export async function withdrawToken(
  { database, now }: AccessServices,
  { orgId, actor }: ActingFor,
  name: string,
): Promise<void> {
  if (await database.transaction(orgId, (tx) => revokeToken(tx, name, { actor, now: now() }))) return;
  throw new AppError('token-unknown', `There is no token "${name}" that could be revoked.`, {
    recovery: 'fix-config',
    remedy: 'Run: leadloop token list',
  });
}

export async function tokensOf({ database }: Pick<AccessServices, 'database'>, orgId: OrgId): Promise<TokenRow[]> {
  return database.transaction(orgId, listTokens);
}

/** Between two notes that a token is used. */
const touchMs = 60_000;

/** Knows whose token is presented, and notes that it was; null = it lets nobody in. */
export function tokenReader({
  database,
  now,
}: Pick<AccessServices, 'database' | 'now'>): (token: string) => Promise<TokenHolder | null> {
  const noted = new Map<string, number>();
  return async (token) => {
    const kept = keptOf(token);
    if (kept === null) return null;
    const at = now();
    const holder = await database.operator((tx) => findToken(tx, kept, at));
    if (holder === null) return null;
    const since = at.getTime() - touchMs;
    if ((noted.get(holder.id) ?? -Infinity) < since) {
      noted.set(holder.id, at.getTime());
      await database.transaction(holder.orgId, (tx) => touchToken(tx, holder.id, { now: at, since: new Date(since) }));
    }
    return holder;
  };
}

/** What is kept of a token; null = it is none of ours. Of the whole text, as ever. */
function keptOf(token: string): string | null {
  const isOurs = token.startsWith(prefix) && hashOf(token.slice(prefix.length)) !== null;
  return isOurs ? hash('sha256', token) : null;
}
