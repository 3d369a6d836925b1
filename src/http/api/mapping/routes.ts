import type { FastifyRequest } from 'fastify';
import {
  checkMappingDraft,
  consequencesOfDraft,
  type EditorServices,
  liveFields,
  previewDraft,
  readDrift,
  refuseUnsoundDraft,
} from '../../../mapping-editor/editor.ts';
import { openMapping, type Place } from '../../../mapping-editor/open-mapping.ts';
import { publishMapping } from '../../../mapping-editor/publish.ts';
import { sampleStore } from '../../../mapping-editor/samples.ts';
import { differencesOf, discardDraft, keepDraft, versionOf, versionsOf } from '../../../mapping-editor/versions.ts';
import type { MappingDefinition } from '../../../model/mapping.ts';
import type { Publication } from '../../../mapping-editor/publish.ts';
import { callerOf } from '../admit.ts';
import { versionIn } from '../if-match.ts';
import { pageOf, wholeKey } from '../paging.ts';
import type { Routes } from '../routes.ts';
import { answerOfMapping, differencesTold, jsonOf, liveFieldsAnswer } from './answers.ts';
import { routeSchemas as schemas } from './describe.ts';
import type {
  Consequences,
  LiveFields,
  MappingAnswer,
  MappingCheck,
  MappingDifferences,
  MappingDrift,
  MappingForm,
  MappingPreview,
  MappingVersion,
  MappingVersions,
  PublishedVersion,
  SavedDraft,
} from './schemas.ts';

const path = '/v1/orgs/:org/connections/:connection/mapping';
const read = { access: 'read' } as const;
const admin = { access: 'admin' } as const;

type App = Parameters<Routes>[0];

/** /api/v1/orgs/ORG/connections/CONNECTION/mapping */
export const mappingRoutes: Routes = (app, { services: given }) => {
  const services: EditorServices = { ...given, samples: sampleStore(given.now) };
  app.get(path, { config: read, schema: schemas.mapping }, async (request): Promise<MappingAnswer> =>
    answerOfMapping(await openMapping(services, placeOf(request))),
  );
  app.get(`${path}/fields`, { config: read, schema: schemas.fields }, async (request): Promise<LiveFields> =>
    liveFieldsAnswer(await liveFields(services, placeOf(request), request.query.object)),
  );
  app.get(`${path}/drift`, { config: read, schema: schemas.drift }, async (request): Promise<MappingDrift> =>
    jsonOf(await readDrift(services, placeOf(request))),
  );
  app.post(`${path}/check`, { config: admin, schema: schemas.check }, async (request): Promise<MappingCheck> =>
    jsonOf(await checkMappingDraft(services, placeOf(request), definitionOf(request.body))),
  );
  app.post(`${path}/preview`, { config: admin, schema: schemas.preview }, async (request): Promise<MappingPreview> => {
    const { object, search = '' } = request.body;
    const wish = { definition: definitionOf(request.body), object, search: search.replaceAll('\0', '').trim() || null };
    return { records: jsonOf(await previewDraft(services, placeOf(request), wish)) };
  });
  app.post(`${path}/consequences`, { config: admin, schema: schemas.consequences }, async (request) => {
    const told = await consequencesOfDraft(services, placeOf(request), definitionOf(request.body));
    return jsonOf({ ...told, differences: differencesTold(told.differences) }) satisfies Consequences;
  });
  changingRoutes(app, services);
  versionRoutes(app, services);
};

/** Drafts, and what puts one in force. */
function changingRoutes(app: App, services: EditorServices): void {
  app.put(`${path}/draft`, { config: admin, schema: schemas.saveDraft }, async (request): Promise<SavedDraft> => {
    const { actor } = callerOf(request);
    const { basedOn } = request.body;
    const wish = { definition: definitionOf(request.body), basedOn, revision: versionIn(request), actor };
    return { revision: await keepDraft(services, placeOf(request), wish) };
  });
  app.delete(`${path}/draft`, { config: admin, schema: schemas.discardDraft }, async (request, reply) => {
    await discardDraft(services, placeOf(request), versionIn(request));
    return reply.code(204).send();
  });
  const publish = async (
    request: FastifyRequest,
    { definition, draft }: Pick<Publication, 'definition' | 'draft'>,
  ): Promise<PublishedVersion> => {
    const { actor } = callerOf(request);
    const [place, version] = [placeOf(request), versionIn(request)];
    await refuseUnsoundDraft(services, place, definition);
    return { version: await publishMapping(services, { ...place, definition, version, draft, actor }) };
  };
  app.post(`${path}/publish`, { config: admin, schema: schemas.publish }, async (request) =>
    publish(request, { definition: definitionOf(request.body), draft: request.body.revision }),
  );
  app.post(`${path}/versions/:version/restore`, { config: admin, schema: schemas.restore }, async (request) => {
    const { definition } = await versionOf(services, placeOf(request), request.params.version);
    return publish(request, { definition, draft: null });
  });
}

function versionRoutes(app: App, services: EditorServices): void {
  const versions = `${path}/versions`;
  app.get(versions, { config: read, schema: schemas.versions }, async (request): Promise<MappingVersions> => {
    const { limit = 50, after } = request.query;
    const rows = await versionsOf(services, placeOf(request), { before: wholeKey(after), limit });
    const { items, next } = pageOf(rows, limit, ({ version }) => String(version));
    return { versions: items.map(({ createdAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString() })), next };
  });
  app.get(
    `${versions}/:version`,
    { config: read, schema: schemas.version },
    async (request): Promise<MappingVersion> => {
      const { version } = request.params;
      return jsonOf({ version, ...(await versionOf(services, placeOf(request), version)) });
    },
  );
  app.get(
    `${versions}/:version/differences`,
    { config: read, schema: schemas.differences },
    async (request): Promise<MappingDifferences> => {
      const pair = { from: request.params.version, to: request.query.to };
      return { differences: differencesTold(await differencesOf(services, placeOf(request), pair)) };
    },
  );
}

function placeOf(request: FastifyRequest): Place {
  const { connection } = request.params as { readonly connection: string };
  return { orgId: callerOf(request).orgId, connection };
}

/** Names of fields are texts here: what is none of ours, the check names with its remedy. */
function definitionOf({ definition }: { readonly definition: MappingForm }): MappingDefinition {
  return definition as unknown as MappingDefinition;
}
