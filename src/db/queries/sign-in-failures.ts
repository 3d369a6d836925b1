/** Who has failed to sign in lately. All through `Database.operator`. */
import type { Tx } from '../tx.ts';

/** The latest instant until which one of these keys is blocked; null = none is. */
export async function blockedUntil(tx: Tx, keyHashes: readonly string[], now: Date): Promise<Date | null> {
  const [row] = await tx.query<{ until: Date | null }>(
    'select max(blocked_until) as until from sign_in_failures where key_hash = any($1) and blocked_until > $2',
    [keyHashes, now],
  );
  return row?.until ?? null;
}

/** Whoever tries for one of these at the same moment comes after this transaction. */
export async function lockAttempts(tx: Tx, keyHashes: readonly string[]): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest($1::text[]) key order by key', [
    keyHashes,
  ]);
}

/** Counts one more; after a pause of `forgetSince` it begins anew. Resolves with the count. */
export async function countFailure(
  tx: Tx,
  keyHash: string,
  { now, forgetSince }: { readonly now: Date; readonly forgetSince: Date },
): Promise<number> {
  await tx.query('delete from sign_in_failures where last_at < $1 and (blocked_until is null or blocked_until < $1)', [
    forgetSince,
  ]);
  const [row] = await tx.query<{ failures: number }>(
    `insert into sign_in_failures as f (key_hash, failures, last_at) values ($1, 1, $2)
     on conflict (key_hash) do update set failures = f.failures + 1, last_at = excluded.last_at
     returning failures`,
    [keyHash, now],
  );
  return row?.failures ?? 1;
}

export async function block(tx: Tx, keyHash: string, until: Date): Promise<void> {
  await tx.query('update sign_in_failures set blocked_until = $2 where key_hash = $1', [keyHash, until]);
}

/** One less than was counted, and no wait for it: nobody is admitted during another one's. */
export async function takeBack(tx: Tx, keyHashes: readonly string[]): Promise<void> {
  await tx.query(
    `update sign_in_failures set failures = failures - 1, blocked_until = null where key_hash = any($1) and failures > 0`,
    [keyHashes],
  );
}

export async function forgetFailures(tx: Tx, keyHash: string): Promise<void> {
  await tx.query('delete from sign_in_failures where key_hash = $1', [keyHash]);
}
