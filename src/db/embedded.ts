import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { AppError } from '../model/errors.ts';
import type { DatabaseLog } from './log.ts';
import { initialise, isFree, login, start, stop } from './embedded/cluster.ts';
import { lockMachine } from './embedded/machine-lock.ts';
import { findPlace, type Place } from './embedded/place.ts';
import { findPostmaster, type Postmaster } from './embedded/postmaster.ts';

/** Each process that uses the server keeps one connection of this name open. */
const presence = 'leadloop presence';

/** A server that died is started again, and not in a tight loop. */
const revivePauseMs = 1_000;

const startAttempts = 3;

export interface EmbeddedOptions {
  readonly home: string;
  readonly signal?: AbortSignal | undefined;
  readonly log?: DatabaseLog | undefined;
  /** Default true; false for tests. */
  readonly isDurable?: boolean;
}

export interface EmbeddedServer {
  /** The database `leadloop` as its owner. */
  readonly url: string;
  /** The same server as superuser, database `postgres`: for tests and maintenance. */
  readonly superuserUrl: string;
  /** Stops the server unless another process of ours uses it. */
  close(): Promise<void>;
}

/**
 * The PostgreSQL server of `home`: found running (a daemon and a command line share it; one whose owner was killed is
 * taken over), started, or made first. Several processes may do this at once. The last one out stops it.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const place = await findPlace(options.home, options.signal);
  const server = new SharedServer(place, options);
  await server.enter();
  return server;
}

class SharedServer implements EmbeddedServer {
  readonly #place: Place;
  readonly #options: EmbeddedOptions;
  #port = 0;
  #presence: Client | null = null;
  #isClosing = false;

  constructor(place: Place, options: EmbeddedOptions) {
    this.#place = place;
    this.#options = options;
  }

  get url(): string {
    return this.#urlOf(login, login);
  }

  get superuserUrl(): string {
    return this.#urlOf('postgres', 'postgres');
  }

  /** Under the lock until our presence is known, so that nobody stops the server meanwhile. */
  async enter(): Promise<void> {
    await using _ = await lockMachine(this.#place.directory, this.#options.signal);
    if (this.#isClosing) return;
    const postmaster = (await this.#running()) ?? (await this.#started());
    this.#port = postmaster.port;
    this.#presence = await this.#present();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await using _ = await lockMachine(this.#place.directory);
    const isLast = await this.#isLast();
    await this.#presence?.end().catch(() => undefined);
    const postmaster = isLast ? await findPostmaster(this.#place.data) : null;
    if (postmaster !== null) await stop(this.#place, postmaster);
  }

  #urlOf(user: string, database: string): string {
    return `postgres://${user}:${this.#place.password}@127.0.0.1:${this.#port}/${database}`;
  }

  /** Waits for a server that is starting (its owner was killed meanwhile) or stopping. */
  async #running(): Promise<Postmaster | null> {
    for (;;) {
      this.#options.signal?.throwIfAborted();
      const postmaster = await findPostmaster(this.#place.data);
      if (postmaster === null || postmaster.status === 'ready') return postmaster;
      await sleep(10);
    }
  }

  async #started(): Promise<Postmaster> {
    const { isDurable = true, log } = this.#options;
    const portFile = join(this.#place.directory, 'port');
    // Whoever uses it knows this address only: another one would be no server to them.
    if (this.#port > 0 && !(await isFree(this.#port))) throw portTaken(this.#port);
    await initialise(this.#place, isDurable);
    const lastPort = Number(await readFile(portFile, 'utf8').catch(() => ''));
    const postmaster = await this.#startPatiently(lastPort > 0 ? lastPort : null, isDurable);
    if (postmaster.port !== lastPort) await writeFile(portFile, `${postmaster.port}\n`);
    log?.info({ port: postmaster.port }, 'embedded PostgreSQL started');
    return postmaster;
  }

  /** The sessions of a server that was killed outlive it for a moment, and no other may start on their memory. */
  async #startPatiently(port: number | null, isDurable: boolean): Promise<Postmaster> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await start(this.#place, port, isDurable);
      } catch (error) {
        if (attempt === startAttempts) throw error;
        await sleep(attempt * 500, undefined, { signal: this.#options.signal });
      }
    }
  }

  async #present(): Promise<Client> {
    const client = new Client({ connectionString: this.superuserUrl, application_name: presence });
    client.on('error', () => undefined);
    client.once('end', () => void this.#revive());
    await client.connect();
    return client;
  }

  async #isLast(): Promise<boolean> {
    try {
      const text = `select count(*)::int as others from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()`;
      const answer = await this.#presence?.query<{ others: number }>(text, [presence]);
      return answer?.rows[0]?.others === 0;
    } catch {
      return false;
    }
  }

  /** The server died under us (out of memory, a stray signal): nobody else would start it again. */
  async #revive(): Promise<void> {
    while (!this.#isClosing) {
      await sleep(revivePauseMs, undefined, { ref: false });
      try {
        await this.enter();
        return;
      } catch (error) {
        this.#options.log?.warn({ error }, 'embedded PostgreSQL could not be started again');
      }
    }
  }
}

function portTaken(port: number): AppError {
  return new AppError('database-start-failed', `Another program has taken port ${port} of the embedded PostgreSQL.`, {
    recovery: 'fix-config',
    remedy: 'End that program, or start leadloop again: it takes another port then.',
  });
}
