import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memberRoles, type MemberRole, tokenScopes, type TokenScope } from '../../../src/access/access.ts';
import { issueToken } from '../../../src/access/tokens.ts';
import { type Answer, ask, startConsole, type TestConsole } from '../../support/console.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { type DescribedRoute, describedApi, routesOf } from '../../support/described.ts';
import { bareServices } from '../../support/services.ts';

/** Every route of the document, with everybody who could call it. What none of them may is done nowhere: no body is sent. */
const routes = routesOf(await describedApi());
const ofOrg = routes.filter(({ path }) => path.includes('{org}'));

let db: TestDatabase;
let console: TestConsole;
const callers = new Map<string, Readonly<Record<string, string>>>();

beforeAll(async () => {
  db = await testDatabase();
  const [acme, umbrella] = await db.twoOrgs();
  console = await startConsole(bareServices(db.database));
  const { services } = console;
  const token = async (orgId: string, scope: TokenScope) => {
    const wish = { name: `t-${randomUUID()}`, scopes: [scope], days: 1 };
    const { token } = await issueToken({ ...services, randomBytes }, { orgId, actor: 'cli' }, wish);
    return { authorization: `Bearer ${token}` };
  };
  const session = async (orgId: string, role: MemberRole) => {
    const { token } = await console.signedIn(orgId, role);
    return { cookie: `leadloop=${token}`, origin: console.url };
  };
  callers.set('nobody', {});
  for (const role of memberRoles) callers.set(role, await session(acme, role));
  for (const scope of tokenScopes) callers.set(`token ${scope}`, await token(acme, scope));
  callers.set('admin of another', await session(umbrella, 'admin'));
  callers.set('token of another', await token(umbrella, 'admin'));
});
afterAll(async () => {
  await console[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
});

async function call({ path, method, operation }: DescribedRoute, who: string): Promise<Answer> {
  const address = path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => placeOf(operation, name));
  return ask(`${console.url}${address}`, { method: method.toUpperCase(), headers: callers.get(who)! });
}

/** Nothing that is there, but for the organisation. */
function placeOf({ parameters = [] }: DescribedRoute['operation'], name: string): string {
  if (name === 'org') return 'acme';
  const schema = parameters.find((one) => one.in === 'path' && one.name === name)?.schema;
  if (schema?.enum !== undefined) return schema.enum[0]!;
  return schema?.format === 'uuid' ? '3f0c2b58-0000-4000-8000-000000000001' : 'nothing-here';
}

const codeOf = ({ body }: Answer): string => (body as { code?: string } | null)?.code ?? 'none';

/** What the document says a route asks of a program, and of a person. */
function asked({ operation: { security = [] } }: DescribedRoute) {
  const of = (way: string) => security.find((one) => way in one)?.[way]?.[0];
  return { scope: of('token') as TokenScope | undefined, role: of('session') as MemberRole | undefined };
}

describe('every route of an organisation', () => {
  it('is walked', () => {
    expect(ofOrg.length).toBeGreaterThanOrEqual(8);
    expect(ofOrg.filter((route) => asked(route).scope === undefined)).toEqual([]);
  });

  it.each(ofOrg)('$method $path lets nobody in who has not said who they are', async (route) => {
    const answer = await call(route, 'nobody');
    expect([answer.status, codeOf(answer)]).toEqual([401, 'token-missing']);
  });

  it.each(ofOrg)('$method $path is not there for another organisation', async (route) => {
    for (const who of ['admin of another', 'token of another']) {
      const answer = await call(route, who);
      expect([who, answer.status, codeOf(answer)]).toEqual([who, 404, 'org-unknown']);
    }
  });

  it.each(ofOrg)('$method $path is for the roles that the document names', async (route) => {
    const { role } = asked(route);
    const least = role === undefined ? memberRoles.length : memberRoles.indexOf(role);
    for (const [rank, one] of memberRoles.entries()) {
      const code = codeOf(await call(route, one));
      expect([one, code === 'role-missing']).toEqual([one, rank < least]);
    }
  });

  it.each(ofOrg)('$method $path is for the scopes that the document names', async (route) => {
    const scope = asked(route).scope!;
    const ladder = ['read', 'operate', 'admin'];
    for (const one of tokenScopes) {
      const isAllowed = scope === 'ingest' ? one === 'ingest' : ladder.indexOf(one) >= ladder.indexOf(scope);
      expect([one, codeOf(await call(route, `token ${one}`)) === 'scope-missing']).toEqual([one, !isAllowed]);
    }
  });
});

describe('the other routes', () => {
  const others = routes.filter(({ path }) => !path.includes('{org}'));
  const singleSignOn = ['begin-single-sign-on', 'finish-single-sign-on'];
  const open = ['welcome', 'set-up', 'choose-password', 'sign-in', 'sign-out', 'openapi', ...singleSignOn];

  it('are open only where there is nobody yet to be asked', () => {
    const unasked = others.filter(({ operation }) => operation.security?.length === 0);
    expect(unasked.map(({ operation }) => operation.operationId).toSorted()).toEqual(open.toSorted());
  });

  it.each(others.filter(({ operation }) => !open.includes(operation.operationId)))(
    '$method $path lets nobody in who has not said who they are',
    async (route) => {
      expect((await call(route, 'nobody')).status).toBe(401);
    },
  );
});
