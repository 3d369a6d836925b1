import type { Tx } from '../tx.ts';
import type { OrgId } from '../../model/values.ts';

export interface MemberRow {
  readonly accountId: string;
  readonly email: string;
  readonly name: string;
  readonly role: 'viewer' | 'operator' | 'admin';
  /** False = has not chosen a password yet. */
  readonly hasPassword: boolean;
  /** Whether they have come by single sign-on. */
  readonly hasSingleSignOn: boolean;
  readonly lastSeenAt: Date | null;
}

/** By address. Through `Database.operator`: accounts are no rows of an organisation. */
export async function listMembers(tx: Tx, orgId: OrgId): Promise<MemberRow[]> {
  return tx.query<MemberRow>(
    `select a.id as "accountId", a.email, a.name, m.role, a.password_hash is not null as "hasPassword",
       a.sso_subject is not null as "hasSingleSignOn",
       (select max(s.last_seen_at) from console_sessions s where s.account_id = a.id) as "lastSeenAt"
     from memberships m join console_accounts a on a.id = m.account_id where m.org_id = $1 order by a.email`,
    [orgId],
  );
}

/**
 * Whether the account works for another organisation of which `actor` (an address) is no admin. Through `Database.operator`: what
 * is done to the account is done there, too.
 */
export async function worksElsewhere(
  tx: Tx,
  accountId: string,
  { orgId, actor }: { readonly orgId: OrgId; readonly actor: string },
): Promise<boolean> {
  const rows = await tx.query(
    `select from memberships m where m.account_id = $1 and m.org_id <> $2 and not exists (
       select from memberships own join console_accounts a on a.id = own.account_id
       where own.org_id = m.org_id and own.role = 'admin' and a.email = $3)
     limit 1`,
    [accountId, orgId, actor],
  );
  return rows.length > 0;
}

/** False = is one already. */
export async function addMember(
  tx: Tx,
  { accountId, role, now }: { readonly accountId: string; readonly role: string; readonly now: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `insert into memberships (org_id, account_id, role, created_at) values ($1, $2, $3, $4)
     on conflict do nothing returning account_id`,
    [tx.orgId, accountId, role, now],
  );
  return rows.length > 0;
}

/** Roles by account. Whoever asks next waits until this transaction has ended: two admins must not demote each other. */
export async function lockMembers(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ accountId: string; role: string }>(
    'select account_id as "accountId", role from memberships where org_id = $1 order by account_id for update',
    [tx.orgId],
  );
  return new Map(rows.map(({ accountId, role }) => [accountId, role]));
}

export async function saveRole(tx: Tx, accountId: string, role: string): Promise<void> {
  await tx.query('update memberships set role = $3 where org_id = $1 and account_id = $2', [tx.orgId, accountId, role]);
}

export async function removeMember(tx: Tx, accountId: string): Promise<void> {
  await tx.query('delete from memberships where org_id = $1 and account_id = $2', [tx.orgId, accountId]);
}

/** Where the account works. Through `Database.operator`. */
export async function listMemberships(tx: Tx, accountId: string): Promise<OrgId[]> {
  const rows = await tx.query<{ orgId: OrgId }>('select org_id as "orgId" from memberships where account_id = $1', [
    accountId,
  ]);
  return rows.map(({ orgId }) => orgId);
}
