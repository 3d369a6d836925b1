import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memberRoles, type MemberRole, tokenScopes, type TokenScope } from '../../../src/access/access.ts';
import { issueToken } from '../../../src/access/tokens.ts';
import type { OrgId } from '../../../src/model/values.ts';
import { type Answer, ask, startConsole, type TestConsole } from '../../support/console.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { type DescribedRoute, describedApi, routesOf } from '../../support/described.ts';
import { bareServices } from '../../support/services.ts';
import { accessOf } from './route-table.ts';

/** Every route of the document, with everybody who could call it. Nobody changes anything: no body is sent, and the ids are made up. */
const routes = routesOf(await describedApi());

interface Caller {
  readonly name: string;
  /** Null = nobody has said who they are. */
  readonly org: 'acme' | 'umbrella' | null;
  /** Of a person; null = it is none. */
  readonly role: MemberRole | null;
  /** Of a token; null = it is none. */
  readonly scope: TokenScope | null;
}

const callers: readonly Caller[] = [
  { name: 'nobody', org: null, role: null, scope: null },
  ...memberRoles.map((role) => ({ name: role, org: 'acme', role, scope: null }) as const),
  ...tokenScopes.map((scope) => ({ name: `token ${scope}`, org: 'acme', role: null, scope }) as const),
  { name: 'admin of another', org: 'umbrella', role: 'admin', scope: null },
  { name: 'token of another', org: 'umbrella', role: null, scope: 'admin' },
];

let db: TestDatabase;
let console: TestConsole;
let orgs: Readonly<Record<'acme' | 'umbrella', OrgId>>;

beforeAll(async () => {
  db = await testDatabase();
  const [acme, umbrella] = await db.twoOrgs();
  orgs = { acme, umbrella };
  console = await startConsole(bareServices(db.database), { wake: async () => true });
});
afterAll(async () => {
  await console[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
});

/** Afresh for each call: signing out ends what it came with. */
async function headersOf({ org, role, scope }: Caller): Promise<Readonly<Record<string, string>>> {
  if (org === null) return {};
  if (role !== null) {
    const { token } = await console.signedIn(orgs[org], role);
    return { cookie: `leadloop=${token}`, origin: console.url };
  }
  const services = { ...console.services, randomBytes };
  const wish = { name: `t-${randomUUID()}`, scopes: [scope ?? 'read'], days: 1 };
  const { token } = await issueToken(services, { orgId: orgs[org], actor: 'cli' }, wish);
  return { authorization: `Bearer ${token}` };
}

async function call({ path, method, operation }: DescribedRoute, caller: Caller): Promise<Answer> {
  const address = path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => placeOf(operation, name));
  const headers = await headersOf(caller);
  return ask(`${console.url}${address}`, { method: method.toUpperCase(), headers, redirect: 'manual' });
}

/** Nothing that is there, but for the organisation. */
function placeOf({ parameters = [] }: DescribedRoute['operation'], name: string): string {
  if (name === 'org') return 'acme';
  const schema = parameters.find((one) => one.in === 'path' && one.name === name)?.schema;
  if (schema?.enum !== undefined) return schema.enum[0]!;
  return schema?.format === 'uuid' ? '3f0c2b58-0000-4000-8000-000000000001' : 'nothing-here';
}

const outcome = ({ status, body }: Answer): string => `${status} ${(body as { code?: string } | null)?.code ?? 'fine'}`;

/** What somebody is refused with; null = they are let in. */
function refusal({ path, operation }: DescribedRoute, { org, role, scope }: Caller): string | null {
  const access = accessOf[operation.operationId]!;
  if (access === 'anybody') return null;
  if (org === null) return '401 token-missing';
  if (access === 'signed in') return role === null ? '401 session-missing' : null;
  const isOfOrg = path.includes('{org}');
  if (isOfOrg && org === 'umbrella') return '404 org-unknown';
  // A person belongs to several organisations: without an address that names one, only a token says which.
  if (role !== null && !isOfOrg) return '401 token-missing';
  if (role !== null) return access.roles.includes(role) ? null : '403 role-missing';
  return scope !== null && access.scopes.includes(scope) ? null : '403 scope-missing';
}

describe('every route', () => {
  it('has its row in the table, and every row its route', () => {
    expect(routes.map(({ operation }) => operation.operationId).toSorted()).toEqual(Object.keys(accessOf).toSorted());
  });

  it.each(routes)('$method $path is described as the table has it', ({ operation: { operationId, security } }) => {
    const access = accessOf[operationId]!;
    if (access === 'anybody') expect(security).toEqual([]);
    else if (access === 'signed in') expect(security).toEqual([{ session: [] }]);
    else
      expect(security).toEqual([
        { token: access.scopes.slice(0, 1) },
        ...access.roles.slice(0, 1).map((role) => ({ session: [role] })),
      ]);
  });

  it.each(routes)('$method $path lets in whom the table names, and nobody else', async (route) => {
    for (const caller of callers) {
      const refused = refusal(route, caller);
      const answer = await call(route, caller);
      const said = `${caller.name}: ${outcome(answer)}`;
      if (refused !== null) expect(said).toBe(`${caller.name}: ${refused}`);
      else expect(said).not.toMatch(/: (?:401|403|5\d\d|404 (?:org|route)-unknown)/u);
    }
  });
});
