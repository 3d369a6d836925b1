import type { Governor } from './governor.ts';

/** Everything impure is handed in. */
export interface ConnectorContext<Settings, Credentials> {
  readonly settings: Settings;
  readonly credentials: Credentials;
  /** Null = the vendor's own address. */
  readonly baseUrl: string | null;
  readonly now: () => Date;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A number in [0, 1): jitter. */
  readonly random: () => number;
  readonly governor: Governor;
  /** Answers that live for an hour across processes: schemas, account, form lists. Values must survive JSON. */
  readonly cache: Cache;
  /**
   * Renews credentials, one process at a time. `renew` gets those that are stored now, which another process may have renewed
   * already, and returns others, or the very same where they will do. They are stored before this resolves: a crash must not
   * lose a refresh token.
   */
  readonly renewCredentials: (renew: (stored: Credentials) => Promise<Credentials>) => Promise<Credentials>;
  /**
   * Carries out one exchange of HTTP, whatever its status, so that it is counted and traced. `what` is its method and route,
   * with no query and no id of a record: `POST /crm/objects/contacts/batch/update`.
   */
  readonly exchange: <Reply extends { readonly status: number }>(
    what: string,
    send: () => Promise<Reply>,
  ) => Promise<Reply>;
  /** Constant message, variables in `fields`; ids and counts only, never a name, an address or a token. */
  readonly log: (level: 'debug' | 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface Cache {
  /** The stored value if it is younger than `maxAgeMs`, else what `load` returns, which is then stored. */
  through<T>(key: string, maxAgeMs: number, load: () => Promise<T>): Promise<T>;
}
