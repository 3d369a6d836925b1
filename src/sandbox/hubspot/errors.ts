import { randomBytes } from 'node:crypto';

type ContextValues = Record<string, readonly string[]>;

export interface ErrorDetail {
  message: string;
  code?: string;
  context?: ContextValues;
}

/** The JSON body without its correlationId, which belongs to the request and is filled in when it is sent. */
export interface ErrorBody {
  status: string;
  message: string;
  category?: string;
  subCategory?: string;
  context?: ContextValues;
  errors?: readonly (ErrorDetail | string)[];
  links?: Record<string, string>;
  errorType?: string;
  policyName?: string;
  groupName?: string;
  requestId?: string;
  error?: string;
  error_description?: string;
}

export class VendorError extends Error {
  readonly status: number;
  readonly body: ErrorBody | string;
  readonly headers: Record<string, string>;

  constructor(status: number, body: ErrorBody | string, headers: Record<string, string> = {}) {
    super(typeof body === 'string' ? `HTTP ${status}` : body.message);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** correlationId is a UUID of version 7 in recordings of 2026 (version 4 before). */
export function correlationId(now: number): string {
  const hex = now.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function validationError(message: string, extra: Partial<ErrorBody> = {}): VendorError {
  return new VendorError(400, { status: 'error', message, ...extra, category: 'VALIDATION_ERROR' });
}

/** Errors of the JSON reader carry no category (recorded on lists and batch update). */
export function malformedJson(message: string): VendorError {
  return new VendorError(400, { status: 'error', message: `Invalid input JSON on line 1, column 1: ${message}` });
}

/** A missing object answers a page of HTML, not JSON (recorded on contacts, companies and tickets). */
export function objectNotFound(): VendorError {
  const page =
    '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>\n' +
    '<title>Error 404 Not Found</title>\n</head>\n<body><h2>HTTP ERROR 404</h2>\n' +
    '<p>Resource not found</p>\n</body>\n</html>\n';
  return new VendorError(404, page, {
    'content-type': 'text/html;charset=iso-8859-1',
    'X-HubSpot-NotFound': 'true',
  });
}

export function notFound(message: string, extra: Partial<ErrorBody> = {}): VendorError {
  return new VendorError(
    404,
    { status: 'error', message, ...extra, category: 'OBJECT_NOT_FOUND' },
    { 'X-HubSpot-NotFound': 'true' },
  );
}

export function noCredentials(): VendorError {
  const message =
    'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more ' +
    'details at https://developers.hubspot.com/docs/methods/auth/oauth-overview';
  return new VendorError(
    401,
    { status: 'error', message, category: 'INVALID_AUTHENTICATION' },
    { 'x-hubspot-auth-failure': '401 Unauthorized' },
  );
}

/** The context key has a space in it, as recorded. */
export function expiredToken(expiredAt: number, now: number): VendorError {
  const seconds = Math.max(0, Math.floor((now - expiredAt) / 1000));
  return new VendorError(401, {
    status: 'error',
    message: `The OAuth token used to make this call expired ${seconds} second(s) ago.`,
    category: 'EXPIRED_AUTHENTICATION',
    context: { 'expire time': [new Date(expiredAt).toISOString()] },
  });
}

/** Object calls name the scopes inside errors[0].context; the reply has no rate-limit header at all (recorded). */
export function missingScopes(required: readonly string[]): VendorError {
  return new VendorError(403, {
    status: 'error',
    message:
      "This app hasn't been granted all required scopes to make this call. " +
      'Read more about required scopes here: https://developers.hubspot.com/scopes.',
    errors: [
      {
        message: 'One or more of the following scopes are required.',
        context: { requiredGranularScopes: required },
      },
    ],
    links: { scopes: 'https://developers.hubspot.com/scopes' },
    category: 'MISSING_SCOPES',
  });
}

/** The properties API answers another 403: no category, the scope only in the text (recorded). */
export function noPropertyPermission(legacyName: string, portalId: number): VendorError {
  const scope = `${legacyName.toLowerCase()}s-read`;
  return new VendorError(403, {
    status: 'error',
    message:
      `You do not have permissions to view object type ObjectTypeId{legacyObjectType=${legacyName}} ` +
      `in portal ${portalId} (requires one of [${scope}])`,
  });
}

type LimitPolicy = 'TEN_SECONDLY_ROLLING' | 'SECONDLY' | 'DAILY';

export function rateLimited(policy: LimitPolicy, portalId: number): VendorError {
  const name = policy.toLowerCase();
  return new VendorError(429, {
    status: 'error',
    message: `You have reached your ${name} limit.`,
    errorType: 'RATE_LIMIT',
    policyName: policy,
    groupName: `publicapi:private-app-api-calls-${name.replaceAll('_', '-')}:${portalId}`,
  });
}

/** Search has its own 429 family: `category`, no policyName, no ten-second headers (37 of 37 recordings). */
export function searchRateLimited(): VendorError {
  return new VendorError(429, {
    status: 'error',
    message: 'You have reached your secondly limit.',
    category: 'RATE_LIMITS',
  });
}
