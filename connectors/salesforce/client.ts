import { AuthError, retry, type ConnectorError, type LimitObservation } from 'leadloop/connector-sdk';
import type { Context } from './context.ts';
import { errorOf, faultOf } from './errors.ts';
import { type Call, type Exchange, failureOf, nameOf, parsed, wireFor } from './exchange.ts';
import { bucket, concurrentPauseMs, retryPolicy } from './limits.ts';
import { tokenSource } from './oauth.ts';
import { tokenEndpoint } from './token-endpoint.ts';
import type { Reply } from './transport.ts';

export interface Answer<T> {
  readonly body: T;
  readonly headers: Reply['headers'];
}

export interface SalesforceClient {
  /**
   * Sends a call under the limits and tries again where that may help. Not checked: the shape of the body.
   * @throws ConnectorError with a recovery; the signal's reason when aborted.
   */
  send<T>(call: Call, signal: AbortSignal): Promise<Answer<T>>;
  /**
   * Sends a call once, and hands out the body while it comes. For use within `patiently`.
   * @throws as `send`, and TransientError from the body where it breaks off or nothing comes any more.
   */
  open(call: Call, signal: AbortSignal): Promise<Answer<AsyncIterable<Uint8Array>>>;
  /** Tries an operation again where that may help, as `send` does. */
  patiently<T>(operation: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Whose session it is; asks for one where there is none. Null = Salesforce did not say. */
  organization(signal: AbortSignal): Promise<string | null>;
  /** What the last answer said of the day; null = nothing. */
  readonly daily: { readonly max: number; readonly remaining: number } | null;
  /** Abandons what is under way. */
  close(): void;
}

export function createClient(context: Context): SalesforceClient {
  const { governor, now } = context;
  const wire = wireFor(context);
  const closed = new AbortController();
  let daily: SalesforceClient['daily'] = null;

  const patiently = <T>(operation: () => Promise<T>, signal: AbortSignal): Promise<T> =>
    retry(operation, { policy: retryPolicy, now, sleep: context.sleep, random: context.random, signal });
  const tokens = tokenSource(context, wire.loginUrl, tokenEndpoint(wire, context, closed.signal));

  const attempt = async <R extends Reply>(call: Call, exchange: Exchange<R>, signal: AbortSignal): Promise<R> => {
    await governor.admit(bucket, signal);
    const current = await tokens.current(signal);
    const reply = await exchange(wire.request(call, current), signal);
    const seen = limitsIn(reply.headers);
    if (seen !== null) {
      daily = { max: seen.dailyMax, remaining: seen.dailyRemaining };
      governor.observe(bucket, seen);
    }
    if (reply.status < 300) return reply;

    const failure = failureOf(reply, nameOf(call));
    const fault = faultOf(failure);
    const error = errorOf(failure, now());
    if (fault === 'concurrent') governor.observe(bucket, { pauseMs: concurrentPauseMs });
    throw fault === 'expired' ? new StaleToken(error, current.token) : error;
  };

  /** One new token a request: if that is refused as well, another would be too. */
  const once = async <R extends Reply>(call: Call, exchange: Exchange<R>, signal: AbortSignal): Promise<R> => {
    try {
      return await attempt(call, exchange, signal);
    } catch (error) {
      if (!(error instanceof StaleToken)) throw error;
      await tokens.renew(error.token, signal);
      return attempt(call, exchange, signal);
    }
  };

  const send = async <T>(call: Call, signal: AbortSignal): Promise<Answer<T>> => {
    const reply = await once(call, wire.exchange, signal);
    return { body: parsed(reply, nameOf(call)) as T, headers: reply.headers };
  };

  return {
    get daily() {
      return daily;
    },
    send: <T>(call: Call, signal: AbortSignal) => patiently(() => send<T>(call, signal), signal),
    async open(call, signal) {
      const { chunks, headers } = await once(call, wire.open, signal);
      return { body: chunks, headers };
    },
    patiently,
    organization: async (signal) => (await tokens.current(signal)).organization,
    close() {
      closed.abort(new Error('The Salesforce connection was closed.'));
    },
  };
}

/** A token that Salesforce does not take any more, with what it said. */
class StaleToken extends AuthError {
  readonly token: string;

  constructor({ message, remedy }: ConnectorError, token: string) {
    super(message, { remedy });
    this.token = token;
  }
}

/** `api-usage=10/100`, alone or with `api-bursts=1/750` or `per-app-api-usage=17/250(appName=x)` on either side (docs). */
export function limitsIn(
  headers: Reply['headers'],
): Required<Pick<LimitObservation, 'dailyMax' | 'dailyRemaining'>> | null {
  const found = /(?:^|[\s;,])api-usage=(\d+)\/(\d+)/.exec(headers['sforce-limit-info'] ?? '');
  if (found === null) return null;
  const [used, max] = [Number(found[1]), Number(found[2])];
  return { dailyMax: max, dailyRemaining: Math.max(0, max - used) };
}
