import { savePassword } from '../db/queries/console-accounts.ts';
import { auditPassword } from './audit-password.ts';
import type { Attempt } from './attempts.ts';
import { hashPassword, refuseWeakPassword } from './passwords.ts';
import type { AccessServices } from './services.ts';
import { signIn } from './sign-in.ts';

export interface PasswordChange extends Attempt {
  readonly accountId: string;
  readonly current: string;
  readonly next: string;
}

/**
 * Every session of the account ends. Who has stolen one cannot keep it by this: the present password is asked for.
 * @throws AppError `sign-in-refused` (reauthorise), `too-many-attempts` (retry), `password-weak` (fix-config)
 */
export async function changePassword(
  services: AccessServices,
  { current, next, ...change }: PasswordChange,
): Promise<void> {
  const { email, address, accountId } = change;
  await signIn(services, { email, address, password: current });
  refuseWeakPassword(next, email);
  const passwordHash = await hashPassword(next);
  await services.database.operator((tx) => savePassword(tx, accountId, passwordHash));
  await auditPassword(services, { accountId, email, by: 'password' });
}
