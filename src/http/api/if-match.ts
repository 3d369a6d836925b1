/** PURE. The version that a change begins from, as the header `If-Match` says it. */
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../model/errors.ts';

/** For the document. */
export const ifMatchNote = 'If-Match: the version that it begins from, such as "3"; 0 where there is none.';

/** @throws AppError `version-missing` (fix-config) */
export function versionSeen({ headers }: FastifyRequest): number {
  const [, digits] = /^(?:W\/)?"?(\d{1,9})"?$/u.exec(headers['if-match'] ?? '') ?? [];
  if (digits !== undefined) return Number(digits);
  throw new AppError('version-missing', 'The request does not say which version it changes.', {
    recovery: 'fix-config',
    remedy: 'Send the version that was read as If-Match: "3".',
  });
}
