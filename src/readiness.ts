import { abortable } from './connector-sdk/index.ts';
import type { OpenDatabase } from './db/database.ts';
import { pendingMigrations } from './db/migrate.ts';

export interface ReadinessOptions {
  readonly database: OpenDatabase;
  readonly isDraining: () => boolean;
  /** Default 5 s: whoever asks gives up after ten. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 5_000;

/** Says why this process should not be sent work; null = it may. Its words are for whoever operates it, and name nothing of ours. */
export function createReadiness({
  database,
  isDraining,
  timeoutMs = defaultTimeoutMs,
}: ReadinessOptions): () => Promise<string | null> {
  // A schema that was current stays so: it only goes forward.
  let isCurrent = false;
  const asked = async (): Promise<string | null> => {
    if (!isCurrent) {
      isCurrent = (await pendingMigrations(database)).length === 0;
      return isCurrent ? null : 'the schema is not current: run leadloop migrate';
    }
    await database.operator((tx) => tx.query('select 1'));
    return null;
  };
  return async () => {
    if (isDraining()) return 'draining';
    try {
      return await abortable(asked(), AbortSignal.timeout(timeoutMs));
    } catch {
      return 'the database does not answer';
    }
  };
}
