import { abortable, TransientError } from 'leadloop/connector-sdk';
import type { Context } from './context.ts';
import type { Failure } from './errors.ts';
import { apiVersion, requestTimeoutMs } from './limits.ts';
import type { Token } from './oauth.ts';
import { openStream, type StreamedReply } from './stream.ts';
import { createTransport, type Reply, type Request } from './transport.ts';
import type { WireError } from './wire.ts';

// The only file that does HTTP, through the transport of `jsforce` (see `transport.ts`), which takes no `AbortSignal`. We
// stop waiting instead: an abandoned request may still reach Salesforce, which is harmless, since every call here may be
// repeated, but for a code that works once, which nobody sends twice. Results of Bulk come through `fetch` (see `stream.ts`), under the same token, limits and errors.

export interface Call {
  readonly method: Request['method'];
  /** With its query; below `/services/data/vNN.0` unless it begins with `/services/`. */
  readonly path: string;
  readonly body?: unknown;
  /** A table, in the place of `body`. */
  readonly csv?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where people and programs sign in. */
export function loginUrlOf({ baseUrl, settings }: Pick<Context, 'baseUrl' | 'settings'>): string {
  return (baseUrl ?? settings.loginUrl ?? 'https://login.salesforce.com').replace(/\/+$/, '');
}

/** One request and its answer, whatever its status. @throws TransientError for a broken line or a time-out. */
export type Exchange<R extends Reply> = (request: Request, signal: AbortSignal) => Promise<R>;

export interface Wire {
  readonly loginUrl: string;
  readonly request: (call: Call, token: Token) => Request;
  readonly exchange: Exchange<Reply>;
  /** The body of a success is handed out while it comes; any other is in `text`. */
  readonly open: Exchange<Reply & StreamedReply>;
}

export function wireFor({
  baseUrl,
  settings,
  exchange: observed,
}: Pick<Context, 'baseUrl' | 'settings' | 'exchange'>): Wire {
  const loginUrl = loginUrlOf({ baseUrl, settings });
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

/** A success with half a body is a fault of the line. */
export function parsed({ text }: Reply, what: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new TransientError(`Salesforce answered ${what} with broken JSON.`);
  }
}

export function failureOf({ status, text }: Reply, what: string): Failure {
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

export function nameOf({ method, path }: Pick<Call, 'method' | 'path'>): string {
  return `${method} ${pathOf(path)}`;
}

/** Without the query, which carries field names, and with no id of a record. */
function pathOf(path: string): string {
  return path.split('?')[0]?.replaceAll(/\/[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?(?=\/|$)/g, '/{id}') ?? '';
}
