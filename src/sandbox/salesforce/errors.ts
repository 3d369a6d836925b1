/** One error of the vendor: `errorCode` on a whole request, `statusCode` on one row of a collection. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly fields?: readonly string[];
  /** Further keys of a whole-request error. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** An answer that is no success; a string body is HTML or XML. */
export class VendorError extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    super(typeof body === 'string' ? `HTTP ${status}` : JSON.stringify(body));
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** REST answers an array, `fields` only where the code knows of fields. */
export function restErrors(status: number, problems: readonly Problem[]): VendorError {
  const body = problems.map(({ code, message, fields, more }) => ({
    ...more,
    message,
    errorCode: code,
    ...(fields === undefined ? {} : { fields }),
  }));
  return new VendorError(status, body);
}

export function restError(status: number, code: string, message: string): VendorError {
  return restErrors(status, [{ code, message }]);
}

export function notFound(): VendorError {
  return restError(404, 'NOT_FOUND', 'The requested resource does not exist');
}

export function oauthError(error: string, description: string, status = 400): VendorError {
  return new VendorError(status, { error, error_description: description });
}

export function sessionExpired(): VendorError {
  const error = restError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  return new VendorError(401, error.body, { 'www-authenticate': 'Token' });
}

export function html(status: number, page: string): VendorError {
  return new VendorError(status, page, { 'content-type': 'text/html; charset=UTF-8' });
}

/** 404 for records that are gone, 400 for the rest, as single-record calls answer. */
export function statusOf(problems: readonly Problem[]): number {
  const gone = ['ENTITY_IS_DELETED', 'NOT_FOUND'];
  return problems.some(({ code }) => gone.includes(code)) ? 404 : 400;
}
