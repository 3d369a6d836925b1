import { findAccount } from '../db/queries/console-accounts.ts';
import { AppError } from '../model/errors.ts';
import { admitAttempt, type Attempt, noteSuccess } from './attempts.ts';
import { isPassword } from './passwords.ts';
import type { AccessServices } from './services.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * Whose address and password they are. Whoever fails learns neither whether there is such an account nor what was wrong.
 * @throws AppError `sign-in-refused` (reauthorise), `too-many-attempts` (retry)
 */
export async function signIn(services: AccessServices, { password, ...given }: Credentials & Attempt): Promise<string> {
  const attempt = { ...given, email: given.email.trim().toLowerCase() };
  await admitAttempt(services, attempt);
  const account = await services.database.operator((tx) => findAccount(tx, attempt.email));
  const isRight = await isPassword(password, account?.passwordHash ?? null);
  if (account === null || !isRight) {
    throw new AppError('sign-in-refused', 'Address and password do not belong together.', {
      recovery: 'reauthorise',
      remedy:
        'Try again; for a new password ask an admin for a link, or make one: leadloop account link you@example.com',
    });
  }
  await noteSuccess(services, attempt);
  return account.id;
}
