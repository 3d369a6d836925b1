import type { FaultKind } from '../../server/faults.ts';

const DATA = /^\/services\/data\/v/;
const QUERY = /\/query(All)?\/?\?/;
const WRITES = /\/composite\/sobjects/;

export const FAULT_MENU = {
  'request-limit': {
    phase: 'answer',
    description: '403 REQUEST_LIMIT_EXCEEDED of the day: TotalRequests Limit exceeded.',
    path: DATA,
  },
  'concurrent-limit': {
    phase: 'answer',
    description: '403 REQUEST_LIMIT_EXCEEDED that clears in seconds: ConcurrentPerOrgLongTxn Limit exceeded.',
    path: DATA,
  },
  'session-expired': {
    phase: 'answer',
    description: '401 INVALID_SESSION_ID; a token issued after the fault began is spared.',
    path: DATA,
  },
  'session-dead': {
    phase: 'answer',
    description: '401 INVALID_SESSION_ID for every token, fresh ones too.',
    path: DATA,
  },
  'session-not-for-rest': {
    phase: 'answer',
    description: '401 "This session is not valid for use with the REST API": no refresh cures it.',
    path: DATA,
  },
  'password-expired': { phase: 'answer', description: '401 INVALID_OPERATION_WITH_EXPIRED_PASSWORD.', path: DATA },
  'api-disabled': { phase: 'answer', description: '403 API_DISABLED_FOR_ORG.', path: DATA },
  'invalid-grant': {
    phase: 'answer',
    description: 'The token endpoint refuses: invalid_grant.',
    path: /\/oauth2\/token/,
  },
  '500': { phase: 'answer', description: '500 UNKNOWN_EXCEPTION.' },
  '500-empty': { phase: 'answer', description: '500 without a body, labelled JSON.' },
  '502': { phase: 'answer', description: 'Bad gateway: an HTML page.' },
  '503': { phase: 'answer', description: '503 SERVER_UNAVAILABLE as JSON.' },
  '503-html': { phase: 'answer', description: '503 maintenance page, HTML.' },
  '420-html': { phase: 'answer', description: '420 "We are setting things up", HTML.' },
  '406-empty': { phase: 'answer', description: '406 with an empty body.' },
  '401-xml': { phase: 'answer', description: '401 as XML that is labelled text/html.', path: DATA },
  'query-timeout': {
    phase: 'answer',
    description: '400 QUERY_TIMEOUT; with `ms`, only for windows of SystemModstamp longer than that.',
    path: QUERY,
  },
  'invalid-locator': {
    phase: 'answer',
    description: '400 INVALID_QUERY_LOCATOR on a next page.',
    path: /\/query\/0r8/,
  },
  'socket-reset': { phase: 'answer', description: 'The connection is reset; nothing was done.' },
  hang: { phase: 'answer', description: 'The request is taken and never answered.' },
  'row-fails': {
    phase: 'handler',
    description: 'One row of a collection fails (`row`, default 0) with `code` (default UNABLE_TO_LOCK_ROW).',
    path: WRITES,
  },
  'bulk-job-fails': {
    phase: 'handler',
    description: 'The bulk job that is created ends as Failed, with little to say.',
    path: /\/jobs\/(query|ingest)$/,
  },
  'slow-body': { phase: 'reply', description: 'Half of the answer comes at once, the rest after `ms` (default 2000).' },
  'truncated-json': {
    phase: 'reply',
    description: 'The answer stops in the middle, of JSON or CSV, and ends as if it were whole.',
  },
  'truncated-body': {
    phase: 'reply',
    description: 'The answer stops in the middle: its length was promised, and the connection ends.',
  },
  'headers-lost': {
    phase: 'reply',
    description: 'A proxy swallows what the vendor says about limits and row counts; the locator of a next page stays.',
  },
  'applied-but-reset': {
    phase: 'reply',
    description: 'The request is carried out, then the connection is reset before the answer.',
  },
  'short-pages': { phase: 'ambient', description: 'Pages of queries have at most `rows` rows (default 100).' },
  'field-hidden': { phase: 'ambient', description: 'Field-level security hides `field`, such as Lead.Phone.' },
  'object-read-only': { phase: 'ambient', description: 'Nobody has Edit on `object`, such as Account.' },
  'org-changed': { phase: 'ambient', description: 'The org answers under another id, as a refreshed sandbox does.' },
} satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULT_MENU;

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULT_MENU, name);
}

export function faultKind(name: FaultName): FaultKind {
  return FAULT_MENU[name];
}
