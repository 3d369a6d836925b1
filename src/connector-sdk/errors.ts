import type { Recovery } from '../model/errors.ts';

interface ConnectorErrorOptions extends ErrorOptions {
  readonly remedy?: string;
  /** The CRM's own id of the failed request, for its support. */
  readonly requestId?: string | null;
}

/** A fault of a CRM or of our use of it. `recovery` says what has to happen; the message carries no personal data. */
export abstract class ConnectorError extends Error {
  abstract readonly recovery: Recovery;
  abstract readonly code: string;
  readonly remedy: string;
  readonly requestId: string | null;

  constructor(message: string, options: ConnectorErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.remedy = options.remedy ?? '';
    this.requestId = options.requestId ?? null;
  }
}

/** Worth trying again as it is: a network fault, a 5xx, a lock. */
export class TransientError extends ConnectorError {
  override readonly recovery = 'retry';
  override readonly code = 'crm-unavailable';
  readonly retryAfterMs: number | null;

  constructor(message: string, options: ConnectorErrorOptions & { readonly retryAfterMs?: number | null } = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** A short limit was hit: wait `retryAfterMs`. */
export class RateLimitError extends ConnectorError {
  override readonly recovery = 'retry';
  override readonly code = 'crm-rate-limit';
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number, options: ConnectorErrorOptions = {}) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The day's calls are used up, or our share of them: nothing goes before `resetAt`. */
export class QuotaExhaustedError extends ConnectorError {
  override readonly recovery = 'retry';
  override readonly code = 'crm-quota-exhausted';
  readonly resetAt: Date;

  constructor(message: string, resetAt: Date, options: ConnectorErrorOptions = {}) {
    super(message, options);
    this.resetAt = resetAt;
  }
}

export class AuthError extends ConnectorError {
  override readonly recovery = 'reauthorise';
  override readonly code = 'crm-credentials';
}

export class CursorExpiredError extends ConnectorError {
  override readonly recovery = 'reset-cursor';
  override readonly code = 'crm-cursor';
}

/** The credentials lack a right; `scopes` names what is missing where the CRM said so. */
export class PermissionError extends ConnectorError {
  override readonly recovery = 'fix-config';
  override readonly code = 'crm-permission';
  readonly scopes: readonly string[];

  constructor(message: string, scopes: readonly string[], options: ConnectorErrorOptions = {}) {
    super(message, options);
    this.scopes = scopes;
  }
}

/** The CRM refused a request that names something it does not have: a property, an object, an option. */
export class RequestError extends ConnectorError {
  override readonly recovery = 'fix-config';
  override readonly code = 'crm-request';
  readonly status: number;
  /** The vendor's own category. */
  readonly category: string;
  readonly fields: readonly string[];

  constructor(
    message: string,
    details: { readonly status: number; readonly category: string; readonly fields?: readonly string[] },
    options: ConnectorErrorOptions = {},
  ) {
    super(message, options);
    this.status = details.status;
    this.category = details.category;
    this.fields = details.fields ?? [];
  }
}

/** The CRM answered in a way that its documents do not know. */
export class ProtocolError extends ConnectorError {
  override readonly recovery = 'report-bug';
  override readonly code = 'crm-protocol';
}
