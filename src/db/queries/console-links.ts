/** Links that let one person choose a password, once. All through `Database.operator`. */
import type { Tx } from '../tx.ts';

export interface NewLink {
  readonly tokenHash: string;
  /** Null = makes the very first account. */
  readonly accountId: string | null;
  readonly now: Date;
  readonly expiresAt: Date;
}

/**
 * Of an account the link before holds no more. Links for the very first account hold side by side, one for each process that has said
 * one, until there is an account. What has expired is forgotten on the way.
 */
export async function createLink(tx: Tx, { tokenHash, accountId, now, expiresAt }: NewLink): Promise<void> {
  await tx.query('delete from console_links where expires_at < $1 or account_id = $2', [now, accountId]);
  await tx.query('insert into console_links (token_hash, account_id, created_at, expires_at) values ($1, $2, $3, $4)', [
    tokenHash,
    accountId,
    now,
    expiresAt,
  ]);
}

/** Null = there is no such link, or it was used, or it is too old. */
export async function findLink(
  tx: Tx,
  tokenHash: string,
  now: Date,
): Promise<{ readonly accountId: string | null } | null> {
  const [row] = await tx.query<{ accountId: string | null }>(
    `select account_id as "accountId" from console_links where token_hash = $1 and expires_at > $2`,
    [tokenHash, now],
  );
  return row ?? null;
}

/** Every link that would make a first account: there is one now. */
export async function deleteSetUpLinks(tx: Tx): Promise<void> {
  await tx.query('delete from console_links where account_id is null');
}
