/** What a CRM is told where its call is not taken in; its own log shows it to whoever looks after the app. */
import type { FastifyReply } from 'fastify';
import { AppError } from '../../model/errors.ts';
import type { TakenHints } from '../../hints/take-in.ts';
import { retryAfterS, sendFault } from '../problem-details.ts';

/** What a delivery may weigh: a hundred events of HubSpot with the longest text that a property takes, 64 KiB, are rare. */
export const maxHookBytes = 1024 * 1024;

const statuses: Readonly<Record<string, number>> = {
  'hook-unreadable': 400,
  'hook-unsigned': 401,
  'hook-forged': 401,
  'hook-stale': 401,
  'hook-no-secret': 401,
  'hook-unknown': 404,
  'hook-replayed': 409,
  'hook-too-large': 413,
  'hook-busy': 503,
};

export function sendHookProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const known = faultOf(error);
  const status = known === null ? 500 : (statuses[known.code] ?? (known.recovery === 'retry' ? 503 : 500));
  if (status === 503) void reply.header('retry-after', retryAfterS);
  return sendFault(reply, status, known);
}

/** Faults of the request that the server itself finds carry a status alone. */
export function faultOf(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  if (status === 413) return tooLarge();
  return typeof status === 'number' && status >= 400 && status < 500 ? refusals.unreadable() : null;
}

export const refusals: Readonly<Record<Exclude<TakenHints['verdict'], 'accepted'>, () => AppError>> = {
  unknown: unknownHook,
  unreadable: () =>
    new AppError('hook-unreadable', 'The body is not what this CRM sends.', {
      recovery: 'fix-config',
      remedy: 'Let the CRM itself call this address, and nothing else.',
    }),
  unsigned: () =>
    new AppError('hook-unsigned', 'The call carries no signature.', {
      recovery: 'fix-config',
      remedy: 'Let the CRM itself call this address, with the signature of its newest version.',
    }),
  forged: () =>
    new AppError('hook-forged', 'The signature is not that of this call.', {
      recovery: 'fix-config',
      remedy:
        'Give the connection the client secret of the app that calls, and set LEADLOOP_PUBLIC_URL to the address that it calls.',
    }),
  stale: () =>
    new AppError('hook-stale', 'The signature is not of now.', {
      recovery: 'fix-config',
      remedy: 'Set the clock of this machine; if it is right, somebody sends old calls again.',
    }),
  'no-secret': () =>
    new AppError('hook-no-secret', 'The connection has nothing to check the signature with.', {
      recovery: 'fix-config',
      remedy: 'Add the client secret of the app to the credentials of the connection and run `leadloop apply`.',
    }),
  replayed: () =>
    new AppError('hook-replayed', 'This very call has come before.', {
      recovery: 'fix-config',
      remedy: 'None: it is in. The CRM signs anew whenever it repeats something.',
    }),
};

/** Of a connection that is not there, and of one whose CRM has no webhooks: nobody has to learn which. */
export function unknownHook(): AppError {
  return new AppError('hook-unknown', 'There is nothing at this address, or not by this method.', {
    recovery: 'fix-config',
    remedy: 'Call POST /hooks/ORGANISATION/CONNECTION, of a connection whose CRM has webhooks.',
  });
}

function tooLarge(): AppError {
  return new AppError('hook-too-large', `The body is larger than ${maxHookBytes / 1024 / 1024} MB.`, {
    recovery: 'fix-config',
    remedy: 'None: the next sync finds what it told of.',
  });
}

export function busy(): AppError {
  return new AppError('hook-busy', 'It cannot be stored within a second.', {
    recovery: 'retry',
    remedy: 'Call again; look at the load of PostgreSQL if this lasts.',
  });
}
