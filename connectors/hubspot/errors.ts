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
import { lockedPauseMs, maxRetryAfterMs, secondlyPauseMs, tenSecondlyPauseMs } from './limits.ts';
import type { WireError, WireErrorDetail } from './wire.ts';

export type Fault =
  | 'expired'
  | 'unauthorised'
  | 'forbidden'
  | 'secondly'
  | 'ten-secondly'
  | 'daily'
  | 'locked'
  | 'migrating'
  | 'unavailable'
  | 'unexpected'
  | 'refused';

interface Row {
  readonly status: number;
  /** The category, or the policy of a 429. Left out = any. */
  readonly category?: string;
  readonly fault: Fault;
}

const again = 'Let leadloop in once more: what HubSpot gives for it works once, and for minutes.';
const appIds = 'Copy client ID and client secret from the page of the app (Auth).';

/** DATA: what to do about a refusal of the OAuth service, by its code. */
const oauthRemedies: Readonly<Record<string, string>> = {
  BAD_REFRESH_TOKEN: 'Connect the account again: the app was removed from it, or its refresh token was replaced.',
  BAD_AUTH_CODE: again,
  EXPIRED_AUTH_CODE: again,
  MISMATCH_REDIRECT_URI_AUTH_CODE: again,
  BAD_CLIENT_ID: appIds,
  BAD_CLIENT_SECRET: appIds,
};

/** DATA: status and category → what it is. First match wins; any other 4xx is `refused`, the rest `unexpected`. */
const table: readonly Row[] = [
  ...Object.keys(oauthRemedies).map((category): Row => ({ status: 400, category, fault: 'unauthorised' })),
  { status: 401, category: 'EXPIRED_AUTHENTICATION', fault: 'expired' },
  { status: 401, fault: 'unauthorised' },
  // Two of the three shapes of a 403 carry no category (recorded).
  { status: 403, fault: 'forbidden' },
  { status: 408, fault: 'unavailable' },
  { status: 423, fault: 'locked' },
  { status: 429, category: 'DAILY', fault: 'daily' },
  { status: 429, category: 'TEN_SECONDLY_ROLLING', fault: 'ten-secondly' },
  { status: 429, category: 'SECONDLY', fault: 'secondly' },
  // Search names no policy, only this category (recorded).
  { status: 429, category: 'RATE_LIMITS', fault: 'secondly' },
  { status: 429, fault: 'ten-secondly' },
  { status: 477, fault: 'migrating' },
  ...[500, 502, 503, 504, 521, 523, 524].map((status): Row => ({ status, fault: 'unavailable' })),
];

/** An answer that is not a success. */
export interface Failure {
  readonly status: number;
  readonly body: WireError;
  readonly requestId: string | null;
  /** The header as sent. */
  readonly retryAfter: string | null;
  /** `GET /crm/objects/…`, without a query. */
  readonly what: string;
}

export function faultOf({ status, body }: Failure): Fault {
  // A 429 has its policy; the OAuth service puts its code into `status`; everybody else has a category.
  const names = [body.policyName, body.category, body.status];
  const row = table.find(
    (row) => row.status === status && (row.category === undefined || names.includes(row.category)),
  );
  return row?.fault ?? (status >= 400 && status < 500 ? 'refused' : 'unexpected');
}

/** How long the bucket must rest after this fault; 0 = not at all. */
export const pauseMs: Readonly<Partial<Record<Fault, number>>> = {
  secondly: secondlyPauseMs,
  'ten-secondly': tenSecondlyPauseMs,
};

interface Facts {
  readonly failure: Failure;
  /** Safe to show: status, category and path, never what HubSpot wrote, for that has data in it. */
  readonly message: string;
  readonly category: string;
  readonly requestId: string | null;
  readonly dayEndsAt: Date;
}

/** DATA: the error that stands for each fault. */
const errors: Readonly<Record<Fault, (facts: Facts) => ConnectorError>> = {
  expired: unauthorised,
  unauthorised,
  forbidden: ({ message, failure, requestId }) => {
    const scopes = scopesOf(failure.body);
    return new PermissionError(message, scopes, { requestId, remedy: remedyFor(scopes) });
  },
  secondly: rateLimited(secondlyPauseMs),
  'ten-secondly': rateLimited(tenSecondlyPauseMs),
  daily: ({ message, requestId, dayEndsAt }) =>
    new QuotaExhaustedError(message, dayEndsAt, { requestId, remedy: 'Wait for midnight in the account’s time zone.' }),
  locked: unavailable((asked) => Math.max(lockedPauseMs, asked ?? 0)),
  migrating: unavailable((asked) => asked ?? maxRetryAfterMs),
  unavailable: unavailable((asked) => asked),
  unexpected: ({ message, requestId }) => new ProtocolError(message, { requestId }),
  refused: ({ message, category, requestId, failure: { status, body } }) =>
    new RequestError(message, { status, category, fields: propertiesOf(body) }, { requestId }),
};

export function errorOf(failure: Failure, dayEndsAt: Date): ConnectorError {
  const { status, body, requestId, what } = failure;
  const category = categoryOf(body);
  const message = `HubSpot answered ${what} with ${status}${category === '' ? '' : ` ${category}`}.`;
  return errors[faultOf(failure)]({ failure, message, category, requestId, dayEndsAt });
}

function unauthorised({ message, category, requestId }: Facts): ConnectorError {
  const remedy = oauthRemedies[category] ?? 'Enter a valid token, or connect the account again.';
  return new AuthError(message, { requestId, remedy });
}

function rateLimited(otherwiseMs: number): (facts: Facts) => ConnectorError {
  return ({ message, failure, requestId }) =>
    new RateLimitError(message, retryAfterMs(failure) ?? otherwiseMs, { requestId });
}

function unavailable(waitMs: (askedMs: number | null) => number | null): (facts: Facts) => ConnectorError {
  return ({ message, failure, requestId }) =>
    new TransientError(message, { requestId, retryAfterMs: waitMs(retryAfterMs(failure)) });
}

/** The most precise name: the code that all details share, else the category. */
function categoryOf(body: WireError): string {
  const codes = codesOf(body);
  const { status = '' } = body;
  return (
    (codes.length === 1 ? codes[0] : undefined) ??
    body.category ??
    body.policyName ??
    (status in oauthRemedies ? status : '')
  );
}

/** Seconds, as HTTP has it, and at most a day. */
function retryAfterMs({ retryAfter }: Failure): number | null {
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
  return Number.isFinite(seconds) ? Math.min(maxRetryAfterMs, Math.max(0, seconds * 1_000)) : null;
}

function remedyFor(scopes: readonly string[]): string {
  return scopes.length === 0
    ? 'Give the key or app the scope for this object.'
    : `Give the key or app one of these scopes: ${scopes.join(', ')}.`;
}

/** The scopes are in the context of the error or of its first detail (recorded: both). */
function scopesOf(body: WireError): readonly string[] {
  return contexts(body).flatMap((context) => context['requiredGranularScopes'] ?? []);
}

/** The properties that a refusal names, each once. */
export function propertiesOf(body: WireError): readonly string[] {
  const named = contexts(body).flatMap((context) => context['propertyName'] ?? []);
  return [...new Set([...named, ...problemsOf(body).flatMap(({ name }) => name ?? [])])];
}

/** The codes of a refusal: `PROPERTY_DOESNT_EXIST`, `INVALID_OPTION`. */
export function codesOf(body: WireError): readonly string[] {
  const details = detailsOf(body).flatMap(({ code }) => code ?? []);
  return [...new Set([...details, ...problemsOf(body).flatMap(({ error }) => error ?? [])])];
}

function contexts(body: WireError): readonly Readonly<Record<string, readonly string[]>>[] {
  return [body, ...detailsOf(body)].flatMap(({ context }) => (context === undefined ? [] : [context]));
}

/** Some services list texts instead of objects (recorded). */
function detailsOf({ errors = [] }: WireError): readonly WireErrorDetail[] {
  return errors.filter((detail) => typeof detail !== 'string');
}

interface Problem {
  readonly error?: string;
  readonly name?: string;
}

/** Some refusals carry their details only as JSON behind the text of the message (recorded: INVALID_LONG). */
function problemsOf(body: WireError): readonly Problem[] {
  const json = /^Property values were not valid: (\[.*\])$/s.exec(body.message ?? '')?.[1];
  if (json === undefined) return [];
  try {
    return JSON.parse(json) as readonly Problem[];
  } catch {
    return [];
  }
}
