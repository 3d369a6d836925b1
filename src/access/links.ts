import { hasAccounts, readAccount, savePassword } from '../db/queries/console-accounts.ts';
import { createLink, findLink } from '../db/queries/console-links.ts';
import { AppError } from '../model/errors.ts';
import { auditPassword } from './audit-password.ts';
import { hashPassword, refuseWeakPassword } from './passwords.ts';
import { hashOf, secretToken } from './secret-token.ts';
import type { AccessServices } from './services.ts';

const hour = 3_600_000;

/** How long a link may be used, in ms: the first one by whoever has just started us, the others by whoever reads mail tomorrow. */
const linkMs = { setUp: 24 * hour, password: 72 * hour } as const;

export interface OneTimeLink {
  /** Where to, below the address of the console. What follows # is never sent to a server or written to its log. */
  readonly path: string;
  readonly expiresAt: Date;
}

/** Lets somebody make the first account; null = there is one. */
export async function setUpLink(services: AccessServices): Promise<OneTimeLink | null> {
  if (await services.database.operator(hasAccounts)) return null;
  return makeLink(services, { accountId: null, page: 'set-up', ms: linkMs.setUp });
}

/** Lets the person of an account choose a password. The link before it holds no more. */
export async function passwordLink(services: AccessServices, accountId: string): Promise<OneTimeLink> {
  return makeLink(services, { accountId, page: 'password', ms: linkMs.password });
}

interface LinkWish {
  readonly accountId: string | null;
  readonly page: string;
  readonly ms: number;
}

async function makeLink(
  { database, now, randomBytes }: AccessServices,
  { accountId, page, ms }: LinkWish,
): Promise<OneTimeLink> {
  const token = secretToken(randomBytes);
  const at = now();
  const expiresAt = new Date(at.getTime() + ms);
  await database.operator((tx) => createLink(tx, { tokenHash: hashOf(token) ?? '', accountId, now: at, expiresAt }));
  return { path: `/${page}#${token}`, expiresAt };
}

/**
 * Chooses the password of the account that the link is for; its sessions end. Resolves with the account's id.
 * @throws AppError `link-refused`, `password-weak` (fix-config)
 */
export async function choosePassword(
  services: AccessServices,
  { token, password }: { readonly token: string; readonly password: string },
): Promise<string> {
  const { database, now } = services;
  const tokenHash = hashOf(token);
  if (tokenHash === null) throw refusedLink();
  const at = now();
  const account = await database.operator(async (tx) => {
    const link = await findLink(tx, tokenHash, at);
    return link?.accountId === null || link === null ? null : readAccount(tx, link.accountId);
  });
  if (account === null) throw refusedLink();
  refuseWeakPassword(password, account.email);
  const passwordHash = await hashPassword(password);
  await database.operator(async (tx) => {
    // Of two who use it at the same time one comes too late.
    if ((await findLink(tx, tokenHash, at)) === null) throw refusedLink();
    await savePassword(tx, account.id, passwordHash);
  });
  await auditPassword(services, { accountId: account.id, email: account.email, by: 'link' });
  return account.id;
}

export function refusedLink(): AppError {
  return new AppError('link-refused', 'This link was used already, or it is too old.', {
    recovery: 'fix-config',
    remedy: 'Ask an admin for another one, or make one: leadloop account link you@example.com',
  });
}
