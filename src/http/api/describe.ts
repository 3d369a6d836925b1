/** How the API is told of in its document. */
import { STATUS_CODES } from 'node:http';
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { type TSchema, Type } from 'typebox';
import type { TokenScope } from '../../ingest/tokens.ts';

export const described: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'leadloop',
    version: '1',
    description:
      'Signups, usage, companies, stakeholders and expansion signals come in; scored leads go out. Each request carries a token of an organisation: `leadloop token create NAME`.',
  },
  servers: [{ url: 'http://127.0.0.1:7400' }],
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', description: 'A token of `leadloop token create`.' },
    },
  },
  tags: [
    { name: 'ingest', description: 'Rows come in: bulk, idempotent, one outcome a row. Scope `ingest`.' },
    { name: 'read', description: 'Scored leads. Scope `read`.' },
  ],
};

export function secured(scope: TokenScope) {
  return [{ token: [scope] }];
}

/** An answer and what it holds. */
export function answered(description: string, schema: TSchema) {
  return { description, content: { 'application/json': { schema } } };
}

/** The faults of a route, by status. */
export function problems(...statuses: readonly number[]) {
  const problem = (status: number) => ({
    description: STATUS_CODES[status] ?? '',
    content: { 'application/problem+json': { schema: Type.Ref('Problem#') } },
  });
  return Object.fromEntries(statuses.map((status) => [status, problem(status)]));
}

export const documentRoute = {
  operationId: 'openapi',
  summary: 'This document',
  tags: ['read'],
  security: [],
  response: { 200: answered('An OpenAPI 3.1 document.', Type.Object({ openapi: Type.String() })) },
};
