import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { html, notFound, restError } from '../errors.ts';
import { bodyObject, isObject, param, parameter, textOf } from '../input.ts';
import { customField, refuse } from '../schema/metadata.ts';
import { parseSoql } from '../soql/parse.ts';
import { DATA, version } from './context.ts';

function create(core: Core, request: FastifyRequest): { id: string } {
  const { FullName, Metadata } = bodyObject(request);
  const [objectName = '', name = ''] = (textOf(FullName) ?? '').split('.');
  const object = core.world.org.object(objectName);
  if (object === undefined)
    refuse('INVALID_FIELD', `Entity Enumeration Or ID: bad value for restricted picklist field: ${objectName}`, [
      'TableEnumOrId',
    ]);
  const added = customField(name, isObject(Metadata) ? Metadata : {});
  if (object.field(name) !== undefined) {
    const message = `There is already a field named ${name.replace(/__c$/, '')} on ${object.name}.`;
    refuse('DUPLICATE_DEVELOPER_NAME', message, ['DeveloperName']);
  }
  return { id: core.world.org.addField(object, added) };
}

/** `SELECT … FROM CustomField`: what was created, filtered by the client. */
function query(core: Core, request: FastifyRequest): unknown {
  const { sObject } = parseSoql(parameter(request, 'q') ?? '');
  if (sObject?.toLowerCase() !== 'customfield') {
    throw restError(
      400,
      'INVALID_TYPE',
      `sObject type '${String(sObject)}' is not supported by the sandbox's Tooling API.`,
    );
  }
  const records = [...core.world.org.customFields.values()].map(({ id, object, field: { name, label } }) => ({
    attributes: { type: 'CustomField', url: `/services/data/v${version(request)}/tooling/sobjects/CustomField/${id}` },
    Id: id,
    DeveloperName: name.replace(/__c$/, ''),
    TableEnumOrId: object.name,
    FullName: `${object.name}.${name}`,
    Label: label,
  }));
  return {
    size: records.length,
    totalSize: records.length,
    done: true,
    queryLocator: null,
    entityTypeName: 'CustomField',
    records,
  };
}

function remove(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!core.world.org.removeField(param(request, 'id'))) throw notFound();
  return reply.code(204).send();
}

export function toolingRoutes(app: FastifyInstance, core: Core): void {
  const base = `${DATA}/tooling/sobjects/CustomField`;
  app.post(base, (request, reply) => {
    const { id } = create(core, request);
    void reply.code(201).header('Location', `/services/data/v${version(request)}/tooling/sobjects/CustomField/${id}`);
    return { id, success: true, errors: [], warnings: [], infos: [] };
  });
  app.delete(`${base}/:id`, (request, reply) => remove(core, request, reply));
  app.get(`${DATA}/tooling/query`, (request) => query(core, request));
  // The Metadata API speaks SOAP, which this sandbox does not.
  app.post('/services/Soap/*', () => {
    throw html(500, 'The sandbox has no SOAP API: create fields through the Tooling API, tokens through OAuth.');
  });
}
