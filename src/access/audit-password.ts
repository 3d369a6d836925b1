import { listMemberships } from '../db/queries/memberships.ts';
import { writeAudit } from '../db/queries/write-audit.ts';
import type { AccessServices } from './services.ts';

interface NewPassword {
  readonly accountId: string;
  readonly email: string;
  /** What let the person choose it: a link, or the password before. */
  readonly by: 'link' | 'password';
}

/** A new password opens every organisation of the account, so each has it in its log; the password itself is in none. */
export async function auditPassword(
  { database, now }: AccessServices,
  { accountId, email, by }: NewPassword,
): Promise<void> {
  const entry = { actor: email, action: 'member.password', subject: email, after: { by }, at: now() };
  for (const orgId of await database.operator((tx) => listMemberships(tx, accountId)))
    await database.transaction(orgId, (tx) => writeAudit(tx, entry));
}
