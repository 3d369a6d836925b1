import { setImmediate } from 'node:timers/promises';
import {
  createGovernor,
  type Cache,
  type ConnectorContext,
  type ConnectorDefinition,
  type DailyQuota,
} from '../../src/connector-sdk/index.ts';

/** Time that passes only when somebody waits: back-offs and rate limits take none of ours. */
export interface VirtualClock {
  now(): number;
  advance(ms: number): void;
}

export function virtualClock(start = Date.UTC(2026, 10, 22, 12)): VirtualClock {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
}

/** Values go through JSON, as they do in the database. */
export function memoryCache(clock: VirtualClock): Cache {
  const entries = new Map<string, { readonly at: number; readonly json: string }>();
  return {
    async through<T>(key: string, maxAgeMs: number, load: () => Promise<T>): Promise<T> {
      const entry = entries.get(key);
      if (entry !== undefined && clock.now() - entry.at < maxAgeMs) return JSON.parse(entry.json) as T;
      const value = await load();
      entries.set(key, { at: clock.now(), json: JSON.stringify(value) });
      return value;
    },
  };
}

export interface ContextParts<Settings, Credentials> {
  readonly definition: Pick<ConnectorDefinition, 'limits'>;
  readonly clock: VirtualClock;
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly settings: Settings;
  readonly cache?: Cache;
  readonly daily?: DailyQuota;
  /** Called with renewed credentials before they are used. */
  readonly saveCredentials?: (credentials: Credentials) => Promise<void>;
  readonly log?: ConnectorContext<unknown, unknown>['log'];
}

/** As the real one, with a variable instead of a database. */
function renewing<Settings, Credentials>({
  credentials,
  saveCredentials,
}: ContextParts<Settings, Credentials>): ConnectorContext<Settings, Credentials>['renewCredentials'] {
  let stored = credentials;
  return async (renew) => {
    const renewed = await renew(stored);
    if (renewed !== stored) await saveCredentials?.(renewed);
    stored = renewed;
    return renewed;
  };
}

export function testContext<Settings, Credentials>(
  parts: ContextParts<Settings, Credentials>,
): ConnectorContext<Settings, Credentials> {
  const { clock, definition } = parts;
  const now = (): Date => new Date(clock.now());
  const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    clock.advance(ms);
    await setImmediate();
    signal.throwIfAborted();
  };
  return {
    settings: parts.settings,
    credentials: parts.credentials,
    baseUrl: parts.baseUrl,
    now,
    sleep,
    random: () => 0.5,
    governor: createGovernor({ limits: definition.limits, daily: parts.daily ?? null, now, sleep }),
    cache: parts.cache ?? memoryCache(clock),
    renewCredentials: renewing(parts),
    exchange: (_, send) => send(),
    log: parts.log ?? (() => undefined),
  };
}
