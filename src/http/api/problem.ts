/** The faults of the API. */
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { maxRows } from '../../ingest/ingest-rows.ts';
import { AppError } from '../../model/errors.ts';
import { sendFault } from '../problem-details.ts';

/** What a body may weigh. */
export const maxBodyBytes = 16 * 1024 * 1024;

const statuses: Readonly<Record<string, number>> = {
  'body-unreadable': 400,
  'query-invalid': 400,
  'idempotency-key-invalid': 400,
  'token-missing': 401,
  'token-refused': 401,
  'scope-missing': 403,
  'route-unknown': 404,
  'body-too-large': 413,
  'too-many-rows': 413,
  'body-type': 415,
  'idempotency-key-reused': 422,
};

export const problemSchema = Type.Object(
  {
    type: Type.String({ description: 'about:blank: `code` says which it is.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What is wrong.' }),
    code: Type.String({ description: 'Stable; docs/errors.md lists them.' }),
    remedy: Type.String({ description: 'What to do about it.' }),
  },
  { $id: 'Problem', title: 'Problem', additionalProperties: false },
);

/** Says what went wrong; of what nobody expected, no more than that. */
export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const known = knownFault(error);
  const status = known === null ? 500 : (statuses[known.code] ?? (known.recovery === 'retry' ? 503 : 500));
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="leadloop"');
  return sendFault(reply, status, known);
}

export function codeOf(error: unknown): string {
  return knownFault(error)?.code ?? 'internal';
}

/** Faults of the request that the server itself finds carry a status alone. */
function knownFault(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  if (status === 413) return tooLarge();
  if (status === 415) return unknownType();
  return typeof status === 'number' && status >= 400 && status < 500 ? unreadable('The request cannot be read.') : null;
}

export function unreadable(message: string): AppError {
  return new AppError('body-unreadable', message, {
    recovery: 'fix-config',
    remedy: 'Send a JSON list of rows, { "rows": […] }, or one row a line as application/x-ndjson; in UTF-8.',
  });
}

function tooLarge(): AppError {
  return new AppError('body-too-large', `The body is larger than ${maxBodyBytes / 1024 / 1024} MB.`, {
    recovery: 'fix-config',
    remedy: 'Send fewer rows a call.',
  });
}

export function tooMany(): AppError {
  return new AppError('too-many-rows', `There are more than ${maxRows} rows.`, {
    recovery: 'fix-config',
    remedy: 'Send fewer rows a call, or a file: leadloop import',
  });
}

function unknownType(): AppError {
  return new AppError('body-type', 'The body is neither JSON nor NDJSON.', {
    recovery: 'fix-config',
    remedy: 'Send it as application/json or application/x-ndjson, not compressed.',
  });
}

export function unknownRoute(): AppError {
  return new AppError('route-unknown', 'There is nothing at this address, or not by this method.', {
    recovery: 'fix-config',
    remedy: 'See GET /api/openapi.json.',
  });
}

export function invalidQuery(name: string, expected: string): AppError {
  return new AppError('query-invalid', `The parameter ${name} cannot be used.`, {
    recovery: 'fix-config',
    remedy: `Give ${expected}.`,
  });
}

export function withoutToken(): AppError {
  return new AppError('token-missing', 'The request carries no token.', {
    recovery: 'fix-config',
    remedy: 'Send the header Authorization: Bearer TOKEN; leadloop token create NAME makes one.',
  });
}

export function refusedToken(): AppError {
  return new AppError('token-refused', 'The token is unknown, expired or revoked.', {
    recovery: 'reauthorise',
    remedy: 'Make another one: leadloop token create NAME',
  });
}

export function withoutScope(scope: string): AppError {
  return new AppError('scope-missing', `The token may not do this: it lacks the scope ${scope}.`, {
    recovery: 'fix-config',
    remedy: `Make one that may: leadloop token create NAME --scopes ${scope}`,
  });
}

export function invalidKey(): AppError {
  return new AppError('idempotency-key-invalid', 'The Idempotency-Key cannot be used.', {
    recovery: 'fix-config',
    remedy: 'Give 1 to 255 visible ASCII characters, such as a UUID.',
  });
}
