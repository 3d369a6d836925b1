/** How the API is told of in its document. */
import { STATUS_CODES } from 'node:http';
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { type TSchema, Type } from 'typebox';
import { leastRole, type TokenScope } from '../../access/access.ts';

export const described: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'leadloop',
    version: '1',
    description:
      'Everything that the console does, and bulk rows besides. A program sends a token of an organisation (`leadloop token create NAME`), a browser the cookie of its session. Faults are problem+json (RFC 9457). Lists come in pages: `next` of one is `after` of the next. What has versions is changed with `If-Match`.',
  },
  servers: [{ url: '/' }],
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', description: 'A token of `leadloop token create`.' },
      session: { type: 'apiKey', in: 'cookie', name: 'leadloop', description: 'Of `POST /api/v1/session`.' },
    },
  },
  tags: [
    { name: 'ingest', description: 'Rows come in: bulk, idempotent, one outcome a row. Scope `ingest`.' },
    { name: 'read', description: 'Scored leads. Scope `read`.' },
    { name: 'runs', description: 'Runs and what came of them, rejected records, and what the next push would write.' },
    { name: 'connections', description: 'CRMs: how they are connected, and how they fare.' },
    { name: 'scoring', description: 'Scoring profiles: what is in force, drafts, previews, versions.' },
    { name: 'mapping', description: 'What of a CRM record becomes what of a lead, and what is written back.' },
    { name: 'access', description: 'Signing in, members, tokens, and the log of what was changed.' },
  ],
};

/** A token with the scope; or, below an organisation, a session with the role that has it. */
export function secured(scope: TokenScope): Record<string, string[]>[] {
  const role = leastRole(scope);
  return role === null ? [{ token: [scope] }] : [{ token: [scope] }, { session: [role] }];
}

/** An answer and what it holds. */
export function answered(description: string, schema: TSchema) {
  return { description, content: { 'application/json': { schema } } };
}

/** The faults of a route, by status; besides those that any request may have: a body that cannot be read, a database that is away. */
export function problems(...statuses: readonly number[]) {
  const problem = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: Type.Ref('Problem#') } },
  });
  const own = statuses.map((status) => [status, problem(STATUS_CODES[status] ?? '')] as const);
  return { ...Object.fromEntries(own), default: problem('400, 413, 415, 500 or 503: see `code`.') };
}

export const documentRoute = {
  operationId: 'openapi',
  summary: 'This document',
  tags: ['read'],
  security: [],
  response: { 200: answered('An OpenAPI 3.1 document.', Type.Object({ openapi: Type.String() })) },
};
