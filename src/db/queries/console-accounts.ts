/** People who sign in. All through `Database.operator`: they belong to no organisation. */
import type { OrgId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
  /** Whether the person has come by single sign-on. */
  readonly isBound: boolean;
}

const columns = `id, email, name, password_hash as "passwordHash", sso_subject is not null as "isBound"`;

export async function hasAccounts(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ found: boolean }>('select exists (select from console_accounts) as found');
  return row?.found === true;
}

/** `email` in lower case. */
export async function findAccount(tx: Tx, email: string): Promise<AccountRow | null> {
  const [row] = await tx.query<AccountRow>(`select ${columns} from console_accounts where email = $1`, [email]);
  return row ?? null;
}

export interface Subject {
  readonly issuer: string;
  readonly subject: string;
}

/** Whom a provider of single sign-on calls so. */
export async function findBySubject(tx: Tx, { issuer, subject }: Subject): Promise<AccountRow | null> {
  const [row] = await tx.query<AccountRow>(
    `select ${columns} from console_accounts where sso_issuer = $1 and sso_subject = $2`,
    [issuer, subject],
  );
  return row ?? null;
}

/** From now on the account is this person's. False = it is somebody else's already. */
export async function bindSubject(tx: Tx, id: string, { issuer, subject }: Subject): Promise<boolean> {
  const rows = await tx.query(
    `update console_accounts set sso_issuer = $2, sso_subject = $3 where id = $1 and sso_subject is null returning id`,
    [id, issuer, subject],
  );
  return rows.length > 0;
}

export async function readAccount(tx: Tx, id: string): Promise<AccountRow | null> {
  const [row] = await tx.query<AccountRow>(`select ${columns} from console_accounts where id = $1`, [id]);
  return row ?? null;
}

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
  readonly now: Date;
}

/** Null = there is one of this address already. */
export async function createAccount(tx: Tx, { email, name, passwordHash, now }: NewAccount): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>(
    `insert into console_accounts (email, name, password_hash, created_at) values ($1, $2, $3, $4)
     on conflict (email) do nothing returning id`,
    [email, name, passwordHash, now],
  );
  return row?.id ?? null;
}

/** Somebody who belongs to no organisation any more is nobody: whoever is invited by this address begins anew. */
export async function forgetLeft(tx: Tx, email: string): Promise<void> {
  await tx.query(
    'delete from console_accounts a where email = $1 and not exists (select from memberships m where m.account_id = a.id)',
    [email],
  );
}

/** Ends every session of the account and every link to choose a password. */
export async function savePassword(tx: Tx, accountId: string, passwordHash: string): Promise<void> {
  await tx.query('update console_accounts set password_hash = $2 where id = $1', [accountId, passwordHash]);
  await tx.query('delete from console_sessions where account_id = $1', [accountId]);
  await tx.query('delete from console_links where account_id = $1', [accountId]);
}

/** Two that set up at the same moment must not both be the first. */
export async function lockAccounts(tx: Tx): Promise<void> {
  await tx.query('lock table console_accounts in share row exclusive mode');
}

/** Of every organisation there is. */
export async function joinEverywhere(tx: Tx, accountId: string, now: Date): Promise<void> {
  await tx.query(
    `insert into memberships (org_id, account_id, role, created_at) select id, $1, 'admin', $2 from orgs
     on conflict do nothing`,
    [accountId, now],
  );
}

/** Null = the name is taken. */
export async function createOrg(tx: Tx, slug: string, name: string): Promise<OrgId | null> {
  const [row] = await tx.query<{ id: OrgId }>(
    'insert into orgs (slug, name) values ($1, $2) on conflict (slug) do nothing returning id',
    [slug, name],
  );
  return row?.id ?? null;
}
