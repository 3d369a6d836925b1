import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueToken } from '../../../src/access/tokens.ts';
import type { BegunConsent } from '../../../src/http/api/consents/schemas.ts';
import type { ConnectionDetail } from '../../../src/http/api/connections/schemas.ts';
import type { MappingAnswer } from '../../../src/http/api/mapping/schemas.ts';
import type { LiveProfile } from '../../../src/http/api/profiles/schemas.ts';
import { oauthApp } from '../../support/connect.ts';
import { type Answer, ask, type SignedIn, startConsole, type TestConsole } from '../../support/console.ts';
import { type DescribedRoute, describedApi, routesOf } from '../../support/described.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { accessOf } from './route-table.ts';

/** What Acme has, asked for by somebody who may do everything, in another organisation. */
const ofOrg = routesOf(await describedApi()).filter(({ path }) => path.includes('{org}'));
const connection = 'acme-hubspot';

/** What a route is asked with, besides the place. */
interface Wish {
  readonly query?: string;
  readonly body?: object;
  readonly version?: number;
}

const stack = new AsyncDisposableStack();
let loop: Loop;
let console: TestConsole;
let admin: SignedIn;
/** By the name of the parameter. */
let places: Readonly<Record<string, string | number>>;
/** By operationId: sound ones, so that nothing but the organisation is in the way. */
let wishes: Readonly<Record<string, Wish>>;
let strangers: readonly (readonly [who: string, headers: Readonly<Record<string, string>>])[];

beforeAll(async () => {
  loop = stack.use(await startLoop({ sandbox: { contacts: 6 } }));
  const umbrella = await loop.db.org('umbrella');
  const hands = handsOf(loop);
  hands.edit(hands.living()[0]!.id, { email: 'nobody at all' });
  await loop.sync();
  console = stack.use(await startConsole(loop.services, { wake: async () => true }));
  admin = await console.signedIn(loop.orgId, 'admin');
  ({ places, wishes } = await acme());
  const stranger = await console.signedIn(umbrella, 'admin');
  const wish = { name: 'stranger', scopes: ['ingest', 'admin'] as const, days: 1 };
  const { token } = await issueToken({ ...loop.services, randomBytes }, { orgId: umbrella, actor: 'cli' }, wish);
  strangers = [
    ['session', { cookie: `leadloop=${stranger.token}`, origin: console.url }],
    ['token', { authorization: `Bearer ${token}` }],
  ];
}, 60_000);
afterAll(() => stack.disposeAsync());

async function done<Body>(method: string, path: string, body?: object, version?: number): Promise<Body> {
  const headers = version === undefined ? {} : { 'if-match': `"${version}"` };
  const answer = await admin.ask(method, `/orgs/acme${path}`, body, headers);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body as Body;
}

/** Of each thing that a route names there is one. */
async function acme() {
  const { db, orgId } = loop;
  const member = await console.signedIn(orgId, 'viewer', 'bob@acme.example');
  await done('POST', '/tokens', { name: 'warehouse', scopes: ['read'], days: 1 });
  const consent = {
    kind: 'hubspot',
    connection,
    baseUrl: loop.crm.url,
    settings: {},
    credentials: { login: 'OAuth app', values: oauthApp },
  };
  const begun = await done<BegunConsent>('POST', '/consents', consent);
  const detail = await done<ConnectionDetail>('GET', `/connections/${connection}`);

  const mapping = `/connections/${connection}/mapping`;
  const { definition } = await done<MappingAnswer>('GET', mapping);
  await done('PUT', `${mapping}/draft`, { definition, basedOn: 0 }, 0);
  await done('POST', `${mapping}/publish`, { definition, revision: 1 }, 0);
  await done('PUT', `${mapping}/draft`, { definition, basedOn: 1 }, 0);

  const { profile } = await done<LiveProfile>('GET', '/profiles/mql');
  const test = { name: 'acme-only', facts: {}, total: null, tier: null, qualifies: null };
  await done('PUT', '/profiles/mql/draft', { profile }, 0);
  await done('POST', '/profiles/mql/publish', { revision: 1 }, 0);
  await done('PUT', '/profiles/mql/draft', { profile }, 0);
  await done('PUT', '/profiles/mql/tests', { tests: [test] }, 0);

  const idIn = async (text: string): Promise<string> => String((await db.sql<{ id: string | number }>(text))[0]!.id);
  const places = {
    connection,
    kind: 'mql',
    version: 1,
    name: 'warehouse',
    consent: begun.id,
    lead: await idIn('select lead_id as id from source_records where lead_id is not null limit 1'),
    run: await idIn('select id from sync_runs limit 1'),
    id: await idIn('select id from rejected_records limit 1'),
    member: await idIn(`select id from console_accounts where email = '${member.email}'`),
  };
  const state = new URL(begun.url).searchParams.get('state')!;
  return { places, wishes: wishesOf({ detail, definition, profile, test, consent, state, lead: places.lead }) };
}

interface Had {
  readonly detail: ConnectionDetail;
  readonly definition: object;
  readonly profile: object;
  readonly test: object;
  readonly consent: object;
  readonly state: string;
  readonly lead: string;
}

/** In an order in which Acme itself can do it all: what takes something away comes last. */
function wishesOf({ detail, definition, profile, test, consent, state, lead }: Had): Record<string, Wish> {
  const { version } = detail.connection;
  const named = { query: `name=${connection}` };
  return {
    lead: {},
    'lead-in-crm': {},
    'read-run': {},
    'list-runs': { query: `connection=${connection}` },
    'list-rejected-records': named,
    'export-rejected-records': named,
    'read-connection': {},
    'push-summary': {},
    'push-plan': {},
    'preview-deletion': {},
    'read-consent': {},
    'begin-consent': { body: consent },
    'answer-consent': { body: { state, error: 'access_denied' } },
    mapping: {},
    'mapping-fields': { query: 'object=contacts' },
    'mapping-drift': {},
    'mapping-versions': {},
    'mapping-version': {},
    'mapping-differences': { query: 'to=1' },
    'check-mapping': { body: { definition } },
    'preview-mapping': { body: { definition, object: 'contacts' } },
    'mapping-consequences': { body: { definition } },
    'read-profile-version': {},
    'compare-receipts': { body: { profile, leadId: lead } },
    'retry-rejected-record': {},
    'retry-rejected': {},
    'ask-run': { body: {} },
    'check-connection': {},
    'pause-connection': { body: { direction: 'pull', reason: null } },
    'resume-connection': { body: { direction: 'pull' } },
    'change-connection': { body: { ...detail.configuration, credentials: null, acceptWarnings: true }, version },
    'save-mapping-draft': { body: { definition, basedOn: 1 }, version: 1 },
    'discard-mapping-draft': { version: 2 },
    'restore-mapping': { version: 1 },
    'publish-mapping': { body: { definition, revision: 0 }, version: 1 },
    'publish-profile': { body: { revision: 1 }, version: 1 },
    'save-profile-draft': { body: { profile }, version: 0 },
    'discard-profile-draft': { version: 1 },
    'preview-profile': { body: { profile } },
    'save-profile-tests': { body: { tests: [test] }, version: 1 },
    'run-profile-tests': { body: { profile, tests: [] } },
    'find-leads-to-compare': { query: `q=${lead}` },
    'list-leads': { query: `search=${lead}` },
    'change-role': { body: { role: 'operator' } },
    'link-member': {},
    'remove-member': {},
    'revoke-token': {},
    'delete-connection': { query: `confirm=${connection}`, version },
  };
}

async function call({ path, method, operation }: DescribedRoute, org: string, who: Readonly<Record<string, string>>) {
  const { query, body, version } = wishes[operation.operationId] ?? {};
  const address = path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => String(name === 'org' ? org : places[name]));
  return ask(`${console.url}${address}${query === undefined ? '' : `?${query}`}`, {
    method: method.toUpperCase(),
    headers: {
      ...who,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(version !== undefined && { 'if-match': `"${version}"` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Every row of Acme's, and every account. */
async function kept(): Promise<unknown> {
  const tables = await loop.db.sql<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
     where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace`,
  );
  expect(tables.length).toBeGreaterThan(20);
  const hash = (name: string, where: string) =>
    `select '${name}' as name, md5(string_agg(t::text, '|' order by t::text)) as rows from "${name}" t ${where}`;
  const all = [
    ...tables.map(({ name }) => hash(name, 'where t.org_id = $1')),
    ...['orgs', 'console_links'].map((name) => hash(name, '')),
    hash('console_accounts', ''),
  ];
  return loop.db.sql(all.join(' union all '), [loop.orgId]);
}

const outcome = ({ status, body }: Answer): string => `${status} ${(body as { code?: string } | null)?.code ?? 'fine'}`;

/** A stranger is answered, too, but of their own: every organisation has lists, and profiles of these kinds. */
const ofOneOrg = ['list-runs', 'list-rejected-records', 'export-rejected-records', 'begin-consent', 'answer-consent'];
const ofOneVersion = ['read-profile-version', 'compare-receipts'];

/** Whether a route names one thing that Acme alone has. */
function isOfOneThing({ path, operation: { operationId } }: DescribedRoute): boolean {
  if (path.includes('{kind}')) return ofOneVersion.includes(operationId);
  return /\{(?!org\})/u.test(path) || ofOneOrg.includes(operationId);
}

describe('what an organisation has', () => {
  it('is asked for by every route that names one thing', () => {
    const ofOneThing = ofOrg.filter(isOfOneThing).map(({ operation }) => operation.operationId);
    expect(ofOneThing.length).toBeGreaterThan(30);
    expect(ofOneThing.filter((id) => !Object.hasOwn(wishes, id))).toEqual([]);
    expect(Object.keys(wishes).filter((id) => !Object.hasOwn(accessOf, id))).toEqual([]);
  });

  it.each(ofOrg)('stays as it is and untold for strangers: $method $path', async (route) => {
    const before = await kept();
    for (const [who, headers] of strangers) {
      expect([who, outcome(await call(route, 'acme', headers))]).toEqual([who, '404 org-unknown']);
      const answer = await call(route, 'umbrella', headers);
      if (isOfOneThing(route)) {
        expect(`${who}: ${outcome(answer)}`).toMatch(/: 404 (?!org-|route-)\S+-unknown$/u);
        continue;
      }
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
      const told = JSON.stringify(answer.body);
      for (const one of [connection, 'acme-only', 'acme.example', places['run']]) expect(told).not.toContain(one);
    }
    expect(await kept()).toEqual(before);
  });

  // The last one: it takes away what the others ask for.
  it('is there for its own admin, by the same requests', async () => {
    const headers = { cookie: `leadloop=${admin.token}`, origin: console.url };
    const outcomes = new Map<string, string>();
    for (const id of Object.keys(wishes)) {
      const route = ofOrg.find(({ operation }) => operation.operationId === id)!;
      outcomes.set(id, outcome(await call(route, 'acme', headers)));
    }
    // Nobody had agreed at the CRM: that is found, and refused for it.
    expect(outcomes.get('answer-consent')).toBe('422 consent-refused');
    outcomes.delete('answer-consent');
    expect([...outcomes].filter(([, one]) => !/^2\d\d fine$/u.test(one))).toEqual([]);
  });
});
