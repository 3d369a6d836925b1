import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type {
  DraftAnswer,
  ExplainedVersion,
  LiveProfile,
  Preview,
  ProfileDraft,
  TwoReceipts,
} from '../../../src/http/api/profiles/schemas.ts';
import { isWork } from '../../../src/config/apply.ts';
import { exportSettings } from '../../../src/config/export.ts';
import type { ScoringProfile } from '../../../src/model/profile.ts';
import { dueRescores } from '../../../src/due-rescores.ts';
import { scoreOrgs } from '../../../src/score-run.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { previewPage } from '../../../src/scoring-editor/preview.ts';
import { startConsole } from '../../support/console.ts';
import { testDatabase } from '../../support/database.ts';
import { openOn } from '../../support/loop-app.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { startLoop } from '../../support/loop.ts';
import { addVelocityPay, productOf } from '../../support/product.ts';
import { bareServices } from '../../support/services.ts';

const profiles = '/orgs/acme/profiles';
const ifMatch = (version: number) => ({ 'if-match': `"${version}"` });

const run = { org: 'acme', signal: new AbortController().signal, onProgress: () => undefined };

async function scene() {
  await using own = new AsyncDisposableStack();
  const db = own.use(await testDatabase());
  const [orgId] = await db.twoOrgs();
  const services = bareServices(db.database);
  const console = own.use(await startConsole(services));
  const admin = await console.signedIn(orgId, 'admin');
  const kept = own.move();
  const save = (profile: object, revision: number, kind = 'mql') =>
    admin.ask('PUT', `${profiles}/${kind}/draft`, { profile }, ifMatch(revision));
  const publish = (revision: number, version: number, kind = 'mql') =>
    admin.ask('POST', `${profiles}/${kind}/publish`, { revision }, ifMatch(version));
  return { db, orgId, services, console, admin, save, publish, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** The first component counts for so much. */
const weighing = (weightPercent: number, profile: ScoringProfile = defaultMqlProfile): ScoringProfile => ({
  ...profile,
  components: profile.components.map((one, index) => (index === 0 ? { ...one, weightPercent } : one)),
});

const addLeads = (count: number) =>
  `insert into leads (org_id, name, email, company_name, website_visits, demo_requested, status)
   select $1, 'Lead ' || n, 'lead' || n || '@acme.example', 'District ' || n, n % 12, n % 10 = 0,
     case when n % 10 = 0 then 'mql'::lead_status else 'new' end from generate_series(1, ${count}) n`;

test('what is saved is a draft, published it is a version, and apply of its export changes nothing', async () => {
  await using it = await scene();
  const { admin, db, orgId, save, publish } = it;
  const { body: fresh } = await admin.ask('GET', `${profiles}/mql`);
  expect(fresh).toMatchObject({ version: 0, profile: { components: defaultMqlProfile.components } });
  expect((await admin.ask('GET', `${profiles}/mql/draft`)).body).toEqual({ draft: null });
  const saved = (await save(weighing(50), 0)).body as ProfileDraft;
  expect(saved).toMatchObject({ revision: 1, basedOn: null, problems: [], updatedBy: admin.email });
  expect(saved.differences).toEqual([{ path: 'components[behavioral].weightPercent', before: 100, after: 50 }]);
  expect((await admin.ask('GET', `${profiles}/mql/draft`)).body).toEqual({ draft: saved });
  expect((await publish(1, 0)).body).toEqual({ version: 1 });
  expect((await admin.ask('GET', `${profiles}/mql/draft`)).body).toEqual({ draft: null });
  const live = (await admin.ask('GET', `${profiles}/mql`)).body as LiveProfile;
  expect(live).toMatchObject({ version: 1, rescoredAt: null });
  expect(await db.sql(`select actor, action, subject from audit_log where org_id = $1 order by id`, [orgId])).toEqual([
    { actor: admin.email, action: 'profile.draft', subject: 'mql' },
    { actor: admin.email, action: 'profile.create', subject: 'mql' },
  ]);
  // The daemon finds by itself that everybody is to be scored.
  expect(await db.database.operator((tx) => dueRescores(tx, new Date()))).toContain(orgId);
  const { body } = await admin.ask('GET', `${profiles}/mql/versions/1`);
  const { yaml } = body as ExplainedVersion;
  const exported = await exportSettings(db.database);
  for (const line of yaml.split('\n').slice(1)) expect(exported).toContain(line.trim());
  await using app = await openOn({ db });
  const directory = await mkdtemp(join(tmpdir(), 'leadloop-scoring-'));
  try {
    await writeFile(join(directory, 'mql.yaml'), yaml);
    await writeFile(join(directory, 'whole.yaml'), exported);
    await writeFile(join(directory, 'one.yaml'), 'orgs: [{ slug: acme, profiles: [mql.yaml] }]\n');
    for (const file of ['one.yaml', 'whole.yaml']) {
      const changes = await app.apply(join(directory, file), { dryRun: true });
      expect(
        changes.find(({ org, subject, name }) => org === 'acme' && subject === 'profile' && name === 'mql'),
      ).toMatchObject({ action: 'none' });
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('who saves or publishes over the work of somebody else is told, and nothing is lost', async () => {
  await using it = await scene();
  const { admin, save, publish } = it;
  expect(await admin.ask('PUT', `${profiles}/mql/draft`, { profile: weighing(50) })).toMatchObject({
    status: 428,
    body: { code: 'version-missing' },
  });
  await save(weighing(50), 0);
  expect(await save(weighing(60), 0)).toMatchObject({ status: 412, body: { code: 'version-stale' } });
  expect(await save(weighing(60), 1)).toMatchObject({ status: 200, body: { revision: 2 } });
  expect(await publish(1, 0)).toMatchObject({ status: 412 });
  expect(await publish(2, 7)).toMatchObject({ status: 412 });
  const { draft } = (await admin.ask('GET', `${profiles}/mql/draft`)).body as DraftAnswer;
  expect(draft?.profile.components[0]).toMatchObject({ weightPercent: 60 });
  const both = await Promise.all([publish(2, 0), publish(2, 0)]);
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404]);
  expect(await publish(2, 1)).toMatchObject({ status: 404, body: { code: 'draft-unknown' } });
  expect(await admin.ask('DELETE', `${profiles}/mql/draft`, undefined, ifMatch(1))).toMatchObject({ status: 404 });
});

test('what is half-finished is kept with everything that is wrong, and cannot be published or previewed', async () => {
  await using it = await scene();
  const { admin, save, publish } = it;
  const [first, ...others] = defaultMqlProfile.components;
  const wrong = { ...defaultMqlProfile, components: [{ ...first, max: null }, ...others] };
  const saved = (await save(wrong, 0)).body as ProfileDraft;
  expect(saved.problems).toEqual([
    { path: 'components[0].max', message: 'this is empty', remedy: expect.stringContaining('Expected') },
  ]);
  expect(saved.profile).toEqual(wrong);
  const refused = { status: 422, body: { code: 'profile-invalid', errors: [{ path: 'components[0].max' }] } };
  expect(await publish(1, 0)).toMatchObject(refused);
  expect(await admin.ask('POST', `${profiles}/mql/preview`, { profile: wrong })).toMatchObject(refused);
  expect((await admin.ask('GET', `${profiles}/mql`)).body).toMatchObject({ version: 0 });
  const heavy = await save(weighing(100, { ...defaultMqlProfile, tiers: [{ tier: 'all', atLeast: 1 }] }), 1);
  expect(heavy.body).toMatchObject({ problems: [{ path: 'tiers', remedy: expect.stringContaining('highest first') }] });
});

test('a profile of another kind, or one that would exhaust whoever reads it, is not even kept', async () => {
  await using it = await scene();
  expect(await it.save(defaultPlgProfile, 0)).toMatchObject({ status: 422, body: { code: 'profile-invalid' } });
  let when: unknown = { of: 'title', known: true };
  for (let depth = 0; depth < 500; depth += 1) when = { not: when };
  const deep = { ...defaultMqlProfile, triggers: [{ id: 'deep', label: 'deep', when }] };
  expect(await it.save(deep, 0)).toMatchObject({ status: 422, body: { code: 'profile-invalid' } });
});

test('a preview tells of a draft what it changes, from the same sample each time, and page by page of everybody', async () => {
  await using it = await scene();
  const { admin, db, orgId, services } = it;
  await db.sql(addLeads(60), [orgId]);
  await scoreOrgs(services, run);
  const ask = async (profile: object, more: object = {}) =>
    (await admin.ask('POST', `${profiles}/mql/preview`, { profile, ...more })).body as Preview;
  const same = await ask(defaultMqlProfile);
  expect(same).toMatchObject({ scored: 60, total: 60, next: null, changed: 0, records: 0, movers: [] });
  expect(same.before).toEqual(same.after);
  // Nobody qualifies by a demo any more; ten visits do not suffice.
  const strict = {
    ...weighing(50),
    triggers: [{ id: 'visits', label: 'visits', when: { of: 'website_visits', atLeast: 11 } }],
  };
  const all = await ask(strict);
  expect(all.changed).toBeGreaterThan(40);
  // Six have asked for a demo, five have been there ten times, one both.
  expect(all.wouldNotBeMql.count).toBe(10);
  expect(all.wouldNotBeMql.people[0]).toMatchObject({ name: expect.stringMatching(/^Lead \d+$/u) });
  expect(all.movers).toHaveLength(10);
  expect(all.tiers.map(({ tier }) => tier)).toEqual(['hot', 'warm', 'nurture', 'monitor']);
  // Where counting everybody takes a while, their number comes later.
  const counted = async (): Promise<Preview> =>
    vi.waitFor(
      async () => {
        const first = await ask(strict, { limit: 25 });
        expect(first.total).toBe(60);
        return first;
      },
      { timeout: 20_000 },
    );
  const pages = [await counted()];
  for (let after = pages[0]!.next; after !== null; after = pages.at(-1)!.next)
    pages.push(await ask(strict, { limit: 25, after }));
  expect(pages.map(({ scored, total }) => [scored, total])).toEqual([
    [25, 60],
    [25, null],
    [10, null],
  ]);
  expect(pages.reduce((sum, { changed }) => sum + changed, 0)).toBe(all.changed);
  expect(await counted()).toEqual(pages[0]);
  const gentle = { ...defaultMqlProfile, triggers: [{ id: 'any', label: 'any', when: { of: 'email', known: true } }] };
  // Those whom no trigger of today qualifies: no demo, fewer than ten visits.
  const [early] = await db.sql<{ count: number }>(
    `select count(*)::int as count from leads where status <> 'mql' and not demo_requested and website_visits < 10 and lead_score < 60`,
  );
  expect((await ask(gentle)).becomeMql.count).toBe(early!.count);
});

test('a preview waits for no count of everybody', async () => {
  await using it = await scene();
  const { db, orgId, services } = it;
  await db.sql(addLeads(60), [orgId]);
  const wish = { draft: defaultMqlProfile, after: null, countAll: () => Promise.resolve(null) };
  const pageOf = (limit: number) =>
    previewPage(services, { orgId, kind: 'mql', actor: 'somebody' }, { ...wish, limit });
  const some = await pageOf(25);
  expect(some).toMatchObject({ scored: 25, total: null });
  expect(some.next).not.toBe(null);
  expect(await pageOf(100)).toMatchObject({ scored: 60, total: 60, next: null });
});

test('a preview of a product profile tells of signups, and its weights count as soon as it is published', async () => {
  await using it = await scene();
  const { admin, db, orgId, services, save, publish } = it;
  const product = productOf({ db, orgId });
  await addVelocityPay(product);
  await scoreOrgs(services, run);
  const heavy: ScoringProfile = {
    ...defaultPlgProfile,
    components: defaultPlgProfile.components.map((one, index) => ({
      ...one,
      weightPercent: [0, 0, 0, 90, 10][index]!,
    })),
  };
  const { body } = await admin.ask('POST', `${profiles}/plg/preview`, { profile: heavy });
  expect(body).toMatchObject({ scored: 1, changed: 1, movers: [{ before: 88, after: 81 }] });
  await save(heavy, 0, 'plg');
  expect((await publish(1, 0, 'plg')).body).toEqual({ version: 1 });
  expect(await product.score('marcus.chen@velocitypay.io')).toMatchObject({ total: 81 });
  const [lead] = await db.sql<{ id: string }>(`select id from leads where email = 'marcus.chen@velocitypay.io'`);
  const receipt = await admin.ask('POST', `${profiles}/plg/receipt`, { profile: defaultPlgProfile, leadId: lead!.id });
  expect(receipt.body).toMatchObject({ live: { total: 81 }, draft: { total: 88, tier: 'hot' } });
});

test('a lead is found by name, address and company, and shows its receipt by both', async () => {
  await using it = await scene();
  const { admin, db, orgId, services } = it;
  await db.sql(addLeads(30), [orgId]);
  await scoreOrgs(services, run);
  const find = async (q: string) =>
    ((await admin.ask('GET', `${profiles}/mql/leads?q=${encodeURIComponent(q)}`)).body as { leads: { name: string }[] })
      .leads;
  for (const words of ['lead 17', 'LEAD17@acme.example', 'district 17']) {
    expect(
      (await find(words)).map(({ name }) => name),
      words,
    ).toEqual(['Lead 17']);
  }
  expect(await find('%')).toEqual([]);
  expect(await find('')).toHaveLength(20);
  const [lead] = await db.sql<{ id: string }>(`select id from leads where name = 'Lead 17'`);
  const { body } = await admin.ask('POST', `${profiles}/mql/receipt`, { profile: weighing(50), leadId: lead!.id });
  const { live, draft } = body as TwoReceipts;
  // Five visits: 10 points of behaviour and 5 of engagement.
  expect([live?.total, draft?.total]).toEqual([15, 10]);
  expect(live?.lines.find(({ ruleId }) => ruleId === 'visits')).toMatchObject({ input: 5, counted: 10 });
  expect(
    await admin.ask('POST', `${profiles}/mql/receipt`, { profile: weighing(50), leadId: crypto.randomUUID() }),
  ).toMatchObject({ status: 404, body: { code: 'lead-unknown' } });
});

test('viewers see what is in force and its versions; drafts, previews and publishing are for admins', async () => {
  await using it = await scene();
  const { console, orgId, save, publish } = it;
  await save(weighing(50), 0);
  await publish(1, 0);
  await save(weighing(60), 0);
  const viewer = await console.signedIn(orgId, 'viewer');
  const operator = await console.signedIn(orgId, 'operator');
  for (const path of ['', '/mql', '/mql/versions', '/mql/versions/1']) {
    expect(await viewer.ask('GET', `${profiles}${path}`), path).toMatchObject({ status: 200 });
  }
  const forbidden = [
    ['GET', '/mql/draft'],
    ['PUT', '/mql/draft', { profile: weighing(1) }],
    ['DELETE', '/mql/draft'],
    ['POST', '/mql/publish', { revision: 1 }],
    ['POST', '/mql/preview', { profile: weighing(1) }],
    ['POST', '/mql/receipt', { profile: weighing(1), leadId: crypto.randomUUID() }],
    ['GET', '/mql/leads'],
  ] as const;
  for (const [method, path, body] of forbidden) {
    for (const one of [viewer, operator]) {
      expect(await one.ask(method, `${profiles}${path}`, body), `${method} ${path}`).toMatchObject({ status: 403 });
    }
  }
  const stranger = await console.signedIn(
    (await it.db.sql<{ id: string }>(`select id from orgs where slug = 'umbrella'`))[0]!.id,
    'admin',
  );
  expect(await stranger.ask('GET', `${profiles}/mql`)).toMatchObject({ status: 404, body: { code: 'org-unknown' } });
  expect(await stranger.ask('GET', '/orgs/umbrella/profiles/mql/draft')).toMatchObject({ body: { draft: null } });
});

test('versions are listed by pages, compared and restored', async () => {
  await using it = await scene();
  const { admin, save, publish } = it;
  for (const [index, weight] of [50, 60, 70].entries()) {
    await save(weighing(weight), 0);
    await publish(1, index);
  }
  const first = (await admin.ask('GET', `${profiles}/mql/versions?limit=2`)).body as { next: string };
  expect(first).toMatchObject({
    versions: [
      { version: 3, isActive: true },
      { version: 2, isActive: false },
    ],
  });
  expect((await admin.ask('GET', `${profiles}/mql/versions?limit=2&after=${first.next}`)).body).toMatchObject({
    versions: [{ version: 1 }],
    next: null,
  });
  const old = (await admin.ask('GET', `${profiles}/mql/versions/1`)).body as ExplainedVersion;
  expect(old.differences).toEqual([{ path: 'components[behavioral].weightPercent', before: 70, after: 50 }]);
  expect((await save(old.profile, 0)).body).toMatchObject({ basedOn: 3, problems: [] });
  expect((await publish(1, 3)).body).toEqual({ version: 4 });
  expect((await admin.ask('GET', `${profiles}/mql/versions/9`)).status).toBe(404);
});

test('a weight that is changed here is a new value in the CRM, as many as the preview has said', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 30 }, pull: { objects: [] } });
  await using console = await startConsole(loop.services);
  const admin = await console.signedIn(loop.orgId, 'admin');
  await loop.sync();
  const scores = () =>
    new Map(
      handsOf(loop)
        .living()
        .map(({ id, properties }) => [id, properties['leadloop_score']]),
    );
  const before = scores();
  const changed: ScoringProfile = {
    ...defaultMqlProfile,
    components: defaultMqlProfile.components.map((one) => ({ ...one, weightPercent: 10 })),
  };
  const preview = (await admin.ask('POST', `${profiles}/mql/preview`, { profile: changed })).body as Preview;
  expect(preview.changed).toBeGreaterThan(0);
  await admin.ask('PUT', `${profiles}/mql/draft`, { profile: changed }, ifMatch(0));
  expect((await admin.ask('POST', `${profiles}/mql/publish`, { revision: 1 }, ifMatch(0))).status).toBe(200);
  await scoreOrgs(loop.services, run);
  const { counts } = await loop.sync();
  expect(counts.pushed).toBe(preview.records);
  const after = scores();
  const moved = [...after].filter(([id, score]) => score !== before.get(id));
  expect(moved.length).toBe(preview.changed);
});

test('examples are kept beside a profile, and one that fails stops publishing until it is meant', async () => {
  await using it = await scene();
  const { admin, console, orgId, save, publish } = it;
  const superintendent = {
    name: 'a superintendent who asked',
    facts: { title: 'Superintendent', enrollment: 30_000, demo_requested: true },
    total: 45,
    tier: 'nurture',
    qualifies: true,
  };
  const put = (tests: readonly object[], revision: number) =>
    admin.ask('PUT', `${profiles}/mql/tests`, { tests }, ifMatch(revision));
  expect(await put([superintendent], 0)).toMatchObject({ status: 200, body: { revision: 1 } });
  expect(await put([], 0)).toMatchObject({ status: 412 });
  const viewer = await console.signedIn(orgId, 'viewer');
  expect((await viewer.ask('GET', `${profiles}/mql/tests`)).body).toEqual({ tests: [superintendent], revision: 1 });
  expect((await viewer.ask('PUT', `${profiles}/mql/tests`, { tests: [] }, ifMatch(1))).status).toBe(403);
  expect((await admin.ask('GET', `${profiles}/plg/tests`)).body).toEqual({ tests: [], revision: 0 });
  // Fifteen points for the demo, of which half count.
  const wish = { profile: weighing(50), tests: [superintendent] };
  const { body } = await admin.ask('POST', `${profiles}/mql/tests/results`, wish);
  expect(body).toEqual({
    results: [{ name: superintendent.name, total: 38, tier: 'monitor', qualifies: true, passes: false }],
  });
  await save(weighing(50), 0);
  expect(await publish(1, 0)).toMatchObject({ status: 409, body: { code: 'profile-tests-failed' } });
  const meant = { revision: 1, despiteTests: true };
  expect((await admin.ask('POST', `${profiles}/mql/publish`, meant, ifMatch(0))).body).toEqual({ version: 1 });
});

test('what the console saves as examples, export writes; apply of that changes nothing, and of a changed file just that', async () => {
  await using it = await scene();
  const { admin, db, orgId, save, publish } = it;
  const open = { total: null, tier: null, qualifies: null };
  const asked = { name: 'asked', facts: { title: 'Superintendent', demo_requested: true }, ...open, total: 45 };
  const stranger = { name: 'a stranger', facts: { title: null, enrollment: 3 }, ...open, tier: 'monitor' };
  const put = async (tests: readonly object[], revision: number) =>
    expect(await admin.ask('PUT', `${profiles}/mql/tests`, { tests }, ifMatch(revision))).toMatchObject({
      status: 200,
    });
  const examples = async () => (await admin.ask('GET', `${profiles}/mql/tests`)).body;
  const trace = (actions: string) =>
    db.sql(`select actor, before, after from audit_log where org_id = $1 and action like $2 order by id`, [
      orgId,
      actions,
    ]);
  await save(weighing(50), 0);
  await publish(1, 0);
  await put([asked], 0);
  await put([{ ...asked, total: 44 }, stranger], 1);
  const { email: actor } = admin;
  expect(await trace('profile.tests')).toEqual([
    { actor, before: { tests: [] }, after: { tests: [asked] } },
    { actor, before: { tests: [asked] }, after: { tests: [{ ...asked, total: 44 }, stranger] } },
  ]);

  await using app = await openOn({ db });
  const directory = await mkdtemp(join(tmpdir(), 'leadloop-scoring-'));
  await using _ = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
  const file = join(directory, 'leadloop.yaml');
  const apply = async (text: string) => {
    await writeFile(file, text);
    const changes = await app.apply(file, { dryRun: false });
    return changes.filter((one) => isWork(one) && one.org === 'acme').map(({ subject, name }) => `${subject} ${name}`);
  };
  const exported = await exportSettings(db.database);
  // The organisation had no plg profile: it has the default one from here on.
  expect(await apply(exported)).toEqual(['profile plg']);
  expect(await apply(exported)).toEqual([]);
  expect(await examples()).toMatchObject({ revision: 2 });
  const changed = exported.replace('total: 44', 'total: 46');
  expect(await apply(changed)).toEqual(['examples mql']);
  expect(await apply(changed)).toEqual([]);
  expect(await examples()).toEqual({ tests: [{ ...asked, total: 46 }, stranger], revision: 3 });
  expect(await trace('examples.%')).toMatchObject([
    { before: { 'examples[asked].total': 44 }, after: { 'examples[asked].total': 46 } },
  ]);
  // A file of before there were examples in files.
  expect(await apply('orgs: [{ slug: acme }]')).toEqual(expect.not.arrayContaining(['examples mql']));
  expect(await examples()).toMatchObject({ revision: 3 });
});

test('what an example says of fading facts counts as seen just now', async () => {
  await using it = await scene();
  const example = (facts: object) => ({ name: 'x', facts, total: null, tier: null, qualifies: null });
  const fading: ScoringProfile = {
    ...defaultMqlProfile,
    components: defaultMqlProfile.components.map((one) => ({
      ...one,
      rules: one.rules.map((rule) => (rule.type === 'per-unit' ? { ...rule, decay: { halfLifeDays: 30 } } : rule)),
    })),
  };
  const results = async (kind: string, profile: object, facts: object) =>
    (await it.admin.ask('POST', `${profiles}/${kind}/tests/results`, { profile, tests: [example(facts)] })).body;
  expect(await results('mql', fading, { website_visits: 5 })).toMatchObject({ results: [{ total: 15 }] });
  // 4 projects × 5 points, of which 30 percent count.
  expect(await results('plg', defaultPlgProfile, { project_count: 4 })).toMatchObject({ results: [{ total: 6 }] });
});
