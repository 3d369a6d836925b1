import { DriverException } from '@mikro-orm/postgresql';
import { DatabaseError } from 'pg';
import { AppError } from '../model/errors.ts';

/** A whole transaction that lost against another one: https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html */
const conflictCodes: ReadonlySet<string> = new Set(['40001', '40P01']);

/**
 * The server goes, comes, or has no room: 57P0x shutdown and start-up, 53300 too many connections; or it has parted with us: 25P03, a
 * transaction that said nothing for too long. Class 08 is checked apart.
 */
const awayCodes: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03', '53300', '25P03']);

/** No room on the server's disk, or no memory. */
const fullCodes: ReadonlySet<string> = new Set(['53100', '53200']);

/** Wrong password, user or database: waiting does not help. */
const refusalCodes: ReadonlySet<string> = new Set(['28P01', '28000', '3D000']);

/** A table or a role of ours is not there (SET ROLE says 22023): the migrations have not run. */
const unmigratedCodes: ReadonlySet<string> = new Set(['42P01', '22023']);

/** SQLSTATE of an error of the server, also when the ORM has wrapped it. */
function sqlState(error: unknown): string | null {
  if (error instanceof DatabaseError) return error.code ?? null;
  // The ORM copies the driver's fields.
  if (error instanceof DriverException && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? sqlState(error.cause) : null;
}

export function isConflict(error: unknown): boolean {
  const code = sqlState(error);
  return code !== null && conflictCodes.has(code);
}

export function isAway(error: unknown): boolean {
  const code = sqlState(error);
  return code !== null && (awayCodes.has(code) || code.startsWith('08'));
}

export function isFull(error: unknown): boolean {
  const code = sqlState(error);
  return code !== null && fullCodes.has(code);
}

export function full(cause: unknown): AppError {
  return new AppError('database-full', 'PostgreSQL has run out of disk space or memory.', {
    recovery: 'retry',
    remedy:
      'Make room on the database server; nothing that was committed is lost, and the next run goes on from there.',
    cause,
  });
}

export function isUnmigrated(error: unknown): boolean {
  const code = sqlState(error);
  return code !== null && unmigratedCodes.has(code);
}

export function unmigrated(cause: unknown): AppError {
  return new AppError('database-unmigrated', 'The database lacks a table or a role of this version.', {
    recovery: 'fix-config',
    remedy: 'Run: leadloop migrate',
    cause,
  });
}

export function unavailable(cause: unknown): AppError {
  return new AppError('database-unavailable', 'The connection to PostgreSQL was lost or refused.', {
    recovery: 'retry',
    remedy: 'Wait until PostgreSQL runs again; check DATABASE_URL and the network when it does.',
    cause,
  });
}

/** What a failed attempt to connect means. */
export function connectFailure(cause: unknown): AppError {
  const code = sqlState(cause);
  if (code === null || !refusalCodes.has(code)) return unavailable(cause);
  return new AppError('database-refused', 'PostgreSQL refused the user, the password or the database name.', {
    recovery: 'fix-config',
    remedy: 'Correct DATABASE_URL.',
    cause,
  });
}
