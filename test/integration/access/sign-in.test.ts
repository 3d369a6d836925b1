import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { passwordLink, setUpLink } from '../../../src/access/links.ts';
import { hashPassword } from '../../../src/access/passwords.ts';
import type { OrgId } from '../../../src/model/values.ts';
import { type Answer, ask, startConsole, type TestConsole } from '../../support/console.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { bareServices } from '../../support/services.ts';

let db: TestDatabase;
let console: TestConsole;
let acme: OrgId;
let umbrella: OrgId;
/** It only jumps: hashing a password may take half a second here, and a wait is two. */
const start = Date.now();
let ahead = 0;
const now = (): Date => new Date(start + ahead);
const minute = 60_000;
const password = 'several words make one';
let passwordHash: string;

beforeAll(async () => {
  db = await testDatabase();
  [acme, umbrella] = await db.twoOrgs();
  console = await startConsole({ ...bareServices(db.database), now });
  passwordHash = await hashPassword(password);
});
afterAll(async () => {
  await console[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
});
beforeEach(async () => {
  ahead = 0;
  await db.sql('truncate console_accounts, sign_in_failures cascade');
});

const services = () => ({ database: db.database, now, randomBytes });

const json = { 'content-type': 'application/json' };

/** As a browser on our own page asks; `path` below /api/v1. */
const post = (path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST'): Promise<Answer> =>
  ask(`${console.url}/api/v1${path}`, {
    method,
    headers: { ...(body !== undefined && json), origin: console.url, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

const get = (path: string, cookie: string): Promise<Answer> =>
  ask(`${console.url}/api/v1${path}`, { headers: { cookie } });

const outcome = ({ status, body }: Answer): string => `${status} ${(body as { code?: string } | null)?.code ?? 'fine'}`;

/** What the browser would send from now on. */
const cookieOf = ({ headers }: Answer): string => headers.get('set-cookie')?.split(';')[0] ?? '';

async function account(email = 'ada@acme.example', role = 'admin', orgId = acme): Promise<string> {
  const [row] = await db.sql<{ id: string }>(
    `insert into console_accounts (email, name, password_hash, created_at) values ($1, 'Ada', $2, now()) returning id`,
    [email, passwordHash],
  );
  await db.sql('insert into memberships (org_id, account_id, role, created_at) values ($1, $2, $3, now())', [
    orgId,
    row!.id,
    role,
  ]);
  return row!.id;
}

const enter = (email = 'ada@acme.example', given = password, headers = {}) =>
  post('/session', { email, password: given }, headers);

describe('signing in', () => {
  it('answers who it is and sets a cookie that no script sees and no other site sends', async () => {
    await account();
    const answer = await enter('  ADA@acme.example'.trim());
    expect(answer.body).toEqual({
      email: 'ada@acme.example',
      name: 'Ada',
      orgs: [{ slug: 'acme', name: 'acme', role: 'admin' }],
    });
    const cookie = answer.headers.get('set-cookie')!;
    for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Expires=']) expect(cookie).toContain(part);
    expect(outcome(await get('/session', cookieOf(answer)))).toBe('200 fine');
    const [{ hashes }] = (await db.sql<{ hashes: string }>(
      'select string_agg(token_hash, $1) as hashes from console_sessions',
      [','],
    )) as [{ hashes: string }];
    expect(hashes).not.toContain(cookieOf(answer).split('=')[1]!);
  });

  it('over https binds the cookie to the host', async () => {
    await account();
    const publicUrl = 'https://leads.example.com';
    await using secure = await startConsole({ ...bareServices(db.database), now }, { publicUrl });
    const answer = await ask(`${secure.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: publicUrl },
      body: JSON.stringify({ email: 'ada@acme.example', password }),
    });
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-leadloop=.*; Secure/u);
  });

  it('says the same of a wrong password, an unknown address, and an account without password', async () => {
    await account();
    await db.sql(`insert into console_accounts (email, name, created_at) values ('new@acme.example', 'New', now())`);
    const answers = [
      await enter('ada@acme.example', 'wrong'),
      await enter('nobody@acme.example'),
      await enter('new@acme.example', ''.padEnd(1)),
    ];
    for (const answer of answers) expect(outcome(answer)).toBe('401 sign-in-refused');
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(console.said.join()).not.toContain('acme.example');
  });

  it('gives each browser a session of its own: what it came with is worth nothing (session fixation)', async () => {
    await account();
    const planted = `leadloop=${randomBytes(32).toString('base64url')}`;
    const answer = await enter('ada@acme.example', password, { cookie: planted });
    expect(cookieOf(answer)).not.toBe(planted);
    expect(outcome(await get('/session', planted))).toBe('401 session-missing');
    expect(cookieOf(await enter())).not.toBe(cookieOf(answer));
  });

  it('ends with signing out, after a day without use, and after a week', async () => {
    await account();
    const one = cookieOf(await enter());
    await post('/session', undefined, { cookie: one }, 'DELETE');
    expect(outcome(await get('/session', one))).toBe('401 session-missing');
    const two = cookieOf(await enter());
    for (let day = 0; day < 7; day += 1) {
      expect(outcome(await get('/session', two))).toBe('200 fine');
      ahead += 23 * 60 * minute;
    }
    ahead += 12 * 60 * minute;
    expect(outcome(await get('/session', two))).toBe('401 session-missing');
    const three = cookieOf(await enter());
    ahead += 25 * 60 * minute;
    expect(outcome(await get('/session', three))).toBe('401 session-missing');
  });
});

describe('brute force', () => {
  it('is slowed down for one person at one place, and a right password does not get through meanwhile', async () => {
    await account();
    for (let n = 0; n < 5; n += 1)
      expect(outcome(await enter('ada@acme.example', 'wrong'))).toBe('401 sign-in-refused');
    expect(outcome(await enter())).toBe('429 too-many-attempts');
    ahead += 1_500;
    expect(outcome(await enter('ada@acme.example', 'wrong'))).toBe('401 sign-in-refused');
    ahead += 1_500;
    // The wait has doubled.
    expect(outcome(await enter())).toBe('429 too-many-attempts');
    ahead += 1_000;
    expect(outcome(await enter())).toBe('200 fine');
    expect(outcome(await enter('ada@acme.example', 'wrong'))).toBe('401 sign-in-refused');
    expect(outcome(await enter())).toBe('200 fine');
  });

  it('of a hundred attempts at the same moment is no more than of one after the other', async () => {
    await account();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => enter('ada@acme.example', `wrong ${n}`)));
    const tried = answers.filter((answer) => outcome(answer) === '401 sign-in-refused');
    expect(tried.length).toBe(5);
    expect(answers.filter((answer) => outcome(answer) === '429 too-many-attempts')).toHaveLength(95);
  });

  it('of many accounts from one place is slowed down as well', async () => {
    for (let n = 0; n < 30; n += 1) await enter(`person-${n}@acme.example`, 'wrong');
    expect(outcome(await enter('person-31@acme.example', 'wrong'))).toBe('429 too-many-attempts');
  });

  it('shuts nobody out after whoever has signed in from the same place', async () => {
    await account();
    for (let n = 0; n < 29; n += 1) await enter(`person-${n}@acme.example`, 'wrong');
    // The thirtieth attempt of the place, and no failure.
    expect(outcome(await enter())).toBe('200 fine');
    expect(outcome(await enter())).toBe('200 fine');
    await enter('person-30@acme.example', 'wrong');
    expect(outcome(await enter())).toBe('429 too-many-attempts');
  });

  it('is forgotten after an hour, and what is kept names nobody', async () => {
    await account();
    for (let n = 0; n < 5; n += 1) await enter('ada@acme.example', 'wrong');
    const rows = await db.sql('select key_hash from sign_in_failures');
    expect(JSON.stringify(rows)).not.toContain('ada');
    ahead += 61 * minute;
    expect(outcome(await enter('ada@acme.example', 'wrong'))).toBe('401 sign-in-refused');
    expect(outcome(await enter())).toBe('200 fine');
  });
});

describe('another site', () => {
  const foreign = [
    ['its origin', { origin: 'https://evil.example' }],
    ['its origin, which looks like ours', { origin: 'http://127.0.0.1:1' }],
    ['no origin that one could name', { origin: 'null' }],
    ['the word of the browser', { origin: '', 'sec-fetch-site': 'cross-site' }],
    ['a site beside ours', { origin: '', 'sec-fetch-site': 'same-site' }],
    ['neither, with a cookie', { origin: '' }],
  ] as const;

  it.each(foreign)('changes nothing: %s', async (_, sent) => {
    await account();
    const cookie = cookieOf(await enter());
    const headers = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== ''));
    const answer = await ask(`${console.url}/api/v1/orgs/acme/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, ...headers },
      body: JSON.stringify({ name: 'theirs', scopes: ['admin'], days: null }),
    });
    expect(outcome(answer)).toBe('403 cross-site');
    expect(await db.sql('select 1 from api_tokens')).toEqual([]);
  });

  it('signs nobody in as somebody else', async () => {
    await account();
    expect(outcome(await enter('ada@acme.example', password, { origin: 'https://evil.example' }))).toBe(
      '403 cross-site',
    );
  });

  it('can send no form', async () => {
    await account();
    const cookie = cookieOf(await enter());
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await post('/orgs/acme/tokens', {}, { cookie, 'content-type': type });
      expect(outcome(answer), type).toBe('415 body-type');
    }
  });
});

describe('a body', () => {
  it('that is too large, no JSON, or not what the schema says is refused, and no value is repeated', async () => {
    await account();
    const cookie = cookieOf(await enter());
    expect(outcome(await post('/session', { email: 'a'.repeat(2_000_000) }))).toBe('413 body-too-large');
    const broken = await ask(`${console.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: console.url },
      body: '{"email": ',
    });
    expect(outcome(broken)).toBe('400 body-unreadable');
    const wrong = await post('/orgs/acme/members', { email: 'secret value', role: 'king', more: 1 }, { cookie });
    expect(outcome(wrong)).toBe('400 request-invalid');
    expect(JSON.stringify(wrong.body)).not.toContain('secret value');
    expect((wrong.body as { errors: { path: string }[] }).errors.map(({ path }) => path)).toContain('/email');
  });
});

/** Of whose address, and what is wrong with it. */
const weakPasswords = [
  ['ada@acme.example', 'eleven char'],
  ['ada@acme.example', 'many words '.repeat(19)],
  ['ada@acme.example', 'aaaabbbbccccdddd'],
  ['ada@acme.example', 'I am ada@acme.example here'],
  ['ada@acme.example', 'I am ADA@Acme.Example here'],
  ['Lovelace@acme.example', 'I am lovelace@acme.example here'],
  ['lovelace@acme.example', 'many words of Lovelace'],
  ['ada.b@acme.example', 'many words of ada.b here'],
] as const;

describe('set-up', () => {
  const wish = { email: 'ada@acme.example', name: 'Ada', password };
  const tokenOf = (path: string): string => path.split('#')[1]!;

  it('makes the first account an admin of every organisation, once', async () => {
    const link = (await setUpLink(services()))!;
    const answer = await post('/set-up', { token: tokenOf(link.path), ...wish });
    expect(answer.body).toMatchObject({
      orgs: [
        { slug: 'acme', role: 'admin' },
        { slug: 'umbrella', role: 'admin' },
      ],
    });
    expect(outcome(await get('/orgs/acme/audit', cookieOf(answer)))).toBe('200 fine');
    expect(outcome(await post('/set-up', { token: tokenOf(link.path), ...wish }))).toBe('410 link-refused');
    expect(await setUpLink(services())).toBeNull();
    const trace = await db.sql(`select org_id from audit_log where action = 'member.set-up'`);
    expect(trace.map((row) => (row as { org_id: string }).org_id).toSorted()).toEqual([acme, umbrella].toSorted());
  });

  it('is for one of two who try at the same moment', async () => {
    const links = [(await setUpLink(services()))!, (await setUpLink(services()))!];
    const answers = await Promise.all(
      links.map(({ path }, n) => post('/set-up', { token: tokenOf(path), ...wish, email: `first-${n}@acme.example` })),
    );
    expect(answers.map(outcome).toSorted()).toEqual(['200 fine', '410 link-refused']);
    expect(await db.sql('select 1 from console_accounts')).toHaveLength(1);
  });

  it('refuses what was guessed, what is too old, and a password that is easy to guess', async () => {
    const { path } = (await setUpLink(services()))!;
    const token = tokenOf(path);
    expect(outcome(await post('/set-up', { token: 'guessed', ...wish }))).toBe('410 link-refused');
    expect(outcome(await post('/set-up', { token: randomBytes(32).toString('base64url'), ...wish }))).toBe(
      '410 link-refused',
    );
    for (const [email, weak] of weakPasswords)
      expect([weak, outcome(await post('/set-up', { token, ...wish, email, password: weak }))]).toEqual([
        weak,
        '422 password-weak',
      ]);
    expect(await db.sql('select 1 from console_accounts')).toEqual([]);
    ahead += 25 * 60 * minute;
    expect(outcome(await post('/set-up', { token, ...wish }))).toBe('410 link-refused');
  });
});

describe('members', () => {
  const invite = (cookie: string, email: string, role = 'viewer') =>
    post('/orgs/acme/members', { email, name: 'Bob', role }, { cookie });
  const linkOf = ({ body }: Answer): string => (body as { url: string }).url.split('#')[1]!;
  const idOf = async (email: string): Promise<string> =>
    (await db.sql<{ id: string }>('select id from console_accounts where email = $1', [email]))[0]!.id;

  it('are invited by a link that works once and names nobody; the password is theirs', async () => {
    await account();
    const ada = cookieOf(await enter());
    const invited = await invite(ada, 'bob@acme.example');
    expect(invited.status).toBe(201);
    const token = linkOf(invited);
    for (const weak of ['short', 'my name is bob@acme.example'])
      expect([weak, outcome(await post('/password', { token, password: weak }))]).toEqual([weak, '422 password-weak']);
    const bob = await post('/password', { token, password: 'another long phrase' });
    expect(bob.body).toMatchObject({ email: 'bob@acme.example', orgs: [{ slug: 'acme', role: 'viewer' }] });
    expect(outcome(await post('/password', { token, password: 'another long phrase' }))).toBe('410 link-refused');
    expect(outcome(await invite(ada, 'bob@acme.example'))).toBe('409 member-exists');
  });

  it('have their new role, and none, at once', async () => {
    await account();
    const ada = cookieOf(await enter());
    await account('bob@acme.example', 'admin');
    const bob = cookieOf(await enter('bob@acme.example'));
    expect(outcome(await get('/orgs/acme/tokens', bob))).toBe('200 fine');
    const id = await idOf('bob@acme.example');
    await post(`/orgs/acme/members/${id}`, { role: 'viewer' }, { cookie: ada }, 'PUT');
    expect(outcome(await get('/orgs/acme/tokens', bob))).toBe('403 role-missing');
    await post(`/orgs/acme/members/${id}`, undefined, { cookie: ada }, 'DELETE');
    // They belong nowhere any more, so there is nobody to be signed in.
    expect(outcome(await get('/orgs/acme/members', bob))).toBe('401 session-missing');
  });

  it('keep one admin, even when two admins remove each other at the same moment', async () => {
    const one = await account();
    const ada = cookieOf(await enter());
    expect(outcome(await post(`/orgs/acme/members/${one}`, { role: 'viewer' }, { cookie: ada }, 'PUT'))).toBe(
      '409 member-last-admin',
    );
    const two = await account('bob@acme.example', 'admin');
    const bob = cookieOf(await enter('bob@acme.example'));
    const answers = await Promise.all([
      post(`/orgs/acme/members/${two}`, undefined, { cookie: ada }, 'DELETE'),
      post(`/orgs/acme/members/${one}`, undefined, { cookie: bob }, 'DELETE'),
    ]);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(await db.sql(`select 1 from memberships where role = 'admin'`)).toHaveLength(1);
  });

  it('of another organisation are not there', async () => {
    await account();
    const ada = cookieOf(await enter());
    const theirs = await account('eve@umbrella.example', 'admin', umbrella);
    for (const method of ['PUT', 'DELETE'])
      expect(outcome(await post(`/orgs/acme/members/${theirs}`, { role: 'viewer' }, { cookie: ada }, method))).toBe(
        '404 member-unknown',
      );
    expect(outcome(await post(`/orgs/acme/members/${theirs}/link`, undefined, { cookie: ada }))).toBe(
      '404 member-unknown',
    );
    expect(await db.sql('select 1 from console_links')).toEqual([]);
  });

  it('who work for another organisation cannot be taken over by an admin of this one', async () => {
    await account();
    const ada = cookieOf(await enter());
    const bob = await account('bob@umbrella.example', 'admin', umbrella);
    expect(outcome(await invite(ada, 'bob@umbrella.example'))).toBe('409 member-elsewhere');
    // Whoever has brought them in by the command line gives no link to their account either.
    await db.sql(`insert into memberships (org_id, account_id, role, created_at) values ($1, $2, 'viewer', now())`, [
      acme,
      bob,
    ]);
    const linked = await post(`/orgs/acme/members/${bob}/link`, undefined, { cookie: ada });
    expect(outcome(linked)).toBe('409 member-elsewhere');
    expect(await db.sql('select 1 from console_links')).toEqual([]);
    // Without a password, too: they come by single sign-on, or have not opened their link yet.
    await db.sql('update console_accounts set password_hash = null where id = $1', [bob]);
    expect(outcome(await post(`/orgs/acme/members/${bob}/link`, undefined, { cookie: ada }))).toBe(
      '409 member-elsewhere',
    );
  });

  it('who were prepared by one organisation and removed come to another one without the password of before', async () => {
    await account();
    await account('eve@umbrella.example', 'admin', umbrella);
    const eve = cookieOf(await enter('eve@umbrella.example'));
    const body = { email: 'bob@acme.example', name: 'Bob', role: 'viewer' };
    const prepared = await post('/orgs/umbrella/members', body, { cookie: eve });
    await post('/password', { token: linkOf(prepared), password: 'known to eve alone' });
    const bob = await idOf('bob@acme.example');
    expect(outcome(await post(`/orgs/umbrella/members/${bob}`, undefined, { cookie: eve }, 'DELETE'))).toBe('204 fine');
    const ada = cookieOf(await enter());
    expect((await invite(ada, 'bob@acme.example')).body).toMatchObject({ url: expect.stringContaining('/password#') });
    expect(outcome(await enter('bob@acme.example', 'known to eve alone'))).toBe('401 sign-in-refused');
  });

  it('who choose a new password are signed out everywhere, and older links hold no more', async () => {
    const id = await account();
    const before = cookieOf(await enter());
    const first = await passwordLink(services(), id);
    const second = await passwordLink(services(), id);
    const choose = ({ path }: { readonly path: string }) =>
      post('/password', { token: path.split('#')[1], password: 'quite another phrase' });
    expect(outcome(await choose(first))).toBe('410 link-refused');
    const after = await choose(second);
    expect(outcome(after)).toBe('200 fine');
    expect(outcome(await get('/session', before))).toBe('401 session-missing');
    expect(outcome(await enter())).toBe('401 sign-in-refused');
    const change = { current: 'wrong', next: 'a third long phrase' };
    const cookie = cookieOf(after);
    expect(outcome(await post('/session/password', change, { cookie }, 'PUT'))).toBe('401 sign-in-refused');
    const current = 'quite another phrase';
    const weak = { current, next: 'my name is ada@acme.example' };
    expect(outcome(await post('/session/password', weak, { cookie }, 'PUT'))).toBe('422 password-weak');
    const changed = await post('/session/password', { ...change, current }, { cookie }, 'PUT');
    expect(outcome(changed)).toBe('200 fine');
    expect(outcome(await get('/session', cookie))).toBe('401 session-missing');
    expect(outcome(await get('/session', cookieOf(changed)))).toBe('200 fine');
  });

  it('who choose a new password are in the log of each organisation of theirs, and the password is not', async () => {
    const id = await account('grace@acme.example');
    await db.sql(`insert into memberships (org_id, account_id, role, created_at) values ($1, $2, 'viewer', now())`, [
      umbrella,
      id,
    ]);
    await account('bob@acme.example');
    const { path } = await passwordLink(services(), id);
    const chosen = { token: path.split('#')[1], password: 'quite another phrase' };
    const cookie = cookieOf(await post('/password', chosen));
    const change = { current: chosen.password, next: 'a third long phrase' };
    const refused = { ...change, current: 'wrong' };
    expect(outcome(await post('/session/password', refused, { cookie }, 'PUT'))).toBe('401 sign-in-refused');
    expect(outcome(await post('/session/password', change, { cookie }, 'PUT'))).toBe('200 fine');
    const trace = await db.sql(
      `select org_id as org, actor, subject, before, after from audit_log where action = 'member.password' and actor = $1`,
      ['grace@acme.example'],
    );
    const entry = { actor: 'grace@acme.example', subject: 'grace@acme.example', before: null };
    const expected = ['link', 'password'].flatMap((by) =>
      [acme, umbrella].map((org) => ({ ...entry, org, after: { by } })),
    );
    expect(trace).toHaveLength(4);
    expect(trace).toEqual(expect.arrayContaining(expected));
  });

  it('and tokens leave their trace in the log, with who, before and after', async () => {
    await account();
    const ada = cookieOf(await enter());
    await invite(ada, 'bob@acme.example', 'operator');
    await post(`/orgs/acme/members/${await idOf('bob@acme.example')}`, { role: 'admin' }, { cookie: ada }, 'PUT');
    const made = await post('/orgs/acme/tokens', { name: 'warehouse', scopes: ['read'], days: 1 }, { cookie: ada });
    await ask(`${console.url}/api/v1/orgs/acme/tokens/warehouse`, {
      method: 'DELETE',
      headers: { cookie: ada, origin: console.url },
    });
    const { body } = await get('/orgs/acme/audit?limit=4', ada);
    const { entries } = body as {
      entries: { actor: string; action: string; before: unknown; after: unknown }[];
      next: string;
    };
    expect(entries.map(({ action }) => action)).toEqual([
      'token.revoke',
      'token.create',
      'member.role',
      'member.invite',
    ]);
    expect(new Set(entries.map(({ actor }) => actor))).toEqual(new Set(['ada@acme.example']));
    expect(entries[2]).toMatchObject({ before: { role: 'operator' }, after: { role: 'admin' } });
    expect(JSON.stringify(body)).not.toContain((made.body as { token: string }).token);
    const first = (await get('/orgs/acme/audit?limit=1&about=member', ada)).body as { next: string; entries: object[] };
    const rest = (await get(`/orgs/acme/audit?about=member&after=${first.next}`, ada)).body as {
      entries: { action: string }[];
    };
    expect(rest.entries[0]).toMatchObject({ action: 'member.invite' });
  });
});
