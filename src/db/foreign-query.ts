import { Client, type QueryArrayConfig, type QueryArrayResult } from 'pg';
import { foreignTypes } from './foreign-types.ts';
import { foreignFailure, wrongAddress } from './foreign-failures.ts';

export interface ForeignQuery {
  /** Of a PostgreSQL, or of what speaks its protocol; with the password. TLS as it says (`sslmode`). */
  readonly url: string;
  /** One SELECT. */
  readonly text: string;
  /** Null = the whole query. */
  readonly since: ForeignSince | null;
  readonly signal: AbortSignal;
  /** How long the server may leave a statement unanswered, in milliseconds. Default: a little longer than it lets one run. */
  readonly silenceMs?: number;
}

export interface ForeignSince {
  /** Of the query's result: its rows come in the order of this column. */
  readonly column: string;
  /** $1 of the query. */
  readonly value: string;
}

export interface ForeignBatch {
  /** In the order of the columns. */
  readonly rows: readonly (readonly unknown[])[];
  /** What each row has in the column of `since`, as PostgreSQL writes it; null = nothing, or there is no such column. */
  readonly marks: readonly (string | null)[];
}

/** An open cursor over the answer to a query. */
export interface ForeignRows extends AsyncDisposable {
  readonly columns: readonly string[];
  /** The next rows, `most` at most; none = the end. */
  next(most: number): Promise<ForeignBatch>;
}

const connectTimeoutMs = 10_000;
/** Of one statement: the first rows of a large query may take a while. */
const statementTimeout = '10min';
/** A server that has vanished tells nobody. */
const defaultSilenceMs = 630_000;
const keepAliveDelayMs = 10_000;
const markColumn = 'leadloop_mark';

/**
 * Runs a query in somebody else's database: in a transaction that can only read, through a cursor, so that no more rows are in
 * memory than are asked for. Whatever is no single SELECT is refused before it runs.
 * @throws AppError `source-address`, `source-query` (fix-config), `source-refused` (reauthorise), `source-unavailable` (retry)
 *
 * @example
 * await using rows = await openForeign({ url, text: 'select email from users', since: null, signal });
 * for (let batch = await rows.next(5_000); batch.rows.length > 0; batch = await rows.next(5_000)) await take(batch);
 */
export async function openForeign(query: ForeignQuery): Promise<ForeignRows> {
  const { signal } = query;
  signal.throwIfAborted();
  const session = new ForeignSession(clientOf(query), query);
  try {
    await session.open();
    return session;
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

function clientOf({ url, silenceMs = defaultSilenceMs }: ForeignQuery): Client {
  if (!/^postgres(?:ql)?:\/\//u.test(url)) throw wrongAddress();
  try {
    return new Client({
      connectionString: url,
      application_name: 'leadloop',
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveDelayMs,
      query_timeout: silenceMs,
      connectionTimeoutMillis: connectTimeoutMs,
    });
  } catch (error) {
    throw wrongAddress(error);
  }
}

class ForeignSession implements ForeignRows {
  columns: readonly string[] = [];
  readonly #client: Client;
  readonly #query: ForeignQuery;
  readonly #stop = (): void => void this.#client.end().catch(() => undefined);

  constructor(client: Client, query: ForeignQuery) {
    this.#client = client;
    this.#query = query;
    // The statement under way hears of it.
    client.on('error', () => undefined);
    query.signal.addEventListener('abort', this.#stop, { once: true });
  }

  async open(): Promise<void> {
    await this.#attempt(() => this.#client.connect());
    await this.#run('begin transaction read only');
    await this.#run(`set local statement_timeout = '${statementTimeout}'`);
    // How instants are written must not depend on the server's settings.
    await this.#run(`set local timezone = 'UTC'; set local datestyle = 'ISO'`);
    const { head, text, values } = statementOf(this.#query);
    await this.#run(`${head}${text}`, values, head.length);
    const { fields } = await this.#run('fetch 0 from leadloop');
    const names = fields.map(({ name }) => name);
    this.columns = this.#query.since === null ? names : names.slice(0, -1);
  }

  async next(most: number): Promise<ForeignBatch> {
    const { rows } = await this.#run(`fetch ${most} from leadloop`);
    if (this.#query.since === null) return { rows, marks: rows.map(() => null) };
    const marks = rows.map((row) => row.at(-1) as string | null);
    return { rows: rows.map((row) => row.slice(0, -1)), marks };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#query.signal.removeEventListener('abort', this.#stop);
    await this.#client.end().catch(() => undefined);
  }

  async #run(text: string, values: readonly string[] = [], offset = 0): Promise<QueryArrayResult<unknown[]>> {
    const plain: QueryArrayConfig = { text, values: [...values], types: foreignTypes, rowMode: 'array' };
    // What somebody else wrote goes as one statement: the extended protocol takes no second one behind it.
    const query = offset > 0 ? { ...plain, queryMode: 'extended' } : plain;
    return this.#attempt(() => this.#client.query<unknown[]>(query), offset);
  }

  async #attempt<T>(work: () => Promise<T>, offset = 0): Promise<T> {
    const { signal, text } = this.#query;
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      throw foreignFailure(error, { text, offset });
    }
  }
}

/** The cursor's statement: its beginning, and the query from there on. */
function statementOf({ text, since }: ForeignQuery): { head: string; text: string; values: readonly string[] } {
  const declare = 'declare leadloop no scroll cursor for ';
  if (since === null) return { head: declare, text, values: [] };
  const column = `q."${since.column.replaceAll('"', '""')}"`;
  return {
    // In the order of the column, whatever the query says: where reading stops, everything before has been read.
    head: `${declare}select q.*, ${column}::text as ${markColumn} from (`,
    text: `${text}\n) as q order by ${column}`,
    values: [since.value],
  };
}
