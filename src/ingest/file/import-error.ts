import { AppError } from '../../model/errors.ts';

export function unreadable(message: string, remedy: string): AppError {
  return new AppError('import-unreadable', message, { recovery: 'fix-config', remedy });
}

export function wrongColumns(message: string, remedy: string): AppError {
  return new AppError('import-columns', message, { recovery: 'fix-config', remedy });
}
