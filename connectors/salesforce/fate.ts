import { lockedPauseMs } from './limits.ts';
import type { WireSaveError } from './wire.ts';

/** What the errors of one record mean for its change. */
export type Fate =
  | { readonly kind: 'missing' }
  | { readonly kind: 'deferred'; readonly reason: string; readonly retryAfterMs: number }
  | { readonly kind: 'rejected'; readonly reason: string; readonly field: string | null };

/** The record is deleted, merged or converted: it is looked up. */
const missing = new Set([
  'ENTITY_IS_DELETED',
  'INVALID_CROSS_REFERENCE_KEY',
  'NOT_FOUND',
  'CANNOT_UPDATE_CONVERTED_LEAD',
]);

/** Not the record's fault, in milliseconds until another try. Longer than the ten seconds that a lock was waited for. */
const passing: Readonly<Record<string, number>> = {
  UNABLE_TO_LOCK_ROW: 3 * lockedPauseMs,
  REQUEST_LIMIT_EXCEEDED: 60_000,
  SERVER_UNAVAILABLE: 60_000,
  UNKNOWN_EXCEPTION: 60_000,
  TXN_SECURITY_METERING_ERROR: 60_000,
  ALL_OR_NONE_OPERATION_ROLLED_BACK: 60_000,
  PROCESSING_HALTED: 60_000,
};

/**
 * PURE. Everything else is a rule of the organisation (validation, trigger, flow, duplicate), a missing right, or a value that
 * does not fit: it stays so until somebody changes something. The text is not kept, for it may have data in it.
 */
export function fateOf(errors: readonly WireSaveError[]): Fate {
  const codes = errors.flatMap(({ statusCode, errorCode }) => statusCode ?? errorCode ?? []);
  if (codes.some((code) => missing.has(code))) return { kind: 'missing' };
  const reason = `Salesforce refused this record: ${codes.join(' ') || 'no reason given'}.`;
  const waits = codes.map((code) => passing[code]);
  const [wait] = waits;
  if (wait !== undefined && waits.every((each) => each !== undefined))
    return { kind: 'deferred', reason, retryAfterMs: wait };
  if (codes.length === 0) return { kind: 'deferred', reason, retryAfterMs: 60_000 };
  return { kind: 'rejected', reason, field: errors.flatMap(({ fields = [] }) => fields)[0] ?? null };
}

/** PURE. What a table of Bulk says of a row that failed: `CODE:message:fields --`. None = it has another form. */
export function tableErrors(text: string): readonly WireSaveError[] {
  const code = /^([A-Z][A-Z0-9_]+)(?=:|\s|$)/.exec(text)?.[1];
  if (code === undefined) return [];
  const named = /:([^:]*)--\s*$/.exec(text)?.[1] ?? '';
  return [{ statusCode: code, fields: named.split(/[\s,]+/).filter((name) => /^[A-Za-z]\w*$/.test(name)) }];
}
