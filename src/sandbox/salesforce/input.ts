import type { FastifyRequest } from 'fastify';
import { restError } from './errors.ts';

export { isObject, parameter, textOf, type JsonObject } from '../server/input.ts';
import { isObject, type JsonObject } from '../server/input.ts';

export function bodyObject(request: FastifyRequest): JsonObject {
  const { body } = request;
  if (isObject(body)) return body;
  throw restError(400, 'JSON_PARSER_ERROR', 'The HTTP entity body is required, but this request has no entity body.');
}

export function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function param(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string | undefined>)[name] ?? '';
}
