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
import { openStream, type StreamedReply } from './stream.ts';
import { createTransport, type Reply, type Request } from './transport.ts';
import type { WireError, WireToken } from './wire.ts';

// The only file that does HTTP, through the transport of `jsforce` (see `transport.ts`), which takes no `AbortSignal`. We
// stop waiting instead: an abandoned request may still reach Salesforce, which is harmless, since every call here may be
// repeated. Results of Bulk come through `fetch` (see `stream.ts`), under the same token, limits and errors.

export type Context = ConnectorContext<SalesforceSettings, SalesforceCredentials>;

export interface Call {
  readonly method: Request['method'];
  /** With its query; below `/services/data/vNN.0` unless it begins with `/services/`. */
  readonly path: string;
  readonly body?: unknown;
  /** A table, in the place of `body`. */
  readonly csv?: string;
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
  const tokens = tokenSource(context, wire.loginUrl, (form) =>
    patiently(() => askToken(wire, form, { now, signal: closed.signal }), closed.signal),
  );

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

/** One request and its answer, whatever its status. @throws TransientError for a broken line or a time-out. */
type Exchange<R extends Reply> = (request: Request, signal: AbortSignal) => Promise<R>;

interface Wire {
  readonly loginUrl: string;
  readonly request: (call: Call, token: Token) => Request;
  readonly exchange: Exchange<Reply>;
  /** The body of a success is handed out while it comes; any other is in `text`. */
  readonly open: Exchange<Reply & StreamedReply>;
}

function wireFor({ baseUrl, settings, exchange: observed }: Context): Wire {
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
      const content = contentOf(call);
      const headers = {
        Authorization: `Bearer ${token}`,
        Accept: 'application/json',
        'Accept-Encoding': 'gzip',
        'Sforce-Call-Options': 'client=leadloop',
        ...(content === null ? {} : { 'Content-Type': `${content.type}; charset=UTF-8` }),
        ...call.headers,
      };
      return { method: call.method, url: `${base}${call.path}`, headers, ...(content && { body: content.text }) };
    },
    async exchange(request, signal) {
      const send = (): Promise<Reply> =>
        abortable(abortable(transport(request, timeoutMs), signal), AbortSignal.timeout(timeoutMs));
      try {
        return await observed(routeOf(request), send);
      } catch (error) {
        throw unanswered(request, error, signal);
      }
    },
    async open(request, signal) {
      try {
        const reply = await observed(routeOf(request), () => openStream(request, timeoutMs, signal));
        if (reply.status >= 300) return { ...reply, text: await textOf(reply.chunks) };
        return { ...reply, chunks: guarded(reply.chunks, request, signal), text: '' };
      } catch (error) {
        throw unanswered(request, error, signal);
      }
    },
  };
}

function contentOf({ body, csv }: Call): { readonly type: string; readonly text: string } | null {
  if (csv !== undefined) return { type: 'text/csv', text: csv };
  return body === undefined ? null : { type: 'application/json', text: JSON.stringify(body) };
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(chunks)).toString();
}

async function* guarded(
  chunks: AsyncIterable<Uint8Array>,
  request: Request,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* chunks;
  } catch (error) {
    throw unanswered(request, error, signal);
  }
}

/** @throws the signal's reason when it is aborted. */
function unanswered({ method, url }: Request, cause: unknown, signal: AbortSignal): TransientError {
  signal.throwIfAborted();
  return new TransientError(`No answer from Salesforce to ${routeOf({ method, url })}.`, { cause });
}

function routeOf({ method, url }: Pick<Request, 'method' | 'url'>): string {
  return nameOf({ method, path: new URL(url).pathname });
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

function nameOf({ method, path }: Pick<Call, 'method' | 'path'>): string {
  return `${method} ${pathOf(path)}`;
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
