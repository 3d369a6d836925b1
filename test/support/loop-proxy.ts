import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server between us and a CRM: it notes what passes, and lets a test act between two calls. */
export interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Method and path with its query, in order. */
  readonly paths: readonly string[];
}

export interface ProxyOptions {
  /** Called before a request is passed on. */
  readonly before?: (path: string) => void | Promise<void>;
  /** Called when the CRM has answered, before the answer is passed back. */
  readonly after?: (path: string) => void | Promise<void>;
}

const hopByHop = new Set(['connection', 'content-length', 'transfer-encoding', 'content-encoding', 'keep-alive']);
/** These are between two machines, and set anew. */
const ownToLine = new Set([...hopByHop, 'host', 'accept-encoding', 'expect']);

export async function startProxy(target: string, { before, after }: ProxyOptions = {}): Promise<Proxy> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const path = `${request.method} ${request.url}`;
      paths.push(path);
      const chunks = await request.toArray().catch(() => null);
      // Whoever asked was killed half-way through.
      if (chunks === null) return;
      await before?.(path);
      const answer = await fetch(new URL(request.url ?? '/', target), {
        method: request.method ?? 'GET',
        headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
          typeof value !== 'string' || ownToLine.has(name) ? [] : [[name, value]],
        ),
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      });
      const body = Buffer.from(await answer.arrayBuffer());
      await after?.(path);
      response.writeHead(
        answer.status,
        Object.fromEntries([...answer.headers].filter(([name]) => !hopByHop.has(name))),
      );
      response.end(body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
