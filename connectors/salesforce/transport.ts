import { createRequire } from 'node:module';
import { Transport } from 'jsforce/lib/transport.js';

// jsforce as transport, and what has to be worked around in it (3.10.26, measured 2026-11-22):
//  - An answer that breaks off in its body is an error that nobody can catch: it ends the process. `whole`, below, lets
//    jsforce see an answer only when all of it is there; before that, a broken line is a refused request like any other.
//    So its time-out, which ends with the headers, covers the body as well.
//  - It repeats GET, PUT and DELETE by itself, after PUT with an empty body. `retry` of the SDK is the only one at work.
//  - It asks for new tokens without end while they are refused. We give it none to ask with: see `client.ts`.
//  - It follows a redirect of a PATCH with a GET. We follow none.
//  - It goes through a proxy of the environment even to this machine, whatever NO_PROXY says. We take no proxy.

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export type Send = (request: Request, timeoutMs: number) => Promise<Reply>;

/** Sends requests to whatever address they have. */
export function createTransport(): Send {
  install();
  const transport = new Transport();
  return async ({ headers, ...request }, timeoutMs) => {
    const response = await transport.httpRequest(
      { ...request, headers: { ...headers } },
      { retry: { maxRetries: 0, methods: [] }, followRedirect: false, timeout: timeoutMs },
    );
    return { status: response.statusCode, headers: response.headers, text: response.body };
  };
}

// What we use of undici's dispatchers; jsforce brings its own copy, and only that one fits.
type Controller = object;
interface Handler {
  onRequestStart?(controller: Controller, context: unknown): void;
  onRequestUpgrade?(controller: Controller, status: number, headers: unknown, socket: unknown): void;
  onResponseStart?(controller: Controller, status: number, headers: unknown, text?: string): void;
  onResponseData?(controller: Controller, chunk: Uint8Array): void;
  onResponseEnd?(controller: Controller, trailers: unknown): void;
  onResponseError?(controller: Controller, error: Error): void;
}
type Dispatch = (options: unknown, handler: Handler) => boolean;
interface Dispatcher {
  compose(interceptor: (dispatch: Dispatch) => Dispatch): Dispatcher;
}
interface Undici {
  readonly Agent: new (options: object) => Dispatcher;
}
interface JsforceRequest {
  readonly setDefaults: (options: object) => void;
  readonly setDispatcher: (dispatcher: Dispatcher) => void;
}

let isInstalled = false;

function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  const requireHere = createRequire(import.meta.url);
  const requireThere = createRequire(requireHere.resolve('jsforce/lib/request.js'));
  const { Agent } = requireThere('undici') as Undici;
  const { setDispatcher, setDefaults } = requireThere('./request.js') as JsforceRequest;
  setDefaults({});
  setDispatcher(new Agent({ connect: { allowH2: false } }).compose(whole));
}

/** Holds an answer back until it is complete. */
function whole(dispatch: Dispatch): Dispatch {
  return (options, handler) => {
    let start: (() => void) | null = null;
    const chunks: Uint8Array[] = [];
    return dispatch(options, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (...upgrade) => handler.onRequestUpgrade?.(...upgrade),
      onResponseStart(controller, status, headers, text) {
        const pass = (): void => handler.onResponseStart?.(controller, status, headers, text);
        // 1xx are no answers.
        if (status < 200) pass();
        else start = pass;
      },
      onResponseData: (_controller, chunk) => void chunks.push(chunk),
      onResponseEnd(controller, trailers) {
        start?.();
        for (const chunk of chunks) handler.onResponseData?.(controller, chunk);
        handler.onResponseEnd?.(controller, trailers);
      },
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    });
  };
}
