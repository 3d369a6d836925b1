/** Calls of the documented API, and nothing else: docs/openapi.json. */
import type { Finding } from '../../http/api/connections/schemas.ts';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly body?: unknown;
  /** The version that the change begins from: `If-Match`. */
  readonly version?: number;
  readonly signal?: AbortSignal;
}

/** What the server has said is wrong, and what to do about it: problem+json. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  readonly errors: readonly FieldError[];
  /** What a CRM was found to lack. */
  readonly findings: readonly Finding[];

  constructor({ status, code, detail, remedy, errors = [], findings = [] }: ProblemDetails) {
    super(detail);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
    this.errors = errors;
    this.findings = findings;
  }
}

export interface FieldError {
  /** Such as `/email`. */
  readonly path: string;
  readonly message: string;
}

interface ProblemDetails {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly remedy: string;
  readonly errors?: readonly FieldError[];
  readonly findings?: readonly Finding[];
}

/** `path` below /api/v1. Throws a Problem. */
export async function call<Answer>(
  path: string,
  { method = 'GET', query, body, version, signal }: Call = {},
): Promise<Answer> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (version !== undefined) headers['if-match'] = `"${version}"`;
  const response = await fetch(`/api/v1${path}${textOf(query)}`, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw new Problem(unreachable);
  });
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Answer;
  throw new Problem(
    (await response.json().catch(() => ({ ...unreadable, status: response.status }))) as ProblemDetails,
  );
}

/** What is not said is left out. */
function textOf(query: Call['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

const unreachable = {
  status: 0,
  code: 'unreachable',
  detail: 'The server does not answer.',
  remedy: 'Check the network, and that leadloop runs; then try again.',
};

const unreadable = {
  code: 'unreadable',
  detail: 'The server answered something that is not its own.',
  remedy: 'Look at the proxy in front of it.',
};
