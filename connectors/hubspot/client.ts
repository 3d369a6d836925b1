import { Client } from '@hubspot/api-client';
import {
  abortable,
  AuthError,
  ProtocolError,
  retry,
  TransientError,
  type ConnectorContext,
  type LimitObservation,
} from 'leadloop/connector-sdk';
import { errorOf, faultOf, pauseMs, type Failure } from './errors.ts';
import { apiVersion, requestTimeoutMs, retryPolicy, usableRate, type Bucket } from './limits.ts';
import { nextMidnight } from './midnight.ts';
import { tokenSource, type TokenSource } from './oauth.ts';
import type { HubSpotCredentials, HubSpotSettings } from './settings.ts';
import type { WireError, WireToken } from './wire.ts';

// The only file that does HTTP. `@hubspot/api-client` is the transport, through its `apiRequest`, because it knows no
// dated path (14.0.1). Three of its ways are worked around here:
//  - Its retries and its limiter are one setting for the whole process, made by whoever built a `Client` last. We build
//    ours without either, and no one else builds one: the governor and `retry` are the only ones at work.
//  - It takes no `AbortSignal` and has no time-out. We stop waiting instead: an abandoned request may still reach HubSpot,
//    which is harmless, since every call here may be repeated. Its socket closes when HubSpot answers, or after five minutes.
//  - Its errors print whole bodies. `apiRequest` does not throw on a status; what we throw has ids and categories only.

export type Context = ConnectorContext<HubSpotSettings, HubSpotCredentials>;

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

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export function createClient(context: Context): HubSpotClient {
  const { governor, now } = context;
  const sdk = new Client(context.baseUrl === null ? {} : { basePath: context.baseUrl });
  const wire = wireOf(context);
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
    const reply = await exchange(sdk, request(call, token), { ...wire, signal });
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

  const tokens = tokenSource(context, (form) => patiently(() => fetchToken(form), closed.signal));
  const fetchToken = async (form: Readonly<Record<string, string>>): Promise<WireToken> => {
    const reply = await exchange(sdk, tokenRequest(form), { ...wire, signal: closed.signal });
    if (reply.status >= 300) throw errorOf(failureOf(reply, 'POST /oauth/token'), dayEndsAt());
    return checkedToken(parsed(reply, 'POST /oauth/token'));
  };

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

function tokenRequest(form: Readonly<Record<string, string>>): Request {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', path: `/oauth/${apiVersion}/token`, headers, body: new URLSearchParams(form).toString() };
}

interface Wire {
  readonly timeoutMs: number;
  readonly observed: Context['exchange'];
}

function wireOf({ settings, exchange: observed }: Context): Wire {
  return { timeoutMs: (settings.requestTimeoutSeconds ?? requestTimeoutMs / 1_000) * 1_000, observed };
}

/** One request and its whole answer, whatever its status. @throws TransientError for a broken line or a time-out. */
async function exchange(
  sdk: Client,
  request: Request,
  { signal, timeoutMs, observed }: Wire & { readonly signal: AbortSignal },
): Promise<Reply> {
  const reading = async (): Promise<Reply> => {
    // `defaultJson: false` sends the body as it is.
    const response = await sdk.apiRequest({ ...request, headers: { ...request.headers }, defaultJson: false });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  try {
    return await observed(what(request), () => abortable(abortable(reading(), signal), AbortSignal.timeout(timeoutMs)));
  } catch (error) {
    signal.throwIfAborted();
    const path = request.path.split('?')[0];
    throw new TransientError(`No answer from HubSpot to ${request.method} ${path}.`, { cause: error });
  }
}

/** A success with half a body is a fault of the line. */
function parsed({ text }: Reply, what: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new TransientError(`HubSpot answered ${what} with broken JSON.`);
  }
}

function failureOf(reply: Reply, what: string): Failure {
  const body = errorBody(reply.text);
  return {
    status: reply.status,
    body,
    requestId: requestIdOf(reply, body),
    retryAfter: reply.headers.get('retry-after'),
    what,
  };
}

/** Of a 404 or of an answer of the edge (502, 503, 504) the body may be HTML (recorded). */
function errorBody(text: string): WireError {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

function requestIdOf({ headers }: Reply, body: WireError): string | null {
  return headers.get('x-hubspot-correlation-id') ?? body.correlationId ?? null;
}

/** Without the query, which carries cursors and field names, and with no id of a record. */
function what({ method, path }: Pick<Request, 'method' | 'path'>): string {
  return `${method} ${path.split('?')[0]?.replaceAll(/\/\d+(?=\/|$)/g, '/{id}')}`;
}

function checkedToken(body: unknown): WireToken {
  const token = body as Partial<WireToken> | null;
  if (
    typeof token?.access_token !== 'string' ||
    typeof token.refresh_token !== 'string' ||
    typeof token.expires_in !== 'number'
  ) {
    throw new ProtocolError('HubSpot answered POST /oauth/token without a token.');
  }
  return token as WireToken;
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
