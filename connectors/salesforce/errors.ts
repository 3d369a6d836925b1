import {
  AuthError,
  PermissionError,
  ProtocolError,
  QuotaExhaustedError,
  RateLimitError,
  RequestError,
  TransientError,
  type ConnectorError,
} from 'leadloop/connector-sdk';
import { concurrentPauseMs, lockedPauseMs, quotaPauseMs } from './limits.ts';
import type { WireError } from './wire.ts';

export type Fault =
  | 'expired'
  | 'unauthorised'
  | 'forbidden'
  | 'daily'
  | 'concurrent'
  | 'locked'
  | 'unavailable'
  | 'unexpected'
  | 'refused';

interface Row {
  /** Left out = any. */
  readonly status?: number;
  readonly code?: string;
  /** Must be in the message: one code may have two meanings. */
  readonly says?: RegExp;
  readonly fault: Fault;
}

/** DATA: status, code and message → what it is. First match wins; any other 3xx or 4xx is `refused`, the rest `unexpected`. */
const table: readonly Row[] = [
  // A new token would not help, and would be asked for again and again (jsforce, http-api.ts).
  { status: 401, says: /not valid for use with the REST API|not attached to Agent/i, fault: 'unauthorised' },
  { status: 401, code: 'INVALID_SESSION_ID', fault: 'expired' },
  { status: 401, fault: 'unauthorised' },
  ...['invalid_grant', 'invalid_client', 'invalid_client_id', 'inactive_user', 'unauthorized_client'].map(
    (code): Row => ({ code, fault: 'unauthorised' }),
  ),
  { code: 'REQUEST_LIMIT_EXCEEDED', says: /concurrent/i, fault: 'concurrent' },
  { code: 'REQUEST_LIMIT_EXCEEDED', fault: 'daily' },
  { code: 'UNABLE_TO_LOCK_ROW', fault: 'locked' },
  { code: 'TXN_SECURITY_METERING_ERROR', fault: 'unavailable' },
  ...[
    'API_DISABLED_FOR_ORG',
    'API_CURRENTLY_DISABLED',
    'INSUFFICIENT_ACCESS',
    'INSUFFICIENT_ACCESS_OR_READONLY',
    // What may not be read is as if it were not there.
    'INVALID_TYPE',
  ].map((code): Row => ({ code, fault: 'forbidden' })),
  { status: 403, fault: 'forbidden' },
  // 406 and 420 come without a body while an organisation is moved or set up (airbyte, rate_limiting.py).
  ...[406, 408, 420, 429, 500, 502, 503, 504].map((status): Row => ({ status, fault: 'unavailable' })),
];

/** An answer that is not a success. */
export interface Failure {
  readonly status: number;
  readonly errors: readonly WireError[];
  /** `GET /query`, without its query. */
  readonly what: string;
}

export function faultOf({ status, errors }: Failure): Fault {
  const row = table.find(
    (row) =>
      (row.status === undefined || row.status === status) &&
      (row.code === undefined || errors.some((error) => codeOf(error) === row.code)) &&
      (row.says === undefined || errors.some(({ message = '' }) => row.says?.test(message))),
  );
  return row?.fault ?? (status >= 300 && status < 500 ? 'refused' : 'unexpected');
}

interface Facts {
  readonly failure: Failure;
  /** Safe to show: status, code and path, never what Salesforce wrote, for that has data in it. */
  readonly message: string;
  readonly category: string;
  readonly now: Date;
}

/** DATA: what to do about a refusal, by its code. */
const remedies: Readonly<Record<string, string>> = {
  gone: 'This version of the API is gone: set settings.apiVersion to a later one.',
  INVALID_FIELD: 'Run `leadloop check`: it names the fields that the integration user may not see.',
  redirect_uri_mismatch: 'Add the address that leadloop names to the callback URLs of the app, letter for letter.',
  OPERATION_TOO_LARGE: 'Give the integration user View All Data: else Salesforce works out the sharing of each record.',
  QUERY_TIMEOUT: 'Map fewer fields of this object, above all fewer formulas.',
};

/** DATA: the error that stands for each fault. */
const errors: Readonly<Record<Fault, (facts: Facts) => ConnectorError>> = {
  expired: unauthorised,
  unauthorised,
  forbidden: ({ message, failure }) =>
    new PermissionError(message, namedFields(failure), {
      remedy: 'Give the integration user the permission set of leadloop, with access to this object.',
    }),
  daily: ({ message, now }) =>
    new QuotaExhaustedError(message, new Date(now.getTime() + quotaPauseMs), {
      remedy: 'The organisation has used its API calls of the last 24 hours: wait, or buy more.',
    }),
  concurrent: ({ message }) => new RateLimitError(message, concurrentPauseMs),
  locked: ({ message }) => new TransientError(message, { retryAfterMs: lockedPauseMs }),
  unavailable: ({ message }) => new TransientError(message),
  unexpected: ({ message }) => new ProtocolError(message),
  refused: ({ message, category, failure }) => {
    const { status } = failure;
    const remedy = remedies[status === 410 ? 'gone' : category] ?? '';
    return new RequestError(message, { status, category, fields: namedFields(failure) }, { remedy });
  },
};

export function errorOf(failure: Failure, now: Date): ConnectorError {
  const category = failure.errors.map(codeOf).find((code) => code !== '') ?? '';
  const message = `Salesforce answered ${failure.what} with ${failure.status}${category === '' ? '' : ` ${category}`}.`;
  return errors[faultOf(failure)]({ failure, message, category, now });
}

function unauthorised({ message, category }: Facts): ConnectorError {
  const remedy =
    category === 'invalid_grant'
      ? 'Check the run-as user and its approval of the app, or connect the organisation again: a code works once, for minutes.'
      : 'Check the client id and secret and the run-as user of the external client app.';
  return new AuthError(message, { remedy });
}

function codeOf({ errorCode, error }: WireError): string {
  return errorCode ?? error ?? '';
}

/** The fields that an error names: in its list, or as `No such column 'X'` in its text. */
function namedFields({ errors }: Failure): readonly string[] {
  const named = errors.flatMap(({ fields = [], message = '' }) => [
    ...fields,
    ...[...message.matchAll(/No such column '([A-Za-z0-9_.]+)'/g)].flatMap(([, name = '']) => name),
  ]);
  return [...new Set(named)];
}
