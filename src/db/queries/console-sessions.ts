/** Browsers that are signed in. All through `Database.operator`. */
import type { OrgId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface SessionRow {
  readonly id: string;
  readonly accountId: string;
  readonly email: string;
  readonly name: string;
  readonly lastSeenAt: Date;
  readonly memberships: readonly SessionMembership[];
}

export interface SessionMembership {
  readonly orgId: OrgId;
  readonly slug: string;
  readonly name: string;
  readonly role: 'viewer' | 'operator' | 'admin';
}

/** With what the account may do now, so that a role that was taken is gone at once. Null = it lets nobody in. */
export async function findSession(
  tx: Tx,
  tokenHash: string,
  { now, idleSince }: { readonly now: Date; readonly idleSince: Date },
): Promise<SessionRow | null> {
  const [row] = await tx.query<SessionRow>(
    `select s.id, a.id as "accountId", a.email, a.name, s.last_seen_at as "lastSeenAt",
       coalesce((select json_agg(json_build_object('orgId', o.id, 'slug', o.slug, 'name', o.name, 'role', m.role) order by o.slug)
         from memberships m join orgs o on o.id = m.org_id where m.account_id = a.id), '[]') as memberships
     from console_sessions s join console_accounts a on a.id = s.account_id
     where s.token_hash = $1 and s.expires_at > $2 and s.last_seen_at > $3`,
    [tokenHash, now, idleSince],
  );
  return row ?? null;
}

export interface NewSession {
  readonly accountId: string;
  readonly tokenHash: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

/** What has ended is forgotten on the way. */
export async function createSession(tx: Tx, { accountId, tokenHash, now, expiresAt }: NewSession): Promise<void> {
  await tx.query('delete from console_sessions where expires_at < $1', [now]);
  await tx.query(
    `insert into console_sessions (account_id, token_hash, created_at, last_seen_at, expires_at) values ($1, $2, $3, $3, $4)`,
    [accountId, tokenHash, now, expiresAt],
  );
}

export async function touchSession(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.query('update console_sessions set last_seen_at = $2 where id = $1', [id, now]);
}

export async function deleteSession(tx: Tx, tokenHash: string): Promise<void> {
  await tx.query('delete from console_sessions where token_hash = $1', [tokenHash]);
}
