import { AuthError, retry, type LimitObservation } from 'leadloop/connector-sdk';
import type { Context } from './context.ts';
import { errorOf, faultOf, pauseMs } from './errors.ts';
import { retryPolicy, usableRate, type Bucket } from './limits.ts';
import { nextMidnight } from './midnight.ts';
import { tokenSource, type TokenSource } from './oauth.ts';
import { tokenEndpoint } from './token-endpoint.ts';
import { createTransport, failureOf, parsed, requestIdOf, what, type Request } from './transport.ts';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly bucket?: Bucket;
}

export interface Answer<T> {
  readonly body: T;
  /** HubSpot's correlation id. */
  readonly requestId: string | null;
}

export interface HubSpotClient {
  /**
   * Sends a call under the limits and tries again where that may help. Not checked: the shape of the body.
   * @throws ConnectorError with a recovery; the signal's reason when aborted.
   */
  send<T>(call: Call, signal: AbortSignal): Promise<Answer<T>>;
  /** The account's day ends at midnight of this zone. */
  useTimeZone(timeZone: string): void;
  /** What the headers of the last answer said of the day; null = nothing (OAuth has no such headers). */
  readonly daily: { readonly max: number; readonly remaining: number } | null;
  /** How far our clock is ahead of HubSpot's, as its last answer showed (to the second); 0 = not at all, or unknown. */
  readonly aheadMs: number;
  /** Abandons what is under way. */
  close(): void;
}

export function createClient(context: Context): HubSpotClient {
  const { governor, now } = context;
  const transport = createTransport(context);
  const closed = new AbortController();
  let timeZone = 'UTC';
  let daily: HubSpotClient['daily'] = null;
  let aheadMs = 0;

  const dayEndsAt = (): Date => nextMidnight(now(), timeZone);
  const patiently = <T>(operation: () => Promise<T>, signal: AbortSignal): Promise<T> =>
    retry(operation, { policy: retryPolicy, now, sleep: context.sleep, random: context.random, signal });

  const learn = (headers: Headers): void => {
    const seen = limitsIn(headers);
    aheadMs = aheadIn(headers, now());
    if (seen.dailyMax !== undefined && seen.dailyRemaining !== undefined) {
      daily = { max: seen.dailyMax, remaining: seen.dailyRemaining };
    }
    // Search carries no headers of its own window: whatever comes is about the general one.
    governor.observe('general', seen);
  };

  const attempt = async <T>(call: Call, tokens: TokenSource, signal: AbortSignal): Promise<Answer<T>> => {
    const bucket = call.bucket ?? 'general';
    await governor.admit(bucket, signal);
    const token = await tokens.current(signal);
    const reply = await transport(request(call, token), signal);
    learn(reply.headers);

    if (reply.status < 300) return { body: parsed(reply, what(call)) as T, requestId: requestIdOf(reply, {}) };

    const failure = failureOf(reply, what(call));
    const fault = faultOf(failure);
    if (fault === 'expired' && (await tokens.renew(token, signal)))
      throw new StaleToken('HubSpot calls the token expired.');
    const rest = pauseMs[fault];
    if (rest !== undefined) governor.observe(bucket, { pauseMs: rest });
    throw errorOf(failure, dayEndsAt());
  };

  const tokens = tokenSource(context, tokenEndpoint(transport, context, closed.signal));

  return {
    get daily() {
      return daily;
    },
    get aheadMs() {
      return aheadMs;
    },
    useTimeZone(zone) {
      timeZone = zone;
      governor.observe('general', { dailyResetAt: dayEndsAt() });
    },
    async send<T>(call: Call, signal: AbortSignal) {
      const once = (): Promise<Answer<T>> => attempt<T>(call, tokens, signal);
      return patiently(() => once().catch((error: unknown) => onceMore(error, once)), signal);
    },
    close() {
      closed.abort(new Error('The HubSpot connection was closed.'));
    },
  };
}

/** The token was renewed while this call was out: the call may go again at once, one time. */
class StaleToken extends AuthError {}

function onceMore<T>(error: unknown, once: () => Promise<T>): Promise<T> {
  if (error instanceof StaleToken) return once();
  throw error;
}

function request({ method, path, body }: Call, token: string): Request {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  return { method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
}

/** `Date` tells the second, so within one we cannot be told apart. */
function aheadIn(headers: Headers, now: Date): number {
  const told = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(told) ? 0 : Math.max(0, now.getTime() - told - 1_000);
}

/** All of these are absent for OAuth apps, on search, and on some errors. */
function limitsIn(headers: Headers): LimitObservation {
  const max = numberIn(headers, 'x-hubspot-ratelimit-max');
  const intervalMs = numberIn(headers, 'x-hubspot-ratelimit-interval-milliseconds');
  const dailyMax = numberIn(headers, 'x-hubspot-ratelimit-daily');
  const dailyRemaining = numberIn(headers, 'x-hubspot-ratelimit-daily-remaining');
  return {
    ...(max === null || intervalMs === null ? {} : { rate: usableRate(max, intervalMs) }),
    ...(dailyMax === null ? {} : { dailyMax }),
    ...(dailyRemaining === null ? {} : { dailyRemaining }),
  };
}

function numberIn(headers: Headers, name: string): number | null {
  const text = headers.get(name);
  const number = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}
