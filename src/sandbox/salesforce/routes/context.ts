import type { FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { restError } from '../errors.ts';
import { header, param } from '../input.ts';
import type { SObject } from '../schema/sobject.ts';
import type { Reader } from '../soql/columns.ts';
import type { WriteContext } from '../write/write.ts';

export const DATA = '/services/data/v:version';

export function readerOf({ world }: Core): Reader {
  return { org: world.org, userId: world.userId };
}

/** Assignment rules run unless the header says FALSE; duplicates are refused unless the header allows them. */
export function writerOf(core: Core, request: FastifyRequest): WriteContext {
  return {
    ...readerOf(core),
    rules: core.world.rules,
    autoAssign: header(request, 'sforce-auto-assign')?.toUpperCase() !== 'FALSE',
    allowDuplicates: /allowSave\s*=\s*true/i.test(header(request, 'sforce-duplicate-rule-header') ?? ''),
  };
}

/** For bulk ingest: assignment rules run only if the job names one, and no header lifts a duplicate rule. */
export function bulkWriterOf(core: Core, assignmentRuleId: unknown): WriteContext {
  const autoAssign = typeof assignmentRuleId === 'string';
  return { ...readerOf(core), rules: core.world.rules, autoAssign, allowDuplicates: false };
}

/** An object this path names. */
export function objectParam(core: Core, request: FastifyRequest): SObject {
  const object = core.world.org.object(param(request, 'object'));
  if (object === undefined) throw restError(404, 'NOT_FOUND', 'The requested resource does not exist');
  return object;
}

/** Where the caller found the org. */
export function baseUrl(request: FastifyRequest): string {
  return `http://${request.headers.host ?? '127.0.0.1'}`;
}

export function version(request: FastifyRequest): string {
  return param(request, 'version');
}
