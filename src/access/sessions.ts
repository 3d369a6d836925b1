import {
  createSession,
  deleteSession,
  findSession,
  type SessionRow,
  touchSession,
} from '../db/queries/console-sessions.ts';
import type { AccessServices } from './services.ts';
import { hashOf, secretToken } from './secret-token.ts';

const hour = 3_600_000;

/** A session ends after a day without use, and after a week in any case. */
const sessionMs = { idle: 24 * hour, longest: 7 * 24 * hour } as const;

/** Between two notes that a session is used. */
const touchMs = 60_000;

/** What the cookie holds. A new one for each sign-in, whatever cookie the browser came with. */
export async function startSession(
  { database, now, randomBytes }: AccessServices,
  accountId: string,
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const token = secretToken(randomBytes);
  const at = now();
  const expiresAt = new Date(at.getTime() + sessionMs.longest);
  await database.operator((tx) => createSession(tx, { accountId, tokenHash: hashOf(token) ?? '', now: at, expiresAt }));
  return { token, expiresAt };
}

/** Whose session it is; null = it lets nobody in. */
export async function resumeSession(
  { database, now }: Pick<AccessServices, 'database' | 'now'>,
  token: string,
): Promise<SessionRow | null> {
  const tokenHash = hashOf(token);
  if (tokenHash === null) return null;
  const at = now();
  const idleSince = new Date(at.getTime() - sessionMs.idle);
  return database.operator(async (tx) => {
    const session = await findSession(tx, tokenHash, { now: at, idleSince });
    if (session !== null && session.lastSeenAt.getTime() < at.getTime() - touchMs)
      await touchSession(tx, session.id, at);
    return session;
  });
}

/** A second time it changes nothing. */
export async function endSession({ database }: Pick<AccessServices, 'database'>, token: string): Promise<void> {
  const tokenHash = hashOf(token);
  if (tokenHash !== null) await database.operator((tx) => deleteSession(tx, tokenHash));
}
