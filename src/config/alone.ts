import type { Database } from '../db/tx.ts';
import { AppError } from '../model/errors.ts';

/** Somebody waits: as long as an apply may take. */
const waitMs = 5_000;

/**
 * Keeps others from applying a configuration, or publishing a part of it, until `work` has ended.
 * @throws AppError `apply-busy` (retry)
 */
export async function alone<T>(database: Database, work: () => Promise<T>): Promise<T> {
  await using lock = await database.lock('leadloop apply', waitMs);
  if (lock === null) throw busy();
  // Awaited here: the lock is held until it is committed.
  return await work();
}

function busy(): AppError {
  return new AppError('apply-busy', 'Another change of the configuration is under way.', {
    recovery: 'retry',
    remedy: 'Wait a moment and try again.',
  });
}
