import { AppError } from '../../model/errors.ts';

export function unreadable(message: string, remedy: string): AppError {
  return new AppError('import-unreadable', message, { recovery: 'fix-config', remedy });
}

export function wrongColumns(message: string, remedy: string): AppError {
  return new AppError('import-columns', message, { recovery: 'fix-config', remedy });
}

/** Rows before it are in already; they change nothing when they come again. */
export function unwritable(path: string, error: unknown): AppError {
  return new AppError('import-rejected-file', `Rejected rows cannot be written to "${path}"${reasonOf(error)}.`, {
    recovery: 'fix-config',
    remedy: 'Name another file with --rejected, and import the same file again.',
  });
}

/** In brackets, as the system names it: ` (EACCES)`. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
}
