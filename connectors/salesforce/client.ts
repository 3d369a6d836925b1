import {
  abortable,
  AuthError,
  ProtocolError,
  retry,
  TransientError,
  type ConnectorContext,
  type ConnectorError,
  type LimitObservation,
} from 'leadloop/connector-sdk';
import { errorOf, faultOf, type Failure } from './errors.ts';
import { apiVersion, bucket, concurrentPauseMs, requestTimeoutMs, retryPolicy } from './limits.ts';
import { tokenSource, type Token } from './oauth.ts';
import type { SalesforceCredentials, SalesforceSettings } from './settings.ts';
import { createTransport, type Reply, type Request } from './transport.ts';
import type { WireError, WireToken } from './wire.ts';

// The only file that does HTTP, through the transport of `jsforce` (see `transport.ts`), which takes no `AbortSignal`. We
// stop waiting instead: an abandoned request may still reach Salesforce, which is harmless, since every call here may be
// repeated.

export type Context = ConnectorContext<SalesforceSettings, SalesforceCredentials>;

export interface Call {
  readonly method: Request['method'];
  /** With its query; below `/services/data/vNN.0` unless it begins with `/services/`. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

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
  const tokens = tokenSource(context, wire.loginUrl, (form) =>
    patiently(() => askToken(wire, form, { now, signal: closed.signal }), closed.signal),
  );

  const attempt = async <T>(call: Call, signal: AbortSignal): Promise<Answer<T>> => {
    await governor.admit(bucket, signal);
    const current = await tokens.current(signal);
    const reply = await wire.exchange(wire.request(call, current), signal);
    const seen = limitsIn(reply.headers);
    if (seen !== null) {
      daily = { max: seen.dailyMax, remaining: seen.dailyRemaining };
      governor.observe(bucket, seen);
    }
    const what = `${call.method} ${pathOf(call.path)}`;
    if (reply.status < 300) return { body: parsed(reply, what) as T, headers: reply.headers };

    const failure = failureOf(reply, what);
    const fault = faultOf(failure);
    const error = errorOf(failure, now());
    if (fault === 'concurrent') governor.observe(bucket, { pauseMs: concurrentPauseMs });
    throw fault === 'expired' ? new StaleToken(error, current.token) : error;
  };

  /** One new token a request: if that is refused as well, another would be too. */
  const once = async <T>(call: Call, signal: AbortSignal): Promise<Answer<T>> => {
    try {
      return await attempt<T>(call, signal);
    } catch (error) {
      if (!(error instanceof StaleToken)) throw error;
      await tokens.renew(error.token, signal);
      return attempt<T>(call, signal);
    }
  };

  return {
    get daily() {
      return daily;
    },
    send: <T>(call: Call, signal: AbortSignal) => patiently(() => once<T>(call, signal), signal),
    close() {
      closed.abort(new Error('The Salesforce connection was closed.'));
    },
  };
}

interface Wire {
  readonly loginUrl: string;
  readonly request: (call: Call, token: Token) => Request;
  /** One request and its whole answer, whatever its status. @throws TransientError for a broken line or a time-out. */
  readonly exchange: (request: Request, signal: AbortSignal) => Promise<Reply>;
}

function wireFor({ baseUrl, settings }: Context): Wire {
  const loginUrl = (baseUrl ?? settings.loginUrl ?? 'https://login.salesforce.com').replace(/\/+$/, '');
  const version = settings.apiVersion ?? apiVersion;
  const transport = createTransport();
  const timeoutMs =
    settings.requestTimeoutSeconds === undefined ? requestTimeoutMs : settings.requestTimeoutSeconds * 1_000;
  return {
    loginUrl,
    request(call, { token, instanceUrl }) {
      // A sandbox or a proxy stands for the whole organisation.
      const origin = (baseUrl ?? instanceUrl).replace(/\/+$/, '');
      const base = call.path.startsWith('/services/') ? origin : `${origin}/services/data/v${version}`;
      const headers = {
        Authorization: `Bearer ${token}`,
        Accept: 'application/json',
        'Accept-Encoding': 'gzip',
        'Sforce-Call-Options': 'client=leadloop',
        ...(call.body === undefined ? {} : { 'Content-Type': 'application/json; charset=UTF-8' }),
        ...call.headers,
      };
      const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) };
      return { method: call.method, url: `${base}${call.path}`, headers, ...body };
    },
    async exchange(request, signal) {
      try {
        return await abortable(abortable(transport(request, timeoutMs), signal), AbortSignal.timeout(timeoutMs));
      } catch (error) {
        signal.throwIfAborted();
        const path = pathOf(new URL(request.url).pathname);
        throw new TransientError(`No answer from Salesforce to ${request.method} ${path}.`, { cause: error });
      }
    },
  };
}

async function askToken(
  { loginUrl, exchange }: Wire,
  form: Readonly<Record<string, string>>,
  { now, signal }: { readonly now: () => Date; readonly signal: AbortSignal },
): Promise<WireToken> {
  const path = '/services/oauth2/token';
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' };
  const body = new URLSearchParams(form).toString();
  const reply = await exchange({ method: 'POST', url: `${loginUrl}${path}`, headers, body }, signal);
  if (reply.status >= 300) throw errorOf(failureOf(reply, `POST ${path}`), now());
  return checkedToken(parsed(reply, `POST ${path}`));
}

/** A token that Salesforce does not take any more, with what it said. */
class StaleToken extends AuthError {
  readonly token: string;

  constructor({ message, remedy }: ConnectorError, token: string) {
    super(message, { remedy });
    this.token = token;
  }
}

/** A success with half a body is a fault of the line. */
function parsed({ text }: Reply, what: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new TransientError(`Salesforce answered ${what} with broken JSON.`);
  }
}

function failureOf({ status, text }: Reply, what: string): Failure {
  return { status, errors: errorsIn(text), what };
}

/** A list, or one object from the token endpoint; the edge sends HTML, or nothing (recorded). */
function errorsIn(text: string): readonly WireError[] {
  try {
    const body: unknown = JSON.parse(text);
    const list: readonly unknown[] = Array.isArray(body) ? body : [body];
    return list.filter((item): item is WireError => typeof item === 'object' && item !== null);
  } catch {
    return [];
  }
}

/** Without the query, which carries field names, and with no id of a record. */
function pathOf(path: string): string {
  return path.split('?')[0]?.replaceAll(/\/[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?(?=\/|$)/g, '/{id}') ?? '';
}

function checkedToken(body: unknown): WireToken {
  const token = body as Partial<WireToken> | null;
  if (typeof token?.access_token !== 'string' || typeof token.instance_url !== 'string') {
    throw new ProtocolError('Salesforce answered POST /services/oauth2/token without a token.');
  }
  return token as WireToken;
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
