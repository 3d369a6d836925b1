import { expect, test } from 'vitest';
import { startSalesforceSandbox } from '../../../src/sandbox/salesforce/index.ts';
import type { BegunConsent } from '../../../src/http/api/consents/schemas.ts';
import type { ConnectionDetail, ConnectorList } from '../../../src/http/api/connections/schemas.ts';
import { openConnection } from '../../../src/connection.ts';
import { oauthApp, startUnconnected, type Unconnected } from '../../support/connect.ts';
import type { Answer, SignedIn } from '../../support/console.ts';

const consents = '/orgs/acme/consents';
const connections = '/orgs/acme/connections';
const app = oauthApp;

/** A CRM, and how somebody would log in to it from a browser. */
interface Place {
  readonly kind: string;
  readonly url: string;
  readonly login: string;
}

const wishOf = ({ kind, url, login }: Place) => ({
  kind,
  connection: null as string | null,
  baseUrl: url,
  settings: {},
  credentials: { login, values: { ...app } as Record<string, string | null> },
});

async function begun(as: SignedIn, wish: object): Promise<BegunConsent> {
  const { status, body } = await as.ask('POST', consents, wish);
  expect([status, body]).toMatchObject([201, {}]);
  return body as BegunConsent;
}

/** Somebody looks at the page of the CRM and decides: what the browser comes back with. */
async function decided(url: string, decision: 'allow' | 'deny'): Promise<Record<string, string>> {
  expect((await fetch(url)).status).toBe(200);
  const { origin, pathname, searchParams } = new URL(url);
  searchParams.set('decision', decision);
  const answer = await fetch(`${origin}${pathname}`, { method: 'POST', body: searchParams, redirect: 'manual' });
  return Object.fromEntries(new URL(answer.headers.get('location') ?? '').searchParams);
}

const answerOf = ({ state, code, error, error_description: errorDescription }: Record<string, string>) => ({
  state,
  ...(code !== undefined && { code }),
  ...(error !== undefined && { error }),
  ...(errorDescription !== undefined && { errorDescription }),
});

/** Somebody says yes at the CRM, and comes back. */
async function allow(as: SignedIn, url: string): Promise<void> {
  const answer = await as.ask('POST', `${consents}/answer`, answerOf(await decided(url, 'allow')));
  expect([answer.status, answer.body]).toEqual([204, null]);
}

async function agreed(as: SignedIn, place: Place): Promise<string> {
  const { id, url } = await begun(as, wishOf(place));
  await allow(as, url);
  return id;
}

const connect = (as: SignedIn, { kind, url, login }: Place, consent: string, name = `acme-${kind}`): Promise<Answer> =>
  as.ask('POST', connections, {
    name,
    kind,
    baseUrl: url,
    schedule: null,
    credentials: { login, values: {}, consent },
    acceptWarnings: true,
  });

async function scene() {
  const here = await startUnconnected();
  const admin = await here.console.signedIn(here.orgId, 'admin', 'ada@acme.example');
  const hubspot: Place = { kind: 'hubspot', url: here.crm.url, login: 'OAuth app' };
  return { ...here, admin, hubspot };
}

async function salesforceFor({ console }: Unconnected) {
  const oauthClients = [
    {
      clientId: app.clientId,
      clientSecrets: [app.clientSecret],
      redirectUris: [`${console.url}/oauth/callback`],
    },
  ];
  return startSalesforceSandbox({
    leads: 3,
    contacts: 2,
    hubspotContacts: 2,
    limits: 'off',
    oauthClients,
  });
}

const sealedOf = ({ db }: Unconnected) => db.sql<{ status: string }>('select status from consents');

test('HubSpot is connected by agreeing there, and nobody ever sees a token', async () => {
  await using it = await scene();
  const { body } = await it.admin.ask('GET', '/orgs/acme/connectors');
  expect((body as ConnectorList).redirectUri).toBe(`${it.console.url}/oauth/callback`);
  const { id, url } = await begun(it.admin, wishOf(it.hubspot));
  expect(url).not.toContain(app.clientSecret);
  expect((await it.admin.ask('GET', `${consents}/${id}`)).body).toMatchObject({ status: 'waiting', problem: null });
  await allow(it.admin, url);
  expect((await it.admin.ask('GET', `${consents}/${id}`)).body).toMatchObject({ status: 'granted' });
  const saved = await connect(it.admin, it.hubspot, id);
  expect([saved.status, saved.body]).toMatchObject([201, { version: 1 }]);
  const detail = (await it.admin.ask('GET', `${connections}/acme-hubspot`)).body as ConnectionDetail;
  expect(detail.credentials).toMatchObject({ login: 'OAuth app', values: { clientId: app.clientId } });
  expect(detail.credentials.secrets.toSorted()).toEqual(['clientSecret', 'refreshToken']);
  // It is used up, and it works.
  expect(await sealedOf(it)).toEqual([]);
  await using session = await openConnection(it.services, it.orgId, 'acme-hubspot');
  expect(await session.connector.account(new AbortController().signal)).toBe(String(it.crm.store.portalId));
  const audit = await it.db.sql<{ action: string; actor: string }>('select action, actor from audit_log order by id');
  expect(audit).toContainEqual({ action: 'connection.consent', actor: 'ada@acme.example' });
  expect(JSON.stringify(await it.db.sql('select * from audit_log'))).not.toMatch(/refresh-|access-|leadloop-secret/u);
  expect(it.console.said.join('\n')).not.toMatch(/refresh-|access-|code-|leadloop-secret/u);
});

test('Salesforce is connected by agreeing there, with a proof of who asked', async () => {
  await using it = await scene();
  await using crm = await salesforceFor(it);
  const place: Place = { kind: 'salesforce', url: crm.url, login: 'OAuth app' };
  const { id, url } = await begun(it.admin, wishOf(place));
  expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256');
  await allow(it.admin, url);
  const saved = await connect(it.admin, place, id);
  expect([saved.status, saved.body]).toMatchObject([201, { version: 1 }]);
  await using session = await openConnection(it.services, it.orgId, 'acme-salesforce');
  expect(await session.connector.account(new AbortController().signal)).toBe(crm.org.id);
});

test('a code that somebody else got is worth nothing without the proof', async () => {
  await using it = await scene();
  await using crm = await salesforceFor(it);
  const wish = wishOf({ kind: 'salesforce', url: crm.url, login: 'OAuth app' });
  const mine = await begun(it.admin, wish);
  const theirs = await begun(it.admin, wish);
  const { code = '' } = await decided(theirs.url, 'allow');
  const { state = '' } = await decided(mine.url, 'allow');
  const answer = await it.admin.ask('POST', `${consents}/answer`, { state, code });
  expect([answer.status, answer.body]).toMatchObject([502, { code: 'crm-credentials' }]);
  expect((await it.admin.ask('GET', `${consents}/${mine.id}`)).body).toMatchObject({ status: 'refused' });
});

test('whoever declines is believed, and told how to go on', async () => {
  await using it = await scene();
  const { id, url } = await begun(it.admin, wishOf(it.hubspot));
  const answer = await it.admin.ask('POST', `${consents}/answer`, answerOf(await decided(url, 'deny')));
  expect([answer.status, answer.body]).toMatchObject([
    422,
    { code: 'consent-refused', detail: 'Nobody has let leadloop in at HubSpot.' },
  ]);
  const state = (await it.admin.ask('GET', `${consents}/${id}`)).body;
  expect(await it.db.sql('select octet_length(sealed) as bytes from consents')).toEqual([{ bytes: 0 }]);
  expect(state).toMatchObject({ status: 'refused', problem: { message: 'Nobody has let leadloop in at HubSpot.' } });
  expect((await connect(it.admin, it.hubspot, id)).body).toMatchObject({ code: 'consent-unknown' });
});

test('an answer is taken once, in time, and from whoever began', async () => {
  await using it = await scene();
  const { url } = await begun(it.admin, wishOf(it.hubspot));
  const answer = answerOf(await decided(url, 'allow'));
  const other = await it.console.signedIn(it.orgId, 'admin', 'eve@acme.example');
  const unknown = [404, 'consent-unknown'];
  const ask = async (as: SignedIn, body: object) => {
    const { status, body: told } = await as.ask('POST', `${consents}/answer`, body);
    return [status, (told as { code?: string } | null)?.code];
  };
  expect(await ask(other, answer)).toEqual(unknown);
  expect(await ask(it.admin, { ...answer, state: `${answer.state}x` })).toEqual(unknown);
  expect(await ask(it.admin, { ...answer, state: 'acme.not-an-id.x' })).toEqual(unknown);
  expect(await ask(it.admin, answer)).toEqual([204, undefined]);
  expect(await ask(it.admin, answer)).toEqual(unknown);
  const late = await begun(it.admin, wishOf(it.hubspot));
  await it.db.sql(`update consents set expires_at = now() - interval '1 second'`);
  expect(await ask(it.admin, answerOf(await decided(late.url, 'allow')))).toEqual(unknown);
});

test('what was agreed to is one connection’s, of whoever began, at the address where it was', async () => {
  await using it = await scene();
  const id = await agreed(it.admin, it.hubspot);
  const other = await it.console.signedIn(it.orgId, 'admin', 'eve@acme.example');
  expect((await connect(other, it.hubspot, id)).body).toMatchObject({ code: 'consent-unknown' });
  const elsewhere = it.hubspot.url.replace('127.0.0.1', 'localhost');
  const moved = await connect(it.admin, { ...it.hubspot, url: elsewhere }, id);
  expect(moved.body).toMatchObject({ code: 'settings-invalid', errors: [{ path: '/credentials/consent' }] });
  const renamed = await it.admin.ask('POST', connections, {
    name: 'acme-hubspot',
    kind: 'hubspot',
    baseUrl: it.hubspot.url,
    credentials: { login: it.hubspot.login, values: { clientId: 'another-app' }, consent: id },
  });
  expect(renamed.body).toMatchObject({ code: 'settings-invalid', errors: [{ path: '/credentials/consent' }] });
  expect((await connect(it.admin, it.hubspot, id)).status).toBe(201);
  const second = await connect(it.admin, it.hubspot, id, 'acme-second');
  expect(second.body).toMatchObject({ code: 'consent-unknown' });
});

test('a login that has ended is renewed by agreeing again, without typing the secret of the app', async () => {
  await using it = await scene();
  expect((await connect(it.admin, it.hubspot, await agreed(it.admin, it.hubspot))).status).toBe(201);
  const detail = (await it.admin.ask('GET', `${connections}/acme-hubspot`)).body as ConnectionDetail;
  const before = await it.db.sql<{ sealed: Buffer }>('select credentials_sealed as sealed from connections');
  const wish = { ...wishOf(it.hubspot), connection: 'acme-hubspot' };
  const login = { login: 'OAuth app', values: {} };
  const { id, url } = await begun(it.admin, { ...wish, credentials: login });
  await allow(it.admin, url);
  const form = { ...detail.configuration, credentials: { ...login, consent: id }, acceptWarnings: true };
  const changed = await it.admin.ask('PUT', `${connections}/acme-hubspot`, form, { 'if-match': '"1"' });
  expect([changed.status, changed.body]).toMatchObject([200, { version: 2 }]);
  const after = await it.db.sql<{ sealed: Buffer }>('select credentials_sealed as sealed from connections');
  expect(after[0]!.sealed.equals(before[0]!.sealed)).toBe(false);
  const otherCrm = await it.admin.ask('POST', consents, { ...wish, kind: 'salesforce', credentials: login });
  expect(otherCrm.body).toMatchObject({ code: 'connection-unknown' });
  // Elsewhere the secret of the app would be somebody else's.
  const elsewhere = await it.admin.ask('POST', consents, {
    ...wish,
    credentials: login,
    baseUrl: it.hubspot.url.replace('127.0.0.1', 'localhost'),
  });
  expect(elsewhere.body).toMatchObject({
    code: 'settings-invalid',
    errors: [{ path: '/credentials/values/clientSecret' }],
  });
});

test('what cannot be agreed to is said at its field, before anybody is sent away', async () => {
  await using it = await scene();
  const errors = async (change: object) => {
    const { body } = await it.admin.ask('POST', consents, { ...wishOf(it.hubspot), ...change });
    return (body as { errors?: readonly { path: string }[] }).errors?.map(({ path }) => path);
  };
  expect(await errors({ credentials: { login: 'Token', values: {} } })).toEqual(['/credentials/login']);
  expect(await errors({ credentials: { login: 'OAuth app', values: { clientId: 'x' } } })).toEqual([
    '/credentials/values/clientSecret',
  ]);
  expect(await errors({ baseUrl: 'ftp://x' })).toEqual(['/baseUrl']);
});
