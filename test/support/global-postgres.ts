import { startTestServer } from './postgres-server.ts';

/** Handed to the workers of a vitest run, so that all of them share one server. */
export const serverVariable = 'LEADLOOP_TEST_SERVER';

/** vitest's globalSetup. Several projects name it; the first one starts the server and is the one that stops it. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[serverVariable] !== undefined) return undefined;
  const server = await startTestServer();
  const { superuserUrl, loginUrl, template } = server;
  process.env[serverVariable] = JSON.stringify({ superuserUrl, loginUrl, template });
  return async () => server[Symbol.asyncDispose]();
}
