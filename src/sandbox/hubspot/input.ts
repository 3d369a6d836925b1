import type { FastifyRequest } from 'fastify';
import { isObject, parameter, parameters, type JsonObject } from '../server/input.ts';
import { malformedJson, validationError, VendorError } from './errors.ts';

export { isObject, parameter, textOf, type JsonObject } from '../server/input.ts';

export function bodyObject(request: FastifyRequest): JsonObject {
  const { body } = request;
  if (body === null || body === undefined) {
    throw new VendorError(400, {
      status: 'error',
      message: 'validation error',
      errors: ['The request body may not be null'],
    });
  }
  if (!isObject(body)) throw malformedJson('Cannot deserialize value from Array value (token `JsonToken.START_ARRAY`)');
  return body;
}

/** A query parameter given once, several times or as a comma list. */
export function listParameter(request: FastifyRequest, name: string): string[] | undefined {
  const value = parameters(request)[name];
  if (value === undefined) return undefined;
  const parts = Array.isArray(value) ? value : [value];
  return parts.flatMap((part) => part.split(',')).filter((part) => part !== '');
}

/** The cursor of a list: the first id to read. */
export function afterParameter(request: FastifyRequest): number {
  const value = parameter(request, 'after') ?? '0';
  if (!/^\d+$/.test(value)) throw validationError(`Invalid after: ${value}`);
  return Number(value);
}

export function limitParameter(request: FastifyRequest, { fallback, max }: { fallback: number; max: number }): number {
  const value = parameter(request, 'limit');
  if (value === undefined) return fallback;
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1) throw validationError(`Invalid limit: ${value}`);
  if (limit > max) throw validationError(`Invalid limit: ${limit}. The maximum limit is ${max}.`);
  return limit;
}
