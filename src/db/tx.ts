import type { EntityManager } from '@mikro-orm/postgresql';
import type { OrgId } from '../model/values.ts';

/**
 * One transaction of one organisation, run as the role `leadloop_app`: it sees and writes that organisation's rows only.
 * Statements of `db/queries/` use `query`; admin code uses the entity manager. Both share the connection.
 */
export interface Tx {
  readonly orgId: OrgId;
  /** PostgreSQL text with `$1` parameters; arrays and Dates as `pg` takes them, objects as JSON text. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  readonly em: EntityManager;
}

/** A lock that is held until it is disposed of. */
export interface HeldLock extends AsyncDisposable {
  /** Aborts when the connection is lost, and the lock with it: somebody else may hold it by now. */
  readonly signal: AbortSignal;
}

/** Opens transactions; never holds one while a caller waits for the network. */
export interface Database {
  /** Commits what `work` did, or nothing. Throws the signal's reason when aborted before the commit. */
  transaction<T>(orgId: OrgId, work: (tx: Tx) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Reads and creates organisations, lists connections: see the `directory` policies. */
  operator<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Holds `name` for as long as the returned scope lives, on a connection of its own; null when somebody else holds it.
   * The lock ends with the connection, so a killed process leaves none behind. `waitMs`: waits so long for it, and is served before
   * whoever does not wait; throws the signal's reason within seconds of its abort.
   */
  lock(name: string, waitMs?: number, signal?: AbortSignal): Promise<HeldLock | null>;
  close(): Promise<void>;
}
