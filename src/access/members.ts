import { createAccount, findAccount, forgetLeft, readAccount } from '../db/queries/console-accounts.ts';
import {
  addMember,
  listMembers,
  lockMembers,
  type MemberRow,
  removeMember,
  saveRole,
  worksElsewhere,
} from '../db/queries/memberships.ts';
import { writeAudit } from '../db/queries/write-audit.ts';
import { AppError } from '../model/errors.ts';
import type { OrgId } from '../model/values.ts';
import type { MemberRole } from './access.ts';
import { type OneTimeLink, passwordLink } from './links.ts';
import type { AccessServices } from './services.ts';
import type { ActingFor } from './tokens.ts';

export interface Invitation {
  readonly email: string;
  readonly name: string;
  readonly role: MemberRole;
}

/**
 * Makes somebody a member. Null = they have a way in already; else the link to choose a password, which is said once. Somebody of an
 * organisation that the actor does not run is added by an operator alone: whoever hands out links could come in as them.
 * @throws AppError `member-exists`, `member-elsewhere` (fix-config)
 */
export async function invite(
  services: AccessServices,
  { orgId, actor }: ActingFor,
  { name, role, ...wish }: Invitation,
): Promise<OneTimeLink | null> {
  const { database, now } = services;
  const email = wish.email.trim().toLowerCase();
  const at = now();
  const account = await database.operator(async (tx) => {
    await forgetLeft(tx, email);
    await createAccount(tx, { email, name: name.trim(), passwordHash: null, now: at });
    return findAccount(tx, email);
  });
  if (account === null) throw new Error('the account was not saved');
  await refuseElsewhere(services, account.id, { orgId, actor });
  const added = await database.transaction(orgId, async (tx) => {
    const added = await addMember(tx, { accountId: account.id, role, now: at });
    if (added) await writeAudit(tx, { actor, action: 'member.invite', subject: email, after: { role }, at });
    return added;
  });
  if (!added) throw alreadyMember(email);
  return account.passwordHash === null && !account.isBound ? passwordLink(services, account.id) : null;
}

/** @throws AppError `member-unknown`, `member-last-admin` (fix-config) */
export async function changeRole(
  { database, now }: AccessServices,
  { orgId, actor }: ActingFor,
  { accountId, role }: { readonly accountId: string; readonly role: MemberRole },
): Promise<void> {
  const { email } = await accountOf({ database }, accountId);
  await database.transaction(orgId, async (tx) => {
    const before = roleIn(await lockMembers(tx), accountId, role);
    if (before === role) return;
    await saveRole(tx, accountId, role);
    const change = { before: { role: before }, after: { role } };
    await writeAudit(tx, { actor, action: 'member.role', subject: email, ...change, at: now() });
  });
}

/** The account stays for other organisations; without one it is gone, and its sessions with it. */
export async function expel(
  { database, now }: AccessServices,
  { orgId, actor }: ActingFor,
  accountId: string,
): Promise<void> {
  const { email } = await accountOf({ database }, accountId);
  await database.transaction(orgId, async (tx) => {
    const role = roleIn(await lockMembers(tx), accountId, null);
    await removeMember(tx, accountId);
    await writeAudit(tx, { actor, action: 'member.remove', subject: email, before: { role }, at: now() });
  });
  await database.operator((tx) => forgetLeft(tx, email));
}

/**
 * A new link for somebody who has lost a password, or whose link is too old.
 * @throws AppError `member-unknown`, `member-elsewhere` (fix-config)
 */
export async function relink(
  services: AccessServices,
  { orgId, actor }: ActingFor,
  accountId: string,
): Promise<OneTimeLink> {
  const { database, now } = services;
  const { email } = await accountOf(services, accountId);
  await database.transaction(orgId, async (tx) => roleIn(await lockMembers(tx), accountId, 'admin'));
  await refuseElsewhere(services, accountId, { orgId, actor });
  const entry = { actor, action: 'member.link', subject: email, at: now() };
  await database.transaction(orgId, (tx) => writeAudit(tx, entry));
  return passwordLink(services, accountId);
}

/** An operator at the command line has every organisation in hand. */
async function refuseElsewhere(
  { database }: Pick<AccessServices, 'database'>,
  accountId: string,
  by: ActingFor,
): Promise<void> {
  if (by.actor === 'cli' || !(await database.operator((tx) => worksElsewhere(tx, accountId, by)))) return;
  throw new AppError('member-elsewhere', 'They belong to another organisation, too.', {
    recovery: 'fix-config',
    remedy: 'Have an operator do it: leadloop account invite EMAIL --org SLUG, or leadloop account link EMAIL',
  });
}

/** @throws AppError `member-unknown` (fix-config) */
export async function memberByAddress(
  { database }: Pick<AccessServices, 'database'>,
  orgId: OrgId,
  email: string,
): Promise<MemberRow> {
  const wanted = email.trim().toLowerCase();
  const member = (await database.operator((tx) => listMembers(tx, orgId))).find((one) => one.email === wanted);
  if (member === undefined) throw unknownMember();
  return member;
}

async function accountOf({ database }: Pick<AccessServices, 'database'>, accountId: string) {
  const account = await database.operator((tx) => readAccount(tx, accountId));
  if (account === null) throw unknownMember();
  return account;
}

/** The present role; `next`: the one to come, null = none. */
function roleIn(roles: ReadonlyMap<string, string>, accountId: string, next: MemberRole | null): string {
  const role = roles.get(accountId);
  if (role === undefined) throw unknownMember();
  const others = [...roles].filter(([id, role]) => id !== accountId && role === 'admin');
  if (role === 'admin' && next !== 'admin' && others.length === 0) throw lastAdmin();
  return role;
}

function alreadyMember(email: string): AppError {
  return new AppError('member-exists', `${email} is a member already.`, {
    recovery: 'fix-config',
    remedy: 'Change the role of the member instead.',
  });
}

function unknownMember(): AppError {
  return new AppError('member-unknown', 'There is no such member.', {
    recovery: 'fix-config',
    remedy: 'Load the list again: somebody may have removed them.',
  });
}

function lastAdmin(): AppError {
  return new AppError('member-last-admin', 'This is the only admin.', {
    recovery: 'fix-config',
    remedy: 'Make somebody else admin first.',
  });
}
