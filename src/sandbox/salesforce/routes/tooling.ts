import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { html, notFound, restError, restErrors } from '../errors.ts';
import { bodyObject, isObject, param, parameter, textOf, type JsonObject } from '../input.ts';
import { field, type Field, type FieldType } from '../schema/field.ts';
import { parseSoql } from '../soql/parse.ts';
import { DATA, version } from './context.ts';

/** Metadata types and what describe calls them. */
const TYPES: Readonly<Record<string, FieldType>> = {
  Text: 'string',
  TextArea: 'textarea',
  LongTextArea: 'textarea',
  Number: 'double',
  Percent: 'percent',
  Currency: 'currency',
  Checkbox: 'boolean',
  Date: 'date',
  DateTime: 'datetime',
  Email: 'email',
  Phone: 'phone',
  Url: 'url',
  Picklist: 'picklist',
};

function refuse(code: string, message: string, fields: readonly string[]): never {
  throw restErrors(400, [{ code, message, fields }]);
}

function picklistValues(metadata: JsonObject): string[] {
  const set = isObject(metadata['valueSet']) ? metadata['valueSet'] : {};
  const definition = isObject(set['valueSetDefinition']) ? set['valueSetDefinition'] : {};
  const values = Array.isArray(definition['value']) ? definition['value'] : [];
  return values.flatMap((value: unknown) => (isObject(value) ? [textOf(value['valueName']) ?? ''] : []));
}

/** Demands of a type that are refused when they are missing. */
function checkMetadata(
  type: string,
  { length, precision, scale, visibleLines, valueSet, defaultValue }: JsonObject,
): void {
  const needs = (name: string, value: unknown): void => {
    if (value === undefined || value === null)
      refuse('FIELD_INTEGRITY_EXCEPTION', `Must specify '${name}' for a CustomField of type ${type}`, [name]);
  };
  if (type === 'Text') needs('length', length);
  if (type === 'LongTextArea') {
    needs('length', length);
    needs('visibleLines', visibleLines);
  }
  if (['Number', 'Percent', 'Currency'].includes(type)) {
    needs('precision', precision);
    needs('scale', scale);
  }
  if (type === 'Checkbox') needs('defaultValue', defaultValue);
  if (type === 'Picklist') needs('valueSet', valueSet);
}

function definition(name: string, metadata: JsonObject): Field {
  const typeName = textOf(metadata['type']) ?? '';
  const type = TYPES[typeName];
  if (type === undefined) refuse('INVALID_FIELD', `the sandbox knows no field type ${typeName}`, ['type']);
  checkMetadata(typeName, metadata);
  const number = (key: string): number | undefined => (typeof metadata[key] === 'number' ? metadata[key] : undefined);
  const valueSet = isObject(metadata['valueSet']) ? metadata['valueSet'] : {};
  return field(name, type, {
    label: textOf(metadata['label']) ?? name,
    length: number('length') ?? (type === 'string' || type === 'textarea' ? 255 : 80),
    precision: number('precision') ?? 18,
    scale: number('scale') ?? 0,
    required: metadata['required'] === true,
    externalId: metadata['externalId'] === true,
    unique: metadata['unique'] === true,
    values: picklistValues(metadata),
    restricted: valueSet['restricted'] === true,
  });
}

function create(core: Core, request: FastifyRequest): { id: string } {
  const { FullName, Metadata } = bodyObject(request);
  const [objectName = '', name = ''] = (textOf(FullName) ?? '').split('.');
  const object = core.world.org.object(objectName);
  if (object === undefined)
    refuse('INVALID_FIELD', `Entity Enumeration Or ID: bad value for restricted picklist field: ${objectName}`, [
      'TableEnumOrId',
    ]);
  if (!/^[A-Za-z]\w*__c$/.test(name))
    refuse('FIELD_INTEGRITY_EXCEPTION', 'The custom field name you provided is not valid', ['FullName']);
  if (object.field(name) !== undefined) {
    const message = `There is already a field named ${name.replace(/__c$/, '')} on ${object.name}.`;
    refuse('DUPLICATE_DEVELOPER_NAME', message, ['DeveloperName']);
  }
  const added = definition(name, isObject(Metadata) ? Metadata : {});
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
