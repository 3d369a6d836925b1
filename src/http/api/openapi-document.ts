import Fastify from 'fastify';
import type { ApiPort } from './api-port.ts';
import { registerApi } from './api.ts';

const notAsked = (): never => {
  throw new Error('the document asks nothing');
};
const nobody: ApiPort = { holderOf: notAsked, takeIn: notAsked, dashboard: notAsked };

/** What GET /api/openapi.json answers, without a server. */
export async function openApiDocument(): Promise<unknown> {
  const app = Fastify();
  await registerApi(app, { api: nobody, now: notAsked, log: notAsked });
  await app.ready();
  const document: unknown = (await app.inject('/api/openapi.json')).json();
  await app.close();
  return document;
}
