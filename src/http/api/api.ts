import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { tokenReader } from '../../access/tokens.ts';
import { resumeSession } from '../../access/sessions.ts';
import { stackOf } from '../../model/errors.ts';
import { policy } from '../security.ts';
import { guardRoutes } from './admit.ts';
import type { ApiOptions } from './api-port.ts';
import { bodyTypes, readJson, readNdjson } from './body.ts';
import { finding } from './connections/schemas.ts';
import { cookieJar } from './cookies.ts';
import { dashboardRoute } from './dashboard-route.ts';
import { described, documentRoute } from './describe.ts';
import { ingestRoutes } from './ingest-routes.ts';
import { codeOf, logLevelOf, maxBodyBytes, problemSchema, sendProblem, unknownRoute } from './problem.ts';
import type { RouteContext } from './routes.ts';
import { subjects } from './subjects.ts';

/** Nothing of it is fetched from elsewhere; the one style that it writes into the page is named by its hash. */
const docsPage = {
  routePrefix: '/docs',
  indexPrefix: '/api',
  theme: { title: 'leadloop API' },
  uiConfig: { validatorUrl: 'none', docExpansion: 'list', deepLinking: true },
  staticCSP: policy('sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='),
} as const;

/** What a request of the console may weigh: a mapping of a few hundred fields. */
const maxConsoleBytes = 1024 * 1024;

/** Everything below /api: its own faults, its own log, and nobody in without a token or a session. */
export async function registerApi(app: FastifyInstance, options: ApiOptions): Promise<void> {
  await app.register(
    async (scope) => {
      await scope.register(swagger, {
        openapi: described,
        refResolver: { buildLocalReference: ({ $id }) => $id as string },
      });
      // Before the gate: it tells of the API and asks nothing of it.
      await scope.register(swaggerUi, docsPage);
      await scope.register(cookie);
      scope.setSerializerCompiler(() => JSON.stringify);
      scope.addSchema(finding);
      scope.addSchema(problemSchema);
      const cookies = cookieJar(options.console.publicUrl);
      guardRoutes(scope, {
        holderOf: tokenReader(options.console),
        sessionOf: (token) => resumeSession(options.console, token),
        cookies,
      });
      scope.setErrorHandler(async (error, request, reply) => {
        // The route, not the URL: a query may name a company.
        const code = codeOf(error);
        const stack = code === 'internal' ? { stack: stackOf(error) } : {};
        options.log(logLevelOf(error), 'API request failed', { route: request.routeOptions.url, code, ...stack });
        return sendProblem(reply, error);
      });
      scope.setNotFoundHandler(async (_request, reply) => sendProblem(reply, unknownRoute()));
      await scope.register(async (rows) => rowRoutes(rows, options));
      await scope.register(async (strict) => consoleRoutes(strict, { services: options.console, cookies }));
      scope.get('/openapi.json', { config: { access: 'open' }, schema: documentRoute }, async () => scope.swagger());
    },
    { prefix: '/api' },
  );
}

/** Rows are read one by one, so that a bad one stops no other; the schemas are for the documents. */
function rowRoutes(app: FastifyInstance, options: ApiOptions): void {
  app.setValidatorCompiler(() => () => true);
  const readers = { [bodyTypes.json]: readJson, [bodyTypes.ndjson]: readNdjson };
  app.removeAllContentTypeParsers();
  for (const [type, read] of Object.entries(readers)) {
    app.addContentTypeParser(
      type,
      { parseAs: 'buffer', bodyLimit: maxBodyBytes },
      async (_request: FastifyRequest, body: Buffer) => read(body),
    );
  }
  ingestRoutes(app, options);
  dashboardRoute(app, options.api);
}

/** What does not fit its schema is refused, and each fault named. Only JSON: a form of another site can send none. */
function consoleRoutes(app: FastifyInstance, context: RouteContext): void {
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.removeContentTypeParser('text/plain');
  app.addHook('onRoute', (route) => {
    route.bodyLimit ??= maxConsoleBytes;
  });
  for (const register of subjects) register(app, context);
}
