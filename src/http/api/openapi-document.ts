import Fastify from 'fastify';
import type { ApiPort, ConsoleServices } from './api-port.ts';
import { registerApi } from './api.ts';

const notAsked = (): never => {
  throw new Error('the document asks nothing');
};
const nobody: ApiPort = { takeIn: notAsked, dashboard: notAsked };

// Routes are told of without being asked.
const nothing = { publicUrl: null } as unknown as ConsoleServices;

/** What GET /api/openapi.json answers, without a server. */
export async function openApiDocument(): Promise<unknown> {
  const app = Fastify();
  await registerApi(app, { api: nobody, console: nothing, now: notAsked, log: notAsked });
  await app.ready();
  const document: unknown = (await app.inject('/api/openapi.json')).json();
  await app.close();
  return document;
}
