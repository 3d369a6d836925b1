import { DatabaseError } from 'pg';
import { AppError } from '../model/errors.ts';

// SQLSTATE, see https://www.postgresql.org/docs/current/errcodes-appendix.html
const refused: ReadonlySet<string> = new Set(['28P01', '28000']);
const noSuchDatabase = '3D000';
const cancelled = '57014';
const readOnly = '25006';
/** Feature not supported, syntax error or access rule violation: says what it means by names, and quotes no row. */
const ofTheQuery: readonly string[] = ['0A', '42'];
/** The server goes, comes, is full, or takes the transaction back. */
const ofTheMoment: readonly string[] = ['0800', '40', '53', '57', '58', '25P03', 'XX'];

/** What was sent, and how many characters stand before the query in it. */
interface Sent {
  readonly text: string;
  readonly offset: number;
}

export function wrongAddress(cause?: unknown): AppError {
  return new AppError('source-address', 'The address of the database is no PostgreSQL address.', {
    recovery: 'fix-config',
    remedy:
      'Write postgres://user:password@host:5432/database?sslmode=verify-full where the secret comes from, and apply.',
    cause,
  });
}

/** What a failure of somebody else's database means. The message never quotes a value of a row: it may be personal. */
export function foreignFailure(error: unknown, sent: Sent): AppError {
  if (!(error instanceof DatabaseError) || error.code === undefined) return unavailable(error);
  const { code } = error;
  if (refused.has(code)) {
    return new AppError('source-refused', 'The database refused the user or the password.', {
      recovery: 'reauthorise',
      remedy: 'Correct the address where the secret comes from, and run `leadloop apply` again.',
      cause: error,
    });
  }
  if (code === noSuchDatabase) return wrongQuery(error, 'There is no such database on that server.', addressRemedy);
  if (code === cancelled) return wrongQuery(error, 'The query was cancelled: it took too long.', slowRemedy);
  if (code === readOnly) return wrongQuery(error, 'The query would write.', 'Write a query that only reads.');
  if (ofTheMoment.some((prefix) => code.startsWith(prefix))) return unavailable(error);
  const what = ofTheQuery.some((prefix) => code.startsWith(prefix)) ? `: ${error.message}` : ` (SQLSTATE ${code})`;
  return wrongQuery(error, `PostgreSQL does not take the query${placeOf(error, sent)}${what}.`, queryRemedy);
}

const addressRemedy = 'Correct the address where the secret comes from, and run `leadloop apply` again.';
const slowRemedy = 'Read less at a time (since), or give the table an index on the column of since.';
const queryRemedy =
  'Correct `query`, `since` and the rights of the user; `leadloop check` tries it and changes nothing.';

function wrongQuery(cause: DatabaseError, message: string, remedy: string): AppError {
  return new AppError('source-query', message, { recovery: 'fix-config', remedy, cause });
}

/** ` in line 2, column 8` of the query; empty where it is not told, or lies in what we have put around it. */
function placeOf({ position }: DatabaseError, { text, offset }: Sent): string {
  const at = Number(position ?? 0) - 1 - offset;
  if (at < 0 || at >= text.length) return '';
  const lines = text.slice(0, at).split('\n');
  return ` in line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

function unavailable(cause: unknown): AppError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new AppError('source-unavailable', `The connection to the database was lost or refused${code}.`, {
    recovery: 'retry',
    remedy: 'Wait until it runs again; check the address and the network when it does. Nothing that was read is lost.',
    cause,
  });
}
