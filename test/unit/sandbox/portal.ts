import { afterEach } from 'vitest';
import {
  DEFAULT_TOKEN,
  startHubSpotSandbox,
  type HubSpotSandbox,
  type HubSpotSandboxOptions,
} from '../../../src/sandbox/hubspot/index.ts';

export const V = '2026-09';
export const CONTACTS = `/crm/objects/${V}/contacts`;

export interface Row {
  id: string;
  properties: Record<string, string | null>;
  createdAt: string;
  updatedAt: string;
  archived: boolean;
  new?: boolean;
  name: string;
  from: { id: string };
  to: { toObjectId: number; associationTypes: { typeId: number; label: string | null }[] }[];
  paging?: { next: { after: string; link: string } };
  submittedAt: number;
}

/** The fields the tests look at; which of them an answer has is what they find out. */
export interface Body extends Row {
  total: number;
  results: Row[];
  errors?: unknown[];
  numErrors?: number;
  message: string;
  category: string;
  [other: string]: unknown;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}

export interface Portal extends HubSpotSandbox {
  call(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** Creates a contact and gives its id. */
  contact(properties: Record<string, string>): Promise<string>;
  read(id: string, ...names: string[]): Promise<Answer>;
}

const open: HubSpotSandbox[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

const NO_BODY = {} as Body;

/** Empty for what is not JSON: HTML pages and 204. */
function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return NO_BODY;
  }
}

/** An empty portal without limits, unless the options say otherwise. */
export async function portal(options: HubSpotSandboxOptions = {}): Promise<Portal> {
  const sandbox = await startHubSpotSandbox({ contacts: 0, limits: 'off', ...options });
  open.push(sandbox);
  const call: Portal['call'] = async (method, path, body, token = DEFAULT_TOKEN) => {
    const response = await fetch(sandbox.url + path, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  };
  const contact: Portal['contact'] = async (properties) => {
    const created = await call('POST', CONTACTS, { properties });
    if (created.status !== 201) throw new Error(created.text);
    return created.body.id;
  };
  const read: Portal['read'] = (id, ...names) => call('GET', `${CONTACTS}/${id}?properties=${names.join(',')}`);
  const { url, port, faults, requests, webhooks } = sandbox;
  return {
    url,
    port,
    faults,
    requests,
    webhooks,
    get store() {
      return sandbox.store;
    },
    advance: (ms) => sandbox.advance(ms),
    reset: () => sandbox.reset(),
    close: () => sandbox.close(),
    [Symbol.asyncDispose]: () => sandbox.close(),
    call,
    contact,
    read,
  };
}
