import { AsyncLocalStorage } from 'node:async_hooks';
import { poolPolicyOf } from './config/quota-policy.ts';
import { exchangeFor } from './crm-call.ts';
import type { Database } from './db/tx.ts';
import { cacheOf } from './db/queries/crm-cache.ts';
import { dailyPoolOf } from './db/queries/daily-pool.ts';
import { readConnection, type StoredConnectionRow } from './db/queries/read-connection.ts';
import {
  type Cache,
  type Connector,
  type ConnectorDefinition,
  createGovernor,
  type DailyQuota,
  type OpenGovernor,
  sleep as realSleep,
} from './connector-sdk/index.ts';
import { boundLog, type Log } from './log.ts';
import { AppError } from './model/errors.ts';
import type { EventPlace, Observe, ObserveAll } from './model/observation.ts';
import type { OrgId, RunId } from './model/values.ts';
import { renewCredentials } from './renew-credentials.ts';
import type { Sealer } from './secrets/seal.ts';

/** One authorised CRM account of an organisation, opened for a while. */
export interface Session extends AsyncDisposable {
  readonly database: Database;
  readonly orgId: OrgId;
  readonly connection: StoredConnectionRow;
  readonly definition: ConnectorDefinition;
  /** Of every CRM: a lead may be in another one as well, which is told its score too. */
  readonly definitions: readonly ConnectorDefinition[];
  readonly connector: Connector;
  readonly governor: OpenGovernor;
  /** Calls made in `work` may use what the day's pool keeps for urgent writes. */
  readonly urgently: <T>(work: () => Promise<T>) => Promise<T>;
  readonly cache: Cache;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Each line says organisation, connection and, once there is one, run. */
  readonly log: Log;
  readonly observe: Observe;
  /** From here on the log says that it is this run. */
  beginRun(runId: RunId): void;
}

export interface SessionServices {
  readonly database: Database;
  readonly definitions: readonly ConnectorDefinition[];
  readonly sealer: Sealer;
  readonly now: () => Date;
  readonly newId: () => string;
  /** How to wait; left out = in real time. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly log: Log;
  /** Hears what happens, as it happens; left out = nobody counts. */
  readonly observe?: ObserveAll;
}

export interface OpenOptions {
  /** Believes nothing that was read from the CRM before. */
  readonly isFresh?: boolean;
}

/**
 * Opens a connection: unseals its credentials and wires the connector to clock, cache, quota and log.
 * @throws AppError `connection-unknown`, `connector-unknown` or `connection-unauthorised` (fix-config, reauthorise).
 */
export async function openConnection(
  services: SessionServices,
  orgId: OrgId,
  name: string,
  { isFresh = false }: OpenOptions = {},
): Promise<Session> {
  const { database, sealer, now, sleep = realSleep } = services;
  const connection = await database.transaction(orgId, (tx) => readConnection(tx, name));
  if (connection === null) throw unknownConnection(name);
  const definition = services.definitions.find((one) => one.kind === connection.kind);
  if (definition === undefined) throw unknownKind(connection);
  if (connection.sealed === null) throw withoutCredentials(name);
  const binding = { orgId, connectionId: connection.id };
  const credentials: unknown = JSON.parse(sealer.unseal(connection.sealed, binding));
  const stored = cacheOf(database, { ...binding, now });
  const cache = isFresh ? sinceNow(stored, now) : stored;
  const urgency = new AsyncLocalStorage<true>();
  const governor = createGovernor({
    limits: definition.limits,
    daily: { ...dailyQuotaOf(services, orgId, connection), ...(isFresh && { believesSince: now() }) },
    isUrgent: () => urgency.getStore() === true,
    now,
    sleep,
  });
  const place: EventPlace = { org: connection.org, connection: connection.name, crm: connection.kind };
  const telling = tellingOf(services, place);
  const connector = definition.open({
    settings: connection.settings.connector ?? {},
    credentials,
    baseUrl: connection.baseUrl,
    now,
    sleep,
    random: services.random,
    governor,
    cache,
    renewCredentials: (renew) => renewCredentials({ database, sealer, sleep }, binding, renew),
    exchange: exchangeFor({ ...place, now, observe: telling.observe }),
    log: telling.log,
  });
  return {
    database,
    orgId,
    connection,
    definition,
    definitions: services.definitions,
    connector,
    governor,
    urgently: (work) => urgency.run(true, work),
    cache,
    now,
    newId: services.newId,
    sleep,
    ...telling,
    async [Symbol.asyncDispose]() {
      await connector[Symbol.asyncDispose]();
      await governor[Symbol.asyncDispose]();
    },
  };
}

function tellingOf(
  { log, observe }: SessionServices,
  place: EventPlace,
): Pick<Session, 'log' | 'observe' | 'beginRun'> {
  const { org, connection } = place;
  let run: { readonly runId?: RunId } = {};
  return {
    log: boundLog(log, () => ({ org, connection, ...run })),
    observe: (event) => observe?.(place, event),
    beginRun: (runId) => {
      run = { runId };
    },
  };
}

function dailyQuotaOf({ database, now }: SessionServices, orgId: OrgId, connection: StoredConnectionRow): DailyQuota {
  const { id: connectionId, quota, settings } = connection;
  const pool = dailyPoolOf(database, { orgId, connectionId, timeZone: settings.timezone ?? 'UTC', now });
  return { ...poolPolicyOf(quota), pool };
}

function sinceNow(cache: Cache, now: () => Date): Cache {
  const opened = now().getTime();
  return {
    through: (key, maxAgeMs, load) => cache.through(key, Math.min(maxAgeMs, now().getTime() - opened), load),
  };
}

function unknownConnection(name: string): AppError {
  return new AppError('connection-unknown', `There is no connection called "${name}".`, {
    recovery: 'fix-config',
    remedy: 'Run `leadloop apply` with the configuration that names it, or `leadloop export` to see what there is.',
  });
}

function unknownKind({ name, kind }: StoredConnectionRow): AppError {
  return new AppError(
    'connector-unknown',
    `The connection "${name}" is of the kind ${kind}, which has no connector here.`,
    {
      recovery: 'fix-config',
      remedy: 'Use one of the connectors that this version has, or upgrade leadloop.',
    },
  );
}

function withoutCredentials(name: string): AppError {
  return new AppError('connection-unauthorised', `The connection "${name}" has no credentials.`, {
    recovery: 'reauthorise',
    remedy: 'Set the secret that the configuration names and run `leadloop apply` again.',
  });
}
