import type { FastifyRequest } from 'fastify';

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Query parameters as they were given, once or several times. */
export function parameters(request: FastifyRequest): Record<string, string | string[] | undefined> {
  return request.query as Record<string, string | string[] | undefined>;
}

/** A query parameter; of a repeated one, the last. */
export function parameter(request: FastifyRequest, name: string): string | undefined {
  const value = parameters(request)[name];
  return Array.isArray(value) ? value.at(-1) : value;
}
