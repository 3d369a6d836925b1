import { deepEqual } from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { MemberRole } from '../../src/access/access.ts';
import type { SingleSignOn } from '../../src/access/single-sign-on.ts';
import { startSession } from '../../src/access/sessions.ts';
import type { SessionServices } from '../../src/connection.ts';
import type { Wake } from '../../src/daemon.ts';
import { createApi } from '../../src/http/api/create-api.ts';
import { consoleFolder } from '../../src/http/console/console.ts';
import { startHttp } from '../../src/http/server.ts';
import type { OrgId } from '../../src/model/values.ts';
import { undescribed } from './described.ts';

/** The console and its API on a real port, as a daemon serves them. */
export interface TestConsole extends AsyncDisposable {
  readonly url: string;
  readonly services: SessionServices;
  /** What was logged, line by line. */
  readonly said: string[];
  /** Somebody with this role in an organisation, already signed in: what their browser sends. */
  signedIn(orgId: OrgId, role: MemberRole, email?: string): Promise<SignedIn>;
  /** As a daemon that ends: calls under way have so long. */
  stop(graceMs: number): Promise<void>;
}

export interface SignedIn {
  readonly email: string;
  /** What the cookie holds. */
  readonly token: string;
  /** Asks the API as that browser does; `path` below /api/v1. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Null where there is none. */
  readonly body: unknown;
}

export interface ConsoleOptions {
  readonly publicUrl?: string | null;
  /** Left out = passwords only. */
  readonly singleSignOn?: SingleSignOn | null;
  /** Serves the pages as well; they have to be built. */
  readonly hasPages?: boolean;
  /** Who is asked for runs; left out = nobody, as in a process without a queue. */
  readonly wake?: Wake | null;
}

export async function startConsole(
  given: Omit<SessionServices, 'log'>,
  { publicUrl = null, singleSignOn = null, wake = null, hasPages = false }: ConsoleOptions = {},
): Promise<TestConsole> {
  const said: string[] = [];
  const log = (level: string, message: string, fields: object): void =>
    void said.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const services: SessionServices = { ...given, log };
  const { database, now } = services;
  const server = await startHttp({
    port: 0,
    publicUrl,
    consoleFolder: hasPages ? consoleFolder() : null,
    api: { rows: createApi(services), console: { ...services, randomBytes, publicUrl, singleSignOn, wake } },
    now,
    log,
  });
  return {
    url: server.url,
    services,
    said,
    async signedIn(orgId, role, email = `${role}-${randomUUID().slice(0, 8)}@console.example`) {
      const accountId = await database.operator(async (tx) => {
        const [row] = await tx.query<{ id: string }>(
          `insert into console_accounts (email, name, created_at) values ($1, $2, $3)
           on conflict (email) do update set name = excluded.name returning id`,
          [email, `Test ${role}`, now()],
        );
        await tx.query('insert into memberships (org_id, account_id, role, created_at) values ($1, $2, $3, $4)', [
          orgId,
          row!.id,
          role,
          now(),
        ]);
        return row!.id;
      });
      const { token } = await startSession({ database, now, randomBytes }, accountId);
      return { email, token, ask: asker(server.url, publicUrl ?? server.url, token) };
    },
    stop: (graceMs) => server.stop(graceMs),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function asker(url: string, origin: string, token: string): SignedIn['ask'] {
  return async (method, path, body, headers = {}) =>
    ask(`${url}/api/v1${path}`, {
      method,
      headers: {
        cookie: `${origin.startsWith('https:') ? '__Host-leadloop' : 'leadloop'}=${token}`,
        origin: new URL(origin).origin,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
}

/** Fails where the answer is not what the document of the API says. */
export async function ask(url: string, request: RequestInit = {}): Promise<Answer> {
  const { status, headers, body } = await askAnything(url, request);
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  const { pathname } = new URL(url);
  deepEqual(await undescribed(request.method ?? 'GET', pathname, { status, type, body }), []);
  return { status, headers, body };
}

async function askAnything(url: string, request: RequestInit): Promise<Answer> {
  const response = await fetch(url, request);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text || null };
}
