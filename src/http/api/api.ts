import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TokenHolder } from '../../db/queries/api-tokens.ts';
import type { TokenScope } from '../../ingest/tokens.ts';
import { stackOf } from '../../model/errors.ts';
import type { ApiOptions } from './api-port.ts';
import { bodyTypes, readJson, readNdjson } from './body.ts';
import { dashboardRoute } from './dashboard-route.ts';
import { ingestRoutes } from './ingest-routes.ts';
import { described, documentRoute } from './describe.ts';
import {
  codeOf,
  maxBodyBytes,
  problemSchema,
  refusedToken,
  sendProblem,
  unknownRoute,
  withoutScope,
  withoutToken,
} from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a token must be allowed to do; left out = anybody may. */
    readonly scope?: TokenScope;
  }
}

/** Everything below /api: its own faults, its own log, and nobody in without a token. */
export async function registerApi(app: FastifyInstance, options: ApiOptions): Promise<void> {
  await app.register(
    async (scope) => {
      await scope.register(swagger, {
        openapi: described,
        refResolver: { buildLocalReference: ({ $id }) => $id as string },
      });
      // Rows are read one by one, so that a bad one stops no other; the schemas are for the documents.
      scope.setValidatorCompiler(() => () => true);
      scope.setSerializerCompiler(() => JSON.stringify);
      readBodies(scope);
      scope.addSchema(problemSchema);
      scope.decorateRequest('holder', null);
      scope.addHook('onRequest', async (request) => admit(options, request));
      scope.setErrorHandler(async (error, request, reply) => {
        // The route, not the URL: a query may name a company.
        const fields = { route: request.routeOptions.url, code: codeOf(error) };
        const stack = codeOf(error) === 'internal' ? { stack: stackOf(error) } : {};
        options.log('warn', 'API request failed', { ...fields, ...stack });
        return sendProblem(reply, error);
      });
      scope.setNotFoundHandler(async (_request, reply) => sendProblem(reply, unknownRoute()));
      ingestRoutes(scope, options);
      dashboardRoute(scope, options.api);
      scope.get('/openapi.json', { schema: documentRoute }, async () => scope.swagger());
    },
    { prefix: '/api' },
  );
}

function readBodies(app: FastifyInstance): void {
  const readers = { [bodyTypes.json]: readJson, [bodyTypes.ndjson]: readNdjson };
  app.removeAllContentTypeParsers();
  for (const [type, read] of Object.entries(readers)) {
    app.addContentTypeParser(
      type,
      { parseAs: 'buffer', bodyLimit: maxBodyBytes },
      async (_request: FastifyRequest, body: Buffer) => read(body),
    );
  }
}

/** Before a byte of the body is read. */
async function admit({ api }: ApiOptions, request: FastifyRequest): Promise<void> {
  const { scope } = request.routeOptions.config;
  if (scope === undefined) return;
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined || token === '') throw withoutToken();
  const holder = await api.holderOf(token);
  if (holder === null) throw refusedToken();
  if (!holder.scopes.includes(scope)) throw withoutScope(scope);
  request.setDecorator<TokenHolder>('holder', holder);
}
