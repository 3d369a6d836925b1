import { afterEach } from 'vitest';
import {
  DEFAULT_TOKEN,
  startSalesforceSandbox,
  type SalesforceSandbox,
  type SalesforceSandboxOptions,
} from '../../../src/sandbox/salesforce/index.ts';

export const V = '/services/data/v67.0';

/** The fields the tests look at; which of them an answer has is what they find out. */
export interface Body {
  id: string;
  success: boolean;
  errors: { statusCode: string; message: string; fields: string[] }[];
  errorCode: string;
  message: string;
  totalSize: number;
  done: boolean;
  nextRecordsUrl?: string;
  records: Row[];
  access_token: string;
  refresh_token?: string;
  [other: string]: unknown;
}

export interface Row {
  Id: string;
  [field: string]: unknown;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}

export interface TestOrg extends SalesforceSandbox {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The whole answer of a query, first page. */
  query(soql: string, options?: { all?: boolean; headers?: Record<string, string> }): Promise<Answer>;
  /** Only the records. */
  rows(soql: string): Promise<Row[]>;
  /** Creates a record without setting off rules, and gives its id. */
  create(object: string, values: Record<string, unknown>): Promise<string>;
  admin(path: string, body?: unknown): Promise<Answer>;
  /** Collections update. */
  patch(records: readonly object[], headers?: Record<string, string>): Promise<Body[]>;
}

const open: SalesforceSandbox[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

const NO_BODY = {} as Body;

/** Empty for what is not JSON: HTML pages and 204. Errors come as an array; the first one counts. */
function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return NO_BODY;
  }
}

export const QUIET = { 'sforce-auto-assign': 'FALSE', 'sforce-duplicate-rule-header': 'allowSave=true' };

function typeOf(body: unknown): Record<string, string> {
  if (body === undefined) return {};
  return { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' };
}

/** An org without people and without limits, unless the options say otherwise. */
export async function org(options: SalesforceSandboxOptions = {}): Promise<TestOrg> {
  const sandbox = await startSalesforceSandbox({ leads: 0, contacts: 0, limits: 'off', ...options });
  open.push(sandbox);
  const call: TestOrg['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(sandbox.url + path, {
      method,
      headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, ...typeOf(body), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  };
  const query: TestOrg['query'] = (soql, { all = false, headers = {} } = {}) =>
    call('GET', `${V}/${all ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`, undefined, headers);
  const create: TestOrg['create'] = async (object, values) => {
    const created = await call('POST', `${V}/sobjects/${object}`, values, QUIET);
    if (created.status !== 201) throw new Error(created.text);
    return created.body.id;
  };
  const extra = {
    call,
    query,
    create,
    rows: async (soql: string): Promise<Row[]> => {
      const { status, text, body } = await query(soql);
      if (status !== 200) throw new Error(text);
      return body.records;
    },
    admin: (path: string, body: unknown = {}): Promise<Answer> => call('POST', `/__sandbox/${path}`, body),
    patch: async (records: readonly object[], headers: Record<string, string> = QUIET): Promise<Body[]> => {
      const answer = await call('PATCH', `${V}/composite/sobjects`, { allOrNone: false, records }, headers);
      return answer.body as unknown as Body[];
    },
  };
  // A sandbox replaces its org on a reset, so its getters must stay getters.
  return Object.create(sandbox, Object.getOwnPropertyDescriptors(extra)) as TestOrg;
}

export function first(answer: Answer): Body {
  return (answer.body as unknown as Body[])[0] ?? NO_BODY;
}

export function lead(id: string, values: Record<string, unknown>): object {
  return { attributes: { type: 'Lead' }, id, ...values };
}

export async function makeLead(sandbox: TestOrg, values: Record<string, unknown> = {}): Promise<string> {
  return sandbox.create('Lead', { LastName: 'Stone', Company: 'Oak Schools', ...values });
}
