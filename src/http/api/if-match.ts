/** Optimistic concurrency: a change says which version it begins from. */
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../model/errors.ts';

/** For the document. */
export const ifMatchNote = 'If-Match: the version that it begins from, such as "3"; 0 where there is none.';

/** The version in `If-Match: "3"`. @throws AppError `version-missing`, `version-stale` (fix-config) */
export function versionIn({ headers }: FastifyRequest): number {
  const text = headers['if-match'];
  if (text === undefined) {
    throw new AppError('version-missing', 'The request does not say which version it changes.', {
      recovery: 'fix-config',
      remedy: 'Send If-Match with the version that was read, such as If-Match: "3"; "0" where there is none yet.',
    });
  }
  const [, digits] = /^"(\d{1,9})"$/u.exec(text) ?? [];
  if (digits === undefined) throw staleVersion();
  return Number(digits);
}

/** Somebody else was faster. */
export function staleVersion(): AppError {
  return new AppError('version-stale', 'It was changed meanwhile, by somebody else or in another window.', {
    recovery: 'fix-config',
    remedy: 'Load it again, and make the change on what is there now.',
  });
}
