import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCredentials } from '../../../src/config/environment.ts';
import { isWork } from '../../../src/config/apply.ts';
import { type ApplyServices, applySettings } from '../../../src/config/execute.ts';
import { exportSettings } from '../../../src/config/export.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { openConnection } from '../../../src/connection.ts';
import { rescoreIfDue } from '../../../src/score-run.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { startSalesforceSandbox } from '../../../src/sandbox/salesforce/index.ts';
import { plainSync } from '../../../src/sync/options.ts';
import { syncConnection } from '../../../src/sync/sync-connection.ts';
import type {
  CheckAnswer,
  ConnectionDetail,
  ConnectionList,
  Finding,
} from '../../../src/http/api/connections/schemas.ts';
import { hubspotWish, poorToken, startUnconnected, type Unconnected } from '../../support/connect.ts';
import type { SignedIn } from '../../support/console.ts';
import { sandboxToken } from '../../support/loop-side.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const connections = '/orgs/acme/connections';
const one = `${connections}/acme-hubspot`;

interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly remedy: string;
  readonly findings?: readonly Finding[];
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

async function detailOf(as: SignedIn, path = one): Promise<ConnectionDetail> {
  const { status, body } = await as.ask('GET', path);
  expect(status).toBe(200);
  return body as ConnectionDetail;
}

/** The form that a page would send back with nothing changed. */
async function formOf(as: SignedIn, path = one) {
  const { configuration, connection } = await detailOf(as, path);
  const headers = { 'if-match': `"${connection.version}"` };
  return { form: { ...configuration, credentials: null, acceptWarnings: true }, headers };
}

async function connected(): Promise<Unconnected & { readonly admin: SignedIn }> {
  const scene = await startUnconnected();
  const admin = await scene.console.signedIn(scene.orgId, 'admin', 'ada@acme.example');
  const { status, body } = await admin.ask('POST', connections, hubspotWish(scene.crm));
  expect([status, body]).toMatchObject([201, { version: 1 }]);
  return { ...scene, admin };
}

const stored = ({ db }: Unconnected) => db.sql<{ name: string }>('select name from connections order by name');

test('a connection is stored when the CRM lets it in, and what is missing there is named with a remedy before', async () => {
  await using scene = await startUnconnected();
  const admin = await scene.console.signedIn(scene.orgId, 'admin');
  const wish = { ...hubspotWish(scene.crm), acceptWarnings: false };
  const doubtful = await admin.ask('POST', connections, wish);
  expect(doubtful).toMatchObject({ status: 409, body: { code: 'connection-doubtful' } });
  const warnings = (doubtful.body as Refusal).findings!.filter(({ level }) => level === 'warning');
  expect(warnings.map(({ subject }) => subject)).toContain('fields contacts');
  for (const { remedy } of warnings) expect(remedy).not.toBe('');
  expect(await stored(scene)).toEqual([]);
  expect(await admin.ask('POST', connections, { ...wish, acceptWarnings: true })).toMatchObject({ status: 201 });
  expect(await stored(scene)).toEqual([{ name: 'acme-hubspot' }]);
  const again = await admin.ask('POST', connections, { ...wish, acceptWarnings: true });
  expect(again).toMatchObject({ status: 409, body: { code: 'connection-exists' } });
  const { body } = await admin.ask('GET', connections);
  expect((body as ConnectionList).connections).toMatchObject([
    { name: 'acme-hubspot', label: 'HubSpot', schedule: '*/15 * * * *', health: null, lastRun: null, pushMode: 'plan' },
  ]);
});

test('a wrong token is refused with the reason of the CRM, a poor one with each scope that it lacks', async () => {
  await using scene = await startUnconnected();
  const admin = await scene.console.signedIn(scene.orgId, 'admin');
  const wrong = await admin.ask('POST', connections, hubspotWish(scene.crm, 'no-token'));
  expect(wrong).toMatchObject({ status: 422, body: { code: 'connection-refused' } });
  expect((wrong.body as Refusal).detail).toContain('INVALID_AUTHENTICATION');
  expect((wrong.body as Refusal).remedy).not.toBe('');
  const poor = await admin.ask('POST', connections, hubspotWish(scene.crm, poorToken));
  expect(poor).toMatchObject({ status: 422, body: { code: 'connection-refused' } });
  const failures = (poor.body as Refusal).findings!.filter(({ level }) => level === 'failure');
  expect(failures.map(({ subject }) => subject)).toContain('scope crm.objects.contacts.write');
  expect(failures.find(({ subject }) => subject.endsWith('contacts.write'))?.remedy).toContain(
    'crm.objects.contacts.write',
  );
  expect(await stored(scene)).toEqual([]);
});

test('nobody is at the address: that is said, and nothing is stored', async () => {
  await using scene = await startUnconnected();
  const admin = await scene.console.signedIn(scene.orgId, 'admin');
  const wish = { ...hubspotWish(scene.crm), baseUrl: 'http://127.0.0.1:9' };
  expect(await admin.ask('POST', connections, wish)).toMatchObject({
    status: 422,
    body: { code: 'connection-refused' },
  });
  expect(await stored(scene)).toEqual([]);
});

test('each fault of the settings is named with its place', async () => {
  await using scene = await connected();
  const { admin } = scene;
  const { form, headers } = await formOf(admin);
  const wrong = {
    ...form,
    schedule: 'now and then',
    timezone: 'Europe/Atlantis',
    settings: { ...form.settings, portalId: 'mine' },
    pull: { ...form.pull, objects: ['contact'] },
  };
  const { status, body } = await admin.ask('PUT', one, wrong, headers);
  expect(status).toBe(422);
  expect((body as Refusal).errors?.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/schedule', '/timezone', '/settings/portalId', '/pull/objects/0']),
  );
  const share = await admin.ask('PUT', one, { ...form, quota: { ...form.quota, dailyShare: 3 } }, headers);
  expect((share.body as Refusal).errors?.map(({ path }) => path)).toEqual(['/quota/dailyShare']);
  const login = { login: 'Password', values: {} };
  expect((await admin.ask('PUT', one, { ...form, credentials: login }, headers)).body).toMatchObject({
    errors: [{ path: '/credentials/login' }],
  });
});

test('of two people who edit, the second is told; a change says which version it begins from', async () => {
  await using scene = await connected();
  const { admin, crm } = scene;
  const { form, headers } = await formOf(admin);
  const calls = crm.requests.entries().length;
  const hourly = { ...form, schedule: '0 * * * *', push: { ...form.push, mode: 'auto' } };
  expect(await admin.ask('PUT', one, hourly, headers)).toMatchObject({
    status: 200,
    body: { version: 2, findings: null },
  });
  // A schedule is none of the CRM's business.
  expect(crm.requests.entries().length).toBe(calls);
  expect(await admin.ask('PUT', one, form, headers)).toMatchObject({ status: 412, body: { code: 'version-stale' } });
  expect(await admin.ask('PUT', one, form)).toMatchObject({ status: 428, body: { code: 'version-missing' } });
  const { connection, configuration } = await detailOf(admin);
  expect(connection).toMatchObject({ schedule: '0 * * * *', pushMode: 'auto', version: 2 });
  expect(configuration.push.mode).toBe('auto');
  const same = await admin.ask('PUT', one, hourly, { 'if-match': '"2"' });
  expect(same).toMatchObject({ status: 200, body: { version: 2 } });
});

test('a secret that is left empty stays, and is never sent to another address than it was meant for', async () => {
  await using scene = await connected();
  const { admin, db } = scene;
  const { form, headers } = await formOf(admin);
  const sealed = async () =>
    (await db.sql<{ bytes: Buffer }>('select credentials_sealed as bytes from connections'))[0]!.bytes;
  const before = await sealed();
  const empty = { login: 'Token', values: { accessToken: '' } };
  expect(await admin.ask('PUT', one, { ...form, credentials: empty }, headers)).toMatchObject({
    status: 200,
    body: { version: 1 },
  });
  expect(await sealed()).toEqual(before);
  const elsewhere = { ...form, baseUrl: 'http://127.0.0.1:9' };
  const moved = await admin.ask('PUT', one, elsewhere, headers);
  expect(moved).toMatchObject({ status: 422, body: { errors: [{ path: '/credentials' }] } });
  const kept = await admin.ask('PUT', one, { ...elsewhere, credentials: empty }, headers);
  expect(kept).toMatchObject({ status: 422, body: { errors: [{ path: '/credentials/values/accessToken' }] } });
  const more = { login: 'Token', values: { clientSecret: 'proves webhooks' } };
  expect(await admin.ask('PUT', one, { ...form, credentials: more }, headers)).toMatchObject({
    status: 200,
    body: { version: 2 },
  });
  expect((await detailOf(admin)).credentials).toMatchObject({
    login: 'Token',
    secrets: ['accessToken', 'clientSecret'],
  });
  const less = { login: 'Token', values: { clientSecret: null } };
  await admin.ask('PUT', one, { ...form, credentials: less }, { 'if-match': '"2"' });
  expect((await detailOf(admin)).credentials).toMatchObject({ secrets: ['accessToken'], references: [] });
});

test('what was saved here, export writes without a secret, and to apply that changes nothing', async () => {
  await using scene = await connected();
  const { admin, db, services } = scene;
  const { form, headers } = await formOf(admin);
  await admin.ask(
    'PUT',
    one,
    { ...form, quota: { ...form.quota, dailyShare: 0.5 }, timezone: 'Europe/Berlin' },
    headers,
  );
  const text = await exportSettings(db.database);
  expect(text).not.toContain(sandboxToken);
  expect(text).toContain('credentials: {}');
  const context = { connectors: services.definitions, defaultProfiles: [defaultMqlProfile, defaultPlgProfile] };
  await using folder = await tempFolder();
  const file = join(folder.path, 'export.yaml');
  writeFileSync(file, text);
  const settings = await loadSettings(file, context);
  const applying: ApplyServices = {
    ...services,
    ...context,
    actor: 'cli',
    readCredentials: ({ credentials }) => readCredentials(credentials),
    readAddress: ({ secrets }) => readCredentials(secrets),
  };
  const changes = [
    ...(await applySettings(applying, settings, { dryRun: true })),
    ...(await applySettings(applying, settings, { dryRun: false })),
  ];
  expect(changes.filter(isWork)).toEqual([]);
  expect(changes.length).toBeGreaterThan(0);
  // The secret is still there, and opens the CRM.
  await using session = await openConnection(services, scene.orgId, 'acme-hubspot');
  expect(await session.connector.account(AbortSignal.timeout(10_000))).toBe('44000001');
});

test('no secret is in any answer, in the audit log or in what is logged', async () => {
  await using scene = await connected();
  const { admin, db } = scene;
  const { form, headers } = await formOf(admin);
  const other = { login: 'Token', values: { accessToken: 'another-secret-token' } };
  await admin.ask('PUT', one, { ...form, credentials: other }, headers);
  const secret = { login: 'Token', values: { clientSecret: 'a-client-secret' } };
  await admin.ask('PUT', one, { ...form, credentials: secret }, headers);
  const answers = [
    await admin.ask('GET', one),
    await admin.ask('GET', connections),
    await admin.ask('POST', `${one}/check`),
  ];
  const audit = await db.sql<{ action: string }>('select * from audit_log order by id');
  expect(audit.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['connection.create', 'credentials.create', 'mapping.create', 'credentials.update']),
  );
  const text = JSON.stringify([answers.map(({ body }) => body), audit, scene.console.said]);
  for (const word of [sandboxToken, 'another-secret-token', 'a-client-secret']) expect(text).not.toContain(word);
});

test('each role may do what it may, and nothing else; another organisation’s connection is not there', async () => {
  await using scene = await connected();
  const { console, orgId, db } = scene;
  const [viewer, operator] = [await console.signedIn(orgId, 'viewer'), await console.signedIn(orgId, 'operator')];
  const stranger = await console.signedIn(await db.org('umbrella'), 'admin');
  const pause = { direction: 'push', reason: null };
  const { form, headers } = await formOf(viewer);
  const routes: readonly [string, string, unknown][] = [
    ['GET', connections, undefined],
    ['GET', one, undefined],
    ['GET', '/orgs/acme/connectors', undefined],
    ['POST', `${one}/check`, undefined],
    ['POST', `${one}/pause`, pause],
    ['POST', `${one}/resume`, { direction: 'all' }],
    ['PUT', one, form],
    ['GET', `${one}/deletion`, undefined],
    ['DELETE', `${one}?confirm=acme-hubspot`, undefined],
    ['POST', connections, hubspotWish(scene.crm)],
  ];
  const statuses = async (as: SignedIn) =>
    Promise.all(routes.map(async ([method, path, body]) => (await as.ask(method, path, body, headers)).status));
  expect(await statuses(viewer)).toEqual([200, 200, 200, 403, 403, 403, 403, 403, 403, 403]);
  expect((await statuses(operator)).slice(0, 6)).toEqual([200, 200, 200, 200, 200, 200]);
  expect((await statuses(operator)).slice(6)).toEqual([403, 403, 403, 403]);
  expect(await statuses(stranger)).toEqual(routes.map(() => 404));
  const own = one.replace('/acme/', '/umbrella/');
  for (const [method, path, body] of routes.filter(([, path]) => path.startsWith(one))) {
    const there = path.replace(one, own);
    expect([method, (await stranger.ask(method, there, body, headers)).status]).toEqual([method, 404]);
  }
  expect(await stored(scene)).toHaveLength(1);
});

test('a check names what it finds; a pause of one direction holds until it is taken back', async () => {
  await using scene = await connected();
  const operator = await scene.console.signedIn(scene.orgId, 'operator', 'olga@acme.example');
  const { findings } = (await operator.ask('POST', `${one}/check`)).body as CheckAnswer;
  expect(findings.some(({ subject, level }) => subject === 'account' && level === 'ok')).toBe(true);
  const pause = { direction: 'push', reason: 'sales is cleaning up' };
  expect((await operator.ask('POST', `${one}/pause`, pause)).body).toEqual({ changed: true });
  expect((await operator.ask('POST', `${one}/pause`, pause)).body).toEqual({ changed: false });
  const { connection } = await detailOf(operator);
  expect(connection.runs).toMatchObject({
    pull: true,
    push: false,
    reason: 'paused (push only): sales is cleaning up',
  });
  expect(connection.pauses).toMatchObject([{ of: 'connection', direction: 'push', reason: 'sales is cleaning up' }]);
  expect((await operator.ask('POST', `${one}/resume`, { direction: 'all' })).body).toEqual({ changed: true });
  expect((await detailOf(operator)).connection.runs).toMatchObject({ pull: true, push: true });
  const audit = await scene.db.sql<{ actor: string }>(`select actor from audit_log where action = 'connection.pause'`);
  expect(audit).toEqual([{ actor: 'olga@acme.example' }]);
});

test('the next runs of a schedule are those of its time zone', async () => {
  await using scene = await startUnconnected();
  const viewer = await scene.console.signedIn(scene.orgId, 'viewer');
  const preview = '/orgs/acme/schedules/preview';
  const query = new URLSearchParams({ expression: '30 2 * * *', timezone: 'Asia/Tokyo' }).toString();
  const { runs } = (await viewer.ask('GET', `${preview}?${query}`)).body as { runs: readonly string[] };
  expect(runs).toHaveLength(5);
  // 02:30 in Tokyo.
  for (const at of runs) expect(at).toMatch(/T17:30:00/u);
  const wrong = await viewer.ask('GET', `${preview}?expression=often`);
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ path: '/schedule' }] } });
});

test('a connection that is deleted takes its records along, and leaves leads that can still be scored', async () => {
  await using scene = await connected();
  const { admin, db, services, orgId } = scene;
  const signal = AbortSignal.timeout(60_000);
  {
    await using session = await openConnection(services, orgId, 'acme-hubspot');
    await syncConnection(session, { ...plainSync, signal, onProgress: () => undefined });
  }
  const [{ id } = { id: '' }] = await db.sql<{ id: string }>('select id from connections');
  const count = async (table: string) => (await db.sql<{ n: number }>(`select count(*) as n from ${table}`))[0]!.n;
  const leads = await count('leads');
  const preview = (await admin.ask('GET', `${one}/deletion`)).body as { records: number; leads: number };
  expect(preview).toMatchObject({ leads, records: await count('source_records'), isRunning: false });
  await db.sql(`insert into opportunities (id, org_id, connection_id, external_id) values ($1, $2, $3, '1')`, [
    '00000000-0000-4000-8000-000000000001',
    orgId,
    id,
  ]);
  await db.sql(`update leads set opportunity_id = '00000000-0000-4000-8000-000000000001'`);
  const { connection } = await detailOf(admin);
  const headers = { 'if-match': `"${connection.version}"` };
  expect(await admin.ask('DELETE', `${one}?confirm=acme`, undefined, headers)).toMatchObject({ status: 400 });
  expect(await admin.ask('DELETE', `${one}?confirm=acme-hubspot`)).toMatchObject({ status: 428 });
  expect(await admin.ask('DELETE', `${one}?confirm=acme-hubspot`, undefined, { 'if-match': '"77"' })).toMatchObject({
    status: 412,
  });
  {
    await using _ = await db.database.lock(`connection ${id}`);
    const busy = await admin.ask('DELETE', `${one}?confirm=acme-hubspot`, undefined, headers);
    expect(busy).toMatchObject({ status: 409, body: { code: 'run-active' } });
  }
  expect(await admin.ask('DELETE', `${one}?confirm=acme-hubspot`, undefined, headers)).toMatchObject({ status: 204 });
  expect(await admin.ask('GET', one)).toMatchObject({ status: 404 });
  const gone = ['connections', 'source_records', 'push_states', 'sync_cursors', 'field_mappings', 'opportunities'];
  for (const table of gone) expect([table, await count(table)]).toEqual([table, 0]);
  expect(await count('leads')).toBe(leads);
  const [entry] = await db.sql<{ before: object }>(`select before from audit_log where action = 'connection.delete'`);
  expect(entry?.before).toMatchObject({ kind: 'hubspot', leads });
  expect(await rescoreIfDue(services, orgId, signal)).toMatchObject({ status: 'succeeded', failure: null });
  const [scored] = await db.sql<{ n: number }>('select count(*) as n from leads where lead_score is not null');
  expect(scored?.n).toBe(leads);
});

test('Salesforce is connected with what its connector declares; a wrong secret is refused in its words', async () => {
  await using scene = await startUnconnected();
  await using salesforce = await startSalesforceSandbox({ leads: 6, contacts: 3, hubspotContacts: 0, limits: 'off' });
  const admin = await scene.console.signedIn(scene.orgId, 'admin');
  const { connectors } = (await admin.ask('GET', '/orgs/acme/connectors')).body as {
    connectors: { kind: string; logins: { title: string; fields: { key: string; isSecret: boolean }[] }[] }[];
  };
  const [login] = connectors.find(({ kind }) => kind === 'salesforce')!.logins;
  expect(login!.fields.map(({ key, isSecret }) => [key, isSecret])).toEqual([
    ['clientId', false],
    ['clientSecret', true],
    ['nextClientSecret', true],
  ]);
  const wish = (clientSecret: string) => ({
    name: 'acme-salesforce',
    kind: 'salesforce',
    baseUrl: salesforce.url,
    credentials: { login: login!.title, values: { clientId: 'sandbox-client', clientSecret } },
    acceptWarnings: true,
  });
  const wrong = await admin.ask('POST', connections, wish('guessed'));
  expect(wrong).toMatchObject({ status: 422, body: { code: 'connection-refused' } });
  expect((wrong.body as Refusal).remedy).not.toBe('');
  expect(await admin.ask('POST', connections, wish('sandbox-secret'))).toMatchObject({ status: 201 });
  const detail = await detailOf(admin, `${connections}/acme-salesforce`);
  expect(detail.credentials).toMatchObject({ values: { clientId: 'sandbox-client' }, secrets: ['clientSecret'] });
  expect(detail.credentials.since).not.toBeNull();
  // Another secret of the same app: the key stays as it is.
  const { form, headers } = await formOf(admin, `${connections}/acme-salesforce`);
  const rotated = { login: login!.title, values: { nextClientSecret: 'sandbox-secret' } };
  const answer = await admin.ask('PUT', `${connections}/acme-salesforce`, { ...form, credentials: rotated }, headers);
  expect(answer).toMatchObject({ status: 200, body: { version: 2 } });
});
