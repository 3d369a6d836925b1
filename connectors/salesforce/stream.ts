import type { Reply, Request } from './transport.ts';

// Node's own `fetch`, for answers that are too large to be held: jsforce cannot stream safely (docs/decisions/0012). A body
// that breaks off is an error of the one who reads it. It takes no proxy of the environment, as jsforce's transport here.

export interface StreamedReply extends Omit<Reply, 'text'> {
  /** The body while it comes, unpacked. To be read to its end, or left by `return`. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** @throws when nothing comes for `idleMs`, be it the headers or a chunk; the signal's reason when aborted. */
export async function openStream(request: Request, idleMs: number, signal: AbortSignal): Promise<StreamedReply> {
  const idle = new AbortController();
  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => idle.abort(new Error(`Nothing has come for ${idleMs} ms.`)), idleMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  };
  const { url, method, headers, body = null } = request;
  const response = await watched(() =>
    fetch(url, {
      method,
      headers: { ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, idle.signal]),
    }),
  );
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    chunks: response.body === null ? none() : chunksOf(response.body, watched),
  };
}

async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  watched: <T>(work: () => Promise<T>) => Promise<T>,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await watched(() => reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    // Lets the connection go where the rest is not wanted.
    await reader.cancel().catch(() => undefined);
  }
}

async function* none(): AsyncGenerator<Uint8Array, void, void> {}
