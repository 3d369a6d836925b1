import { checkConnection } from '../../../check.ts';
import { previewDeletion, removeConnection } from '../../../connections/delete.ts';
import { listConnections, readDetail } from '../../../connections/read.ts';
import { patienceMs, silentCrm, unknownConnection } from '../../../connections/refusals.ts';
import { changeConnection, createConnection } from '../../../connections/save.ts';
import { schedulePreview } from '../../../connections/schedule.ts';
import { openConnection } from '../../../connection.ts';
import { countedUpTo } from '../../../db/queries/bounded-count.ts';
import { readStand } from '../../../db/queries/connection-versions.ts';
import { pause, resume } from '../../../health/pause.ts';
import type { OrgId } from '../../../model/values.ts';
import { callerOf } from '../admit.ts';
import { versionIn } from '../if-match.ts';
import { invalidQuery } from '../problem.ts';
import { redirectUri } from '../redirect-uri.ts';
import type { RouteContext, Routes } from '../routes.ts';
import { connectionAnswer, connectorAnswer, detailAnswer, findingsOf } from './answers.ts';
import { descriptions } from './descriptions.ts';
import { type ConnectionDetail, namedForms, type SavedConnection } from './schemas.ts';

type Services = RouteContext['services'];

const path = '/v1/orgs/:org/connections';
const one = `${path}/:connection`;
const read = { access: 'read' } as const;
const operate = { access: 'operate' } as const;
const admin = { access: 'admin' } as const;

/** /api/v1/orgs/ORG/connections, and what is needed to fill in their forms. */
export const connectionRoutes: Routes = (app, { services }) => {
  for (const form of namedForms) app.addSchema(form);
  app.get(path, { config: read, schema: descriptions.list }, async (request) => ({
    connections: (await listConnections(services, callerOf(request).orgId)).map(connectionAnswer),
  }));
  app.get(one, { config: read, schema: descriptions.read }, async (request): Promise<ConnectionDetail> => {
    const { orgId } = callerOf(request);
    return detailAnswer(await readDetail(services, orgId, request.params.connection));
  });
  app.get('/v1/orgs/:org/connectors', { config: read, schema: descriptions.connectors }, async (request) => ({
    connectors: services.definitions.map(connectorAnswer),
    redirectUri: redirectUri(services, request),
  }));
  app.get(
    '/v1/orgs/:org/schedules/preview',
    { config: read, schema: descriptions.preview },
    async ({ query: { expression, timezone = 'UTC' } }) => ({
      runs: schedulePreview({ expression, timezone }, services.now()).map((at) => at.toISOString()),
    }),
  );
};

/** What changes a connection, or asks its CRM. */
export const connectionChangeRoutes: Routes = (app, { services }) => {
  app.post(path, { config: admin, schema: descriptions.create }, async (request, reply) => {
    const { name, kind, credentials, acceptWarnings = false, ...parts } = request.body;
    const caller = callerOf(request);
    const entered = { consent: null, ...credentials };
    const wish = { name, kind, credentials: entered, parts, acceptsWarnings: acceptWarnings };
    const check = await createConnection(services, caller, wish);
    return reply.code(201).send(await savedAnswer(services, { orgId: caller.orgId, name }, check));
  });
  app.put(one, { config: admin, schema: descriptions.change }, async (request) => {
    const { credentials, acceptWarnings = false, ...parts } = request.body;
    const name = request.params.connection;
    const caller = callerOf(request);
    const entered = credentials && { consent: null, ...credentials };
    const wish = { name, version: versionIn(request), parts, credentials: entered, acceptsWarnings: acceptWarnings };
    const check = await changeConnection(services, caller, wish);
    return savedAnswer(services, { orgId: caller.orgId, name }, check);
  });
  app.post(`${one}/check`, { config: operate, schema: descriptions.check }, async (request) => {
    // Whoever has just granted a right wants to know whether it is there, not what was so an hour ago.
    const { orgId } = callerOf(request);
    await using session = await openConnection(services, orgId, request.params.connection, { isFresh: true });
    const signal = AbortSignal.timeout(patienceMs);
    const check = await checkConnection(session, signal).catch((error: unknown) => {
      throw signal.aborted ? silentCrm() : error;
    });
    return { findings: findingsOf(check) };
  });
  app.post(`${one}/pause`, { config: operate, schema: descriptions.pause }, async (request) => {
    const { orgId, slug: org, actor } = callerOf(request);
    const name = await knownName(services, orgId, request.params.connection);
    const { changed } = await pause(services, { org, name, ...request.body }, actor);
    return { changed };
  });
  app.post(`${one}/resume`, { config: operate, schema: descriptions.resume }, async (request) => {
    const { orgId, slug: org, actor } = callerOf(request);
    const name = await knownName(services, orgId, request.params.connection);
    const { changed } = await resume(services, { org, name, ...request.body }, actor);
    return { changed };
  });
  app.get(`${one}/deletion`, { config: admin, schema: descriptions.deletion }, async (request) => ({
    ...(await previewDeletion(services, callerOf(request).orgId, request.params.connection)),
    countedUpTo,
  }));
  app.delete(one, { config: admin, schema: descriptions.remove }, async (request, reply) => {
    const name = request.params.connection;
    if (request.query.confirm !== name) throw invalidQuery('confirm', 'the name of the connection, as it is');
    await removeConnection(services, callerOf(request), { name, version: versionIn(request) });
    return reply.code(204).send();
  });
};

/** A source may have a name that no connection has: it is not meant. */
async function knownName({ database }: Services, orgId: OrgId, name: string): Promise<string> {
  if ((await database.transaction(orgId, (tx) => readStand(tx, name))) === null) throw unknownConnection(name);
  return name;
}

async function savedAnswer(
  services: Services,
  { orgId, name }: { readonly orgId: OrgId; readonly name: string },
  check: Awaited<ReturnType<typeof changeConnection>>,
): Promise<SavedConnection> {
  const { version } = await readDetail(services, orgId, name);
  return { version, findings: check === null ? null : findingsOf(check) };
}
