import { Client } from '@hubspot/api-client';
import { abortable, TransientError } from 'leadloop/connector-sdk';
import type { Failure } from './errors.ts';
import { requestTimeoutMs } from './limits.ts';
import type { Context } from './context.ts';
import type { WireError } from './wire.ts';

// The only file that does HTTP. `@hubspot/api-client` is the transport, through its `apiRequest`, because it knows no
// dated path (14.0.1). Three of its ways are worked around here:
//  - Its retries and its limiter are one setting for the whole process, made by whoever built a `Client` last. We build
//    ours without either, and no one else builds one: the governor and `retry` are the only ones at work.
//  - It takes no `AbortSignal` and has no time-out. We stop waiting instead: an abandoned request may still reach HubSpot,
//    which is harmless, since every call here may be repeated, but for a code that works once, which nobody sends twice. Its socket closes when HubSpot answers, or after five minutes.
//  - Its errors print whole bodies. `apiRequest` does not throw on a status; what we throw has ids and categories only.

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One request and its whole answer, whatever its status. @throws TransientError for a broken line or a time-out. */
export type Send = (request: Request, signal: AbortSignal) => Promise<Reply>;

export function createTransport({
  baseUrl,
  settings,
  exchange,
}: Pick<Context, 'baseUrl' | 'settings' | 'exchange'>): Send {
  const sdk = new Client(baseUrl === null ? {} : { basePath: baseUrl });
  const timeoutMs = (settings.requestTimeoutSeconds ?? requestTimeoutMs / 1_000) * 1_000;
  const reading = async (request: Request): Promise<Reply> => {
    // `defaultJson: false` sends the body as it is.
    const response = await sdk.apiRequest({ ...request, headers: { ...request.headers }, defaultJson: false });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return async (request, signal) => {
    try {
      return await exchange(what(request), () =>
        abortable(abortable(reading(request), signal), AbortSignal.timeout(timeoutMs)),
      );
    } catch (error) {
      signal.throwIfAborted();
      const path = request.path.split('?')[0];
      throw new TransientError(`No answer from HubSpot to ${request.method} ${path}.`, { cause: error });
    }
  };
}

/** A success with half a body is a fault of the line. */
export function parsed({ text }: Reply, what: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new TransientError(`HubSpot answered ${what} with broken JSON.`);
  }
}

export function failureOf(reply: Reply, what: string): Failure {
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

export function requestIdOf({ headers }: Reply, body: WireError): string | null {
  return headers.get('x-hubspot-correlation-id') ?? body.correlationId ?? null;
}

/** Without the query, which carries cursors and field names, and with no id of a record. */
export function what({ method, path }: Pick<Request, 'method' | 'path'>): string {
  return `${method} ${path.split('?')[0]?.replaceAll(/\/\d+(?=\/|$)/g, '/{id}')}`;
}
