import { createAccount, createOrg, hasAccounts, joinEverywhere, lockAccounts } from '../db/queries/console-accounts.ts';
import { deleteSetUpLinks, findLink } from '../db/queries/console-links.ts';
import { listOrgs } from '../db/queries/directory.ts';
import { writeAudit } from '../db/queries/write-audit.ts';
import { AppError } from '../model/errors.ts';
import { refusedLink } from './links.ts';
import { hashPassword, refuseWeakPassword } from './passwords.ts';
import { hashOf } from './secret-token.ts';
import type { AccessServices } from './services.ts';

export interface SetUpWish {
  readonly token: string;
  readonly email: string;
  readonly name: string;
  readonly password: string;
  /** Where there is none yet; null = those that there are. */
  readonly org: { readonly slug: string; readonly name: string } | null;
}

/**
 * Makes the first account, an admin of every organisation. Resolves with its id.
 * @throws AppError `link-refused`, `password-weak`, `org-missing` (fix-config)
 */
export async function setUp({ database, now }: AccessServices, wish: SetUpWish): Promise<string> {
  const tokenHash = hashOf(wish.token);
  if (tokenHash === null) throw refusedLink();
  const at = now();
  const refuseUsed = async (tx: Parameters<Parameters<typeof database.operator>[0]>[0]): Promise<void> => {
    const link = await findLink(tx, tokenHash, at);
    if (link === null || link.accountId !== null || (await hasAccounts(tx))) throw refusedLink();
  };
  // Before a password is hashed, so that nobody can keep us busy.
  await database.operator(refuseUsed);
  const email = wish.email.trim().toLowerCase();
  refuseWeakPassword(wish.password, email);
  const passwordHash = await hashPassword(wish.password);
  const id = await database.operator(async (tx) => {
    await lockAccounts(tx);
    await refuseUsed(tx);
    if (wish.org !== null) await createOrg(tx, wish.org.slug, wish.org.name);
    if ((await listOrgs(tx)).length === 0) throw missingOrg();
    const id = await createAccount(tx, { email, name: wish.name.trim(), passwordHash, now: at });
    if (id === null) throw refusedLink();
    await joinEverywhere(tx, id, at);
    await deleteSetUpLinks(tx);
    return id;
  });
  const entry = { actor: email, action: 'member.set-up', subject: email, after: { role: 'admin' }, at };
  for (const org of await database.operator(listOrgs))
    await database.transaction(org.id, (tx) => writeAudit(tx, entry));
  return id;
}

function missingOrg(): AppError {
  return new AppError('org-missing', 'There is no organisation yet.', {
    recovery: 'fix-config',
    remedy: 'Name one: it needs a name, and a short one of lower-case letters, digits and hyphens.',
  });
}
