/** The faults of the API. */
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { FoundWanting } from '../../connections/refusals.ts';
import { maxRows } from '../../ingest/ingest-rows.ts';
import { ConnectorError } from '../../connector-sdk/errors.ts';
import { AppError } from '../../model/errors.ts';
import { retryAfterS, sendFault } from '../problem-details.ts';
import { findingsOf as checkFindings } from './connections/answers.ts';

/** What a body may weigh. */
export const maxBodyBytes = 16 * 1024 * 1024;

const statuses: Readonly<Record<string, number>> = {
  'body-unreadable': 400,
  'query-invalid': 400,
  'request-invalid': 400,
  'idempotency-key-invalid': 400,
  'token-missing': 401,
  'token-refused': 401,
  'session-missing': 401,
  'sign-in-refused': 401,
  'scope-missing': 403,
  'role-missing': 403,
  'cross-site': 403,
  'route-unknown': 404,
  'org-unknown': 404,
  'connection-unknown': 404,
  'source-unknown': 404,
  'lead-unknown': 404,
  'token-unknown': 404,
  'mapping-object-unknown': 404,
  'mapping-version-unknown': 404,
  'member-unknown': 404,
  'run-unknown': 404,
  'consent-unknown': 404,
  'rejected-unknown': 404,
  'rejected-unreadable': 409,
  'connection-paused': 409,
  'run-active': 409,
  'draft-unknown': 404,
  'profile-version-unknown': 404,
  'token-exists': 409,
  'connection-exists': 409,
  'connection-doubtful': 409,
  'connection-unauthorised': 409,
  'member-exists': 409,
  'member-last-admin': 409,
  'member-elsewhere': 409,
  'profile-tests-failed': 409,
  'link-refused': 410,
  'version-stale': 412,
  'body-too-large': 413,
  'too-many-rows': 413,
  'body-type': 415,
  'idempotency-key-reused': 422,
  'mapping-invalid': 422,
  'password-weak': 422,
  'settings-invalid': 422,
  'connection-refused': 422,
  'connector-unknown': 422,
  'consent-refused': 422,
  'profile-invalid': 422,
  'org-missing': 422,
  'version-missing': 428,
  'queue-missing': 503,
  'too-many-attempts': 429,
};

export const problemSchema = Type.Object(
  {
    type: Type.String({ description: 'about:blank: `code` says which it is.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What is wrong.' }),
    code: Type.String({ description: 'Stable; docs/errors.md lists them.' }),
    remedy: Type.String({ description: 'What to do about it.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          { path: Type.String({ description: 'Such as /email.' }), message: Type.String() },
          { additionalProperties: false },
        ),
        { description: 'What cannot be used, each at its place.' },
      ),
    ),
    findings: Type.Optional(
      Type.Array(Type.Ref('Finding#'), { description: 'What the CRM was found to lack, when a connection is saved.' }),
    ),
  },
  { $id: 'Problem', title: 'Problem', additionalProperties: false },
);

/** Says what went wrong; of what nobody expected, no more than that. */
export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const known = knownFault(error);
  const status = statusOf(known);
  if (status === 503 && known?.recovery === 'retry') void reply.header('retry-after', retryAfterS);
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="leadloop"');
  return sendFault(reply, status, known, { ...adviceOf(known), ...errorsOf(known), ...findingsOf(known) });
}

/** A CRM's fault may know no remedy of its own. */
function adviceOf(known: AppError | ConnectorError | null): object {
  if (known?.remedy !== '') return {};
  return { remedy: 'Try again in a minute; if it stays so, check the connection.' };
}

/** Faults that have several places name each. */
function errorsOf(known: AppError | ConnectorError | null): object {
  return known !== null && 'errors' in known ? { errors: known.errors } : {};
}

/** What a CRM was found to lack, before anything was stored. */
function findingsOf(known: AppError | ConnectorError | null): object {
  return known instanceof FoundWanting ? { findings: checkFindings(known.check) } : {};
}

function statusOf(known: AppError | ConnectorError | null): number {
  if (known === null) return 500;
  return statuses[known.code] ?? passingStatusOf(known);
}

/** Of a CRM that is asked for an answer: it may pass, or the CRM has refused us. */
function passingStatusOf(known: AppError | ConnectorError): number {
  if (known.recovery === 'retry') return 503;
  return known instanceof ConnectorError ? 502 : 500;
}

/** What whoever asked has been told, and can mend, is no news to who runs the server. */
export function logLevelOf(error: unknown): 'info' | 'warn' {
  const known = knownFault(error);
  return (known !== null && unasked.has(known.code)) || told.has(statusOf(known)) ? 'info' : 'warn';
}

/** Nobody has said who they are, or no longer: no fault, and no attempt at anything. A browser asks so before somebody signs in. */
const unasked = new Set(['token-missing', 'session-missing']);

/** It could not be done as things are, somebody else was faster, or it was not well said. */
const told = new Set([409, 412, 422]);

export function codeOf(error: unknown): string {
  return knownFault(error)?.code ?? 'internal';
}

/** Faults of the request that the server itself finds carry a status alone. */
function knownFault(error: unknown): AppError | ConnectorError | null {
  if (error instanceof AppError || error instanceof ConnectorError) return error;
  if (error instanceof Error && 'validation' in error) return new InvalidRequest(error.validation);
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  if (status === 413) return tooLarge();
  if (status === 415) return unknownType();
  return typeof status === 'number' && status >= 400 && status < 500
    ? unreadable('The request cannot be read.', 'Send JSON, in UTF-8.')
    : null;
}

const rowsAs = 'Send a JSON list of rows, { "rows": […] }, or one row a line as application/x-ndjson; in UTF-8.';

export function unreadable(message: string, remedy = rowsAs): AppError {
  return new AppError('body-unreadable', message, { recovery: 'fix-config', remedy });
}

function tooLarge(): AppError {
  return new AppError('body-too-large', 'The body is too large.', {
    recovery: 'fix-config',
    remedy: `Send fewer rows a call: ${maxBodyBytes / 1024 / 1024} MB at most; other requests may have 1 MB.`,
  });
}

export function tooMany(): AppError {
  return new AppError('too-many-rows', `There are more than ${maxRows} rows.`, {
    recovery: 'fix-config',
    remedy: 'Send fewer rows a call, or a file: leadloop import',
  });
}

function unknownType(): AppError {
  return new AppError('body-type', 'The body is not of a type that is taken here.', {
    recovery: 'fix-config',
    remedy: 'Send it as application/json, rows also as application/x-ndjson; not compressed.',
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

/** The request is not what its schema says; each fault with its place, without the value. */
class InvalidRequest extends AppError {
  readonly errors: readonly { readonly path: string; readonly message: string }[];

  constructor(validation: unknown) {
    super('request-invalid', 'The request cannot be used as it is.', {
      recovery: 'fix-config',
      remedy: 'Correct what `errors` names; GET /api/openapi.json describes it.',
    });
    const faults = Array.isArray(validation) ? (validation as readonly Fault[]) : [];
    this.errors = faults.map(({ instancePath = '', message = '' }) => ({ path: instancePath, message }));
  }
}

interface Fault {
  readonly instancePath?: string;
  readonly message?: string;
}

export function notSignedIn(): AppError {
  return new AppError('session-missing', 'You are not signed in, or no longer.', {
    recovery: 'reauthorise',
    remedy: 'Sign in again.',
  });
}

export function crossSite(): AppError {
  return new AppError('cross-site', 'The request comes from a page of another site.', {
    recovery: 'fix-config',
    remedy: 'Use the console under its own address (LEADLOOP_PUBLIC_URL); programs send a token instead of a cookie.',
  });
}

export function withoutRole(role: string, least: string | null): AppError {
  return new AppError('role-missing', `You are ${role} here, and may not do this.`, {
    recovery: 'fix-config',
    remedy: least === null ? 'Use a token made for it.' : `Ask an admin to make you ${least}, or to do it.`,
  });
}

export function unknownLead(): AppError {
  return new AppError('lead-unknown', 'There is no such lead here.', {
    recovery: 'fix-config',
    remedy: 'Look for the person in the list of leads; a new record appears after the next run.',
  });
}

export function unknownOrg(slug: string): AppError {
  return new AppError('org-unknown', `There is no organisation "${slug.slice(0, 63)}" that you belong to.`, {
    recovery: 'fix-config',
    remedy: 'Ask one of its admins to invite you.',
  });
}
