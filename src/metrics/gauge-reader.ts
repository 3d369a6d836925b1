import { listOrgs } from '../db/queries/directory.ts';
import type { Database, Tx } from '../db/tx.ts';
import type { Log } from '../log.ts';
import { placeOf } from '../model/errors.ts';
import type { OrgId } from '../model/values.ts';
import type { DatabaseGauge, GaugeRow } from './database-gauge.ts';
import type { ServerGauge } from './server-gauge.ts';

export interface GaugeReaderOptions {
  readonly database: Pick<Database, 'operator' | 'transaction'>;
  readonly gauges: readonly DatabaseGauge[];
  /** Of no organisation; left out = none. */
  readonly serverGauges?: readonly ServerGauge[];
  readonly now: () => Date;
  readonly log: Log;
  /** How long whoever asks waits for the database. Default 3 s: a scraper gives up after ten. */
  readonly timeoutMs?: number;
}

/** With `org`, unless it is of all of them. */
export type GaugeSample = GaugeRow;

type Samples = ReadonlyMap<string, GaugeSample[]>;

export interface GaugeReading {
  /** The database has answered. */
  readonly isUp: boolean;
  /** By name of the gauge; none where it could not be read. */
  readonly samples: ReadonlyMap<string, readonly GaugeSample[]>;
}

const defaultTimeoutMs = 3_000;
/** One statement, whoever still waits for it: a slow one must not go on for ever. */
const statementTimeoutMs = 5_000;
/** A database that is away is not asked at every turn. */
const retryAfterMs = 5_000;

/**
 * Reads the gauges when somebody asks, one reading at a time, and not again before they are old: however many scrapers there are,
 * the database answers one. Without an answer in time there are no samples, and `isUp` says so; a reading that
 * gets on, slowly, is an answer.
 */
export class GaugeReader {
  readonly #options: GaugeReaderOptions;
  readonly #read = new Map<string, { readonly at: number; readonly samples: readonly GaugeSample[] }>();
  #reading: Promise<boolean> | null = null;
  #failedAt: number | null = null;
  /** When the database last answered for one of the organisations, while others are to come; else null. */
  #gotOnAt: number | null = null;

  constructor(options: GaugeReaderOptions) {
    this.#options = options;
  }

  async read(): Promise<GaugeReading> {
    const isUp = (await this.#inTime(this.#refresh())) || this.#isGettingOn();
    if (!isUp) return { isUp, samples: new Map() };
    return { isUp, samples: new Map([...this.#read].map(([name, { samples }]) => [name, samples])) };
  }

  async #inTime(reading: Promise<boolean>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), this.#options.timeoutMs ?? defaultTimeoutMs);
    });
    return Promise.race([reading, late]).finally(() => clearTimeout(timer));
  }

  /** Many organisations take their time: what was read of them last is told until they are all through. */
  #isGettingOn(): boolean {
    const { now, timeoutMs = defaultTimeoutMs } = this.#options;
    if (this.#reading === null || this.#gotOnAt === null) return false;
    return Math.abs(now().getTime() - this.#gotOnAt) < timeoutMs;
  }

  #refresh(): Promise<boolean> {
    const now = this.#options.now().getTime();
    if (this.#reading !== null) return this.#reading;
    if (this.#failedAt !== null && Math.abs(now - this.#failedAt) < retryAfterMs) return Promise.resolve(false);
    const { gauges, serverGauges = [] } = this.#options;
    const due = gauges.filter((gauge) => this.#isDue(gauge, now));
    const dueOfServer = serverGauges.filter((gauge) => this.#isDue(gauge, now));
    if (due.length + dueOfServer.length === 0) return Promise.resolve(true);
    this.#reading = this.#readAll(due, dueOfServer).finally(() => {
      this.#reading = null;
      this.#gotOnAt = null;
    });
    return this.#reading;
  }

  /** Also where the clock was set back. */
  #isDue({ name, maxAgeSeconds }: Pick<DatabaseGauge, 'name' | 'maxAgeSeconds'>, now: number): boolean {
    const known = this.#read.get(name);
    return known === undefined || Math.abs(now - known.at) >= maxAgeSeconds * 1_000;
  }

  async #readAll(due: readonly DatabaseGauge[], dueOfServer: readonly ServerGauge[]): Promise<boolean> {
    const { database, now, log } = this.#options;
    const at = now();
    try {
      const all = [...due, ...dueOfServer];
      const samples: Samples = new Map(all.map(({ name }): [string, GaugeSample[]] => [name, []]));
      for (const org of await database.operator(listOrgs)) {
        await database.transaction(org.id, (tx) => this.#readOrg(tx, org, { due, at, samples }));
        this.#gotOnAt = now().getTime();
      }
      this.#gotOnAt = null;
      for (const gauge of dueOfServer) await this.#readServer(gauge, samples);
      for (const { name } of all) this.#read.set(name, { at: at.getTime(), samples: samples.get(name) ?? [] });
      this.#failedAt = null;
      return true;
    } catch (error) {
      this.#read.clear();
      this.#failedAt = at.getTime();
      log('warn', 'metrics of the database cannot be read', { error: placeOf(error) });
      return false;
    }
  }

  async #readOrg(
    tx: Tx,
    org: { readonly id: OrgId; readonly slug: string },
    reading: {
      readonly due: readonly DatabaseGauge[];
      readonly at: Date;
      readonly samples: Samples;
    },
  ): Promise<void> {
    await tx.query(`select set_config('statement_timeout', $1, true)`, [String(statementTimeoutMs)]);
    for (const gauge of reading.due) {
      await tx.query('savepoint gauge');
      try {
        const rows = await gauge.read(tx, reading.at);
        reading.samples.get(gauge.name)?.push(...rows.map((row) => ({ ...row, org: org.slug })));
      } catch (error) {
        // One that is too slow here takes nothing from the others; a connection that is gone fails at this very statement.
        await tx.query('rollback to savepoint gauge');
        this.#options.log('warn', 'a metric could not be read', {
          org: org.slug,
          gauge: gauge.name,
          error: placeOf(error),
        });
      }
    }
  }

  /** The database has just answered for the organisations: what fails here is this one's own. */
  async #readServer(gauge: ServerGauge, samples: Samples): Promise<void> {
    try {
      samples.get(gauge.name)?.push(...(await gauge.read()));
    } catch (error) {
      this.#options.log('warn', 'a metric could not be read', { gauge: gauge.name, error: placeOf(error) });
    }
  }
}
