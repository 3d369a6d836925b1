import { OAuth2Server } from 'oauth2-mock-server';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { singleSignOn } from '../../../src/access/single-sign-on.ts';
import type { OrgId } from '../../../src/model/values.ts';
import { startConsole, type TestConsole } from '../../support/console.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { bareServices } from '../../support/services.ts';

// A provider with keys of its own: what it signs is verified as everywhere.
const provider = new OAuth2Server();
let db: TestDatabase;
let console: TestConsole;
let acme: OrgId;
let claims: Record<string, unknown> = {};

beforeAll(async () => {
  db = await testDatabase();
  acme = await db.org('acme');
  await provider.issuer.keys.generate('RS256');
  await provider.start(0, '127.0.0.1');
  provider.issuer.url = `http://127.0.0.1:${provider.address().port}`;
  provider.service.on('beforeTokenSigning', (token: { payload: Record<string, unknown> }) => {
    Object.assign(token.payload, claims);
  });
  console = await startConsole(bareServices(db.database), { singleSignOn: signOn() });
  await db.sql(
    `with account as (insert into console_accounts (email, name, created_at) values ('ada@acme.example', 'Ada', now()) returning id)
     insert into memberships (org_id, account_id, role, created_at) select $1, id, 'operator', now() from account`,
    [acme],
  );
});
afterAll(async () => {
  await console[Symbol.asyncDispose]();
  await provider.stop();
  await db[Symbol.asyncDispose]();
});
beforeEach(async () => {
  claims = { sub: 'person-1', email: 'Ada@acme.example', email_verified: true };
  await db.sql('update console_accounts set sso_issuer = null, sso_subject = null');
});

const signOn = (settings: { issuer?: string; isEmailTrusted?: boolean } = {}) =>
  singleSignOn(db.database, {
    issuer: provider.issuer.url!,
    clientId: 'leadloop',
    clientSecret: 'secret',
    label: 'Example',
    isEmailTrusted: false,
    ...settings,
  });

/** Goes where it is sent, as a browser does, until it is back on a page of ours. */
async function signIn(
  site = console.url,
  change: (answer: URL, jar: Map<string, string>) => void = () => undefined,
  begin = '/api/v1/sign-in',
): Promise<{ readonly path: string; readonly cookie: string }> {
  const jar = new Map<string, string>();
  let url = new URL(begin, site);
  for (;;) {
    const isOurs = url.origin === new URL(site).origin;
    if (isOurs && !url.pathname.startsWith('/api/')) break;
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: isOurs ? { cookie } : {} });
    expect(answer.status).toBe(302);
    for (const text of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = text.split(';')[0]!.split('=');
      jar.set(name, value);
    }
    url = new URL(answer.headers.get('location')!, url);
    if (url.pathname.endsWith('/callback')) change(url, jar);
  }
  return { path: url.pathname + url.search, cookie: `leadloop=${jar.get('leadloop') ?? ''}` };
}

async function whoIs(cookie: string): Promise<unknown> {
  return (await fetch(`${console.url}/api/v1/session`, { headers: { cookie } })).json();
}

it('goes on to the page that was asked for', async () => {
  const wanted = '/orgs/acme/leads?tier=hot&q=a%20b';
  const { path } = await signIn(console.url, undefined, `/api/v1/sign-in?to=${encodeURIComponent(wanted)}`);
  expect(path).toBe(wanted);
});

it.each([
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  'https://evil.example/',
  'orgs/acme',
  '',
  `/${'a'.repeat(1000)}`,
])('goes to no place of another site, nor one that is no path of ours: %j', async (wish) => {
  const { path } = await signIn(console.url, undefined, `/api/v1/sign-in?to=${encodeURIComponent(wish)}`);
  expect(path).toBe('/');
  // Nor by a cookie that somebody else has planted.
  const planted = await signIn(console.url, (_, jar) => {
    const kept = JSON.parse(Buffer.from(jar.get('leadloop-sign-in')!, 'base64url').toString()) as object;
    jar.set('leadloop-sign-in', Buffer.from(JSON.stringify({ ...kept, to: wish })).toString('base64url'));
  });
  expect(planted.path).toBe('/');
});

it('shows the members how they sign in, and when they were seen', async () => {
  const members = async (cookie: string) =>
    (await fetch(`${console.url}/api/v1/orgs/acme/members`, { headers: { cookie } })).json();
  const watcher = await console.signedIn(acme, 'viewer', 'watcher@acme.example');
  const before = await members(`leadloop=${watcher.token}`);
  const ada = { email: 'ada@acme.example', hasPassword: false };
  expect(before).toMatchObject({ members: [{ ...ada, hasSingleSignOn: false }, {}] });
  const { cookie } = await signIn();
  expect(await members(cookie)).toMatchObject({
    members: [{ ...ada, hasSingleSignOn: true, lastSeenAt: expect.any(String) }, { hasSingleSignOn: false }],
  });
});

it('lets in who was invited by the address that the provider has verified', async () => {
  const { path, cookie } = await signIn();
  expect(path).toBe('/');
  expect(await whoIs(cookie)).toMatchObject({ email: 'ada@acme.example', orgs: [{ slug: 'acme', role: 'operator' }] });
});

it('knows the person by what the provider calls them, whatever address they have by then', async () => {
  await signIn();
  claims = { ...claims, email: 'ada.lovelace@acme.example', email_verified: false };
  expect((await signIn()).path).toBe('/');
  claims = { ...claims, sub: 'person-2', email: 'ada@acme.example', email_verified: true };
  // Somebody else who has got the address since.
  expect((await signIn()).path).toBe('/sign-in?problem=sso-uninvited');
});

it.each([
  ['nobody has invited', { email: 'eve@acme.example' }],
  ['has no address', { email: undefined }],
  ['has an address that was not verified', { email_verified: false }],
  ['has an address of which nothing is said', { email_verified: undefined }],
])('lets nobody in who %s', async (_, own) => {
  claims = { ...claims, ...own };
  const { path, cookie } = await signIn();
  expect(path).toBe('/sign-in?problem=sso-uninvited');
  expect(await whoIs(cookie)).toMatchObject({ status: 401 });
});

it('believes a provider that never says so, where an operator has said it may', async () => {
  claims = { ...claims, email_verified: undefined };
  await using trusting = await startConsole(bareServices(db.database), {
    singleSignOn: signOn({ isEmailTrusted: true }),
  });
  expect((await signIn(trusting.url)).path).toBe('/');
});

it('takes no answer that was meant for another attempt, and none that was changed on its way', async () => {
  const forged = await signIn(console.url, (answer) => answer.searchParams.set('state', 'forged'));
  expect(forged.path).toBe('/sign-in?problem=sso-refused');
  const stolen = await signIn(console.url, (answer) => answer.searchParams.set('code', 'stolen'));
  expect(stolen.path).toBe('/sign-in?problem=sso-refused');
  claims = { ...claims, nonce: 'of another attempt' };
  expect((await signIn()).path).toBe('/sign-in?problem=sso-refused');
  const bare = await fetch(`${console.url}/api/v1/sign-in/callback?code=x&state=none`, { redirect: 'manual' });
  expect(bare.headers.get('location')).toBe('/sign-in?problem=sso-refused');
  expect(bare.headers.getSetCookie().join()).not.toContain('leadloop=');
});

it('says so where the provider is away, and works again when it is back', async () => {
  const away = signOn({ issuer: 'http://127.0.0.1:9' });
  await using lost = await startConsole(bareServices(db.database), { singleSignOn: away });
  expect((await signIn(lost.url)).path).toBe('/sign-in?problem=sso-unavailable');
  expect(lost.said.join()).toContain('single sign-on failed');
  await using without = await startConsole(bareServices(db.database));
  expect((await signIn(without.url)).path).toBe('/sign-in?problem=sso-missing');
});
