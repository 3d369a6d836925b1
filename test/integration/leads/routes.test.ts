import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { pause } from '../../../src/health/pause.ts';
import type { CrmAnswer, LeadAnswer, LeadList } from '../../../src/http/api/leads/schemas.ts';
import type { OverviewAnswer } from '../../../src/http/api/overview/schemas.ts';
import type { SignupList } from '../../../src/http/api/signups/schemas.ts';
import { type SignedIn, startConsole, type TestConsole } from '../../support/console.ts';
import { holdTable } from '../../support/held-table.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { addVelocityPay, type Product, productOf } from '../../support/product.ts';
import { eventually } from '../../support/queue-worker.ts';

const stack = new AsyncDisposableStack();
let loop: Loop;
let site: TestConsole;
let viewer: SignedIn;
let product: Product;

beforeAll(async () => {
  loop = stack.use(await startLoop({ sandbox: { contacts: 60 } }));
  product = productOf({ db: loop.db, orgId: loop.orgId }, () => new Date(loop.clock.now()));
  const id = await addVelocityPay(product);
  const stranger = await product.signup({ email: 'grace@unheard.example', full_name: 'Grace Unheard' });
  await product.usage('grace@unheard.example', { project_count: 1 });
  await product.update({ developerIds: [id, stranger], domains: ['velocitypay.example'] });
  await loop.sync();
  site = stack.use(await startConsole(loop.services));
  viewer = await site.signedIn(loop.orgId, 'viewer');
}, 60_000);
afterAll(() => stack.disposeAsync());

async function get<Body>(path: string, as = viewer): Promise<Body> {
  const { status, body } = await as.ask('GET', `/orgs/acme${path}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as Body;
}

const list = (query = ''): Promise<LeadList> => get<LeadList>(`/leads${query}`);

async function everybody(query: string): Promise<LeadList['leads']> {
  const all: LeadList['leads'][number][] = [];
  for (let after = ''; ;) {
    const page = await list(`?limit=7${query}${after}`);
    expect(page.leads.length).toBeLessThanOrEqual(7);
    all.push(...page.leads);
    if (page.next === null) return all;
    after = `&after=${page.next}`;
  }
}

test('page by page everybody is seen once, the best first', async () => {
  const all = await everybody('');
  const stored = await loop.db.sql<{ id: string }>(
    'select id from leads where org_id = $1 and merged_into is null and erased_at is null',
    [loop.orgId],
  );
  expect(all.length).toBeGreaterThan(50);
  expect(all.map(({ id }) => id).toSorted()).toEqual(stored.map(({ id }) => id).toSorted());
  expect(all.map(({ score }) => score)).toEqual(all.map(({ score }) => score).toSorted((a, b) => b - a));
});

test('each filter leaves who fits, and nobody else', async () => {
  const all = await everybody('');
  const { tiers, segments, connections } = await list();
  expect(connections).toEqual([{ name: 'acme-hubspot', kind: 'hubspot' }]);
  expect(segments).toContain('Enterprise');
  const ids = (leads: LeadList['leads']): string[] => leads.map(({ id }) => id);
  for (const tier of tiers)
    expect(ids(await everybody(`&tier=${tier}`)), tier).toEqual(ids(all.filter((lead) => lead.tier === tier)));
  for (const status of ['new', 'engaged', 'mql'])
    expect(ids(await everybody(`&status=${status}`)), status).toEqual(
      ids(all.filter((lead) => lead.status === status)),
    );
  for (const segment of segments)
    expect(ids(await everybody(`&segment=${segment}`))).toEqual(ids(all.filter((lead) => lead.segment === segment)));
  const some = all.find(({ name }) => name !== null)!;
  const word = some.name!.split(' ')[0]!;
  expect(ids(await everybody(`&search=${encodeURIComponent(word.toUpperCase())}`))).toContain(some.id);
  expect(await everybody('&search=%25')).toEqual([]);
  expect(await everybody('&connection=nowhere')).toEqual([]);
  const inCrm = await everybody('&connection=acme-hubspot');
  expect(inCrm.length).toBe(all.length - 1);
});

test('just an address, our id or an id of the CRM finds the one person', async () => {
  const [record] = await loop.db.sql<{ id: string; email: string; external: string }>(
    `select l.id, l.email, s.external_id as external from leads l join source_records s on s.lead_id = l.id
     where l.email is not null and s.gone_at is null and s.kind = 'lead' limit 1`,
  );
  for (const words of [record!.id, record!.email.toUpperCase(), record!.external])
    expect((await list(`?search=${encodeURIComponent(words)}`)).exact?.id, words).toBe(record!.id);
  expect((await list('?search=nobody%40nowhere.example')).exact).toBe(null);
});

test('one person is told with every point, where each value is from, and what the CRM has', async () => {
  const [best] = (await list('?connection=acme-hubspot')).leads;
  const lead = await get<LeadAnswer>(`/leads/${best!.id}`);
  expect(lead.lead).toMatchObject({ id: best!.id, name: best!.name });
  const [receipt] = lead.receipts;
  expect(receipt).toMatchObject({ total: best!.score, tier: best!.tier });
  const counted = receipt!.contributions.reduce((sum, one) => sum + one.counted, 0);
  expect(Math.round(counted)).toBe(best!.score);
  const email = lead.fields.find(({ field }) => field === 'email')!;
  expect(email).toMatchObject({
    source: 'record',
    said: { connection: 'acme-hubspot', object: 'contacts', from: [{ name: 'email', raw: email.value }] },
  });
  expect(lead.records[0]).toMatchObject({ connection: 'acme-hubspot', kind: 'lead', goneAt: null });
  expect(lead.history.at(-1)).toMatchObject({ before: null });
  expect(lead.ledger.every(({ outcome }) => outcome === 'applied')).toBe(true);
  expect(lead.crm[0]!.fields).toContainEqual(
    expect.objectContaining({ name: 'leadloop_score', of: 'lead_score', wanted: best!.score, agrees: true }),
  );
  expect(lead.whyNot.filter(({ gate }) => gate === 'written')).toEqual([]);

  const { externalId } = lead.crm[0]!;
  const there = await get<CrmAnswer>(`/leads/${best!.id}/crm`);
  expect(there).toMatchObject({ problem: null, records: [{ connection: 'acme-hubspot', externalId }] });
  expect(there.records[0]!.fields.every(({ agrees }) => agrees)).toBe(true);
});

test('signups are cards of the dashboard, and lead to their person', async () => {
  const { signups, tiers } = await get<SignupList>('/signups');
  expect(tiers).toEqual(['hot', 'warm', 'nurture', 'monitor']);
  expect(signups).toMatchObject([
    { companyName: 'VelocityPay', score: 88, tier: 'hot', stakeholders: 2, signals: 3 },
    { email: 'grace@unheard.example', companyName: null, tier: 'monitor' },
  ]);
  expect(signups[0]!.features).toContain('Auth');
  const lead = await get<LeadAnswer>(`/leads/${signups[0]!.leadId}`);
  expect(lead.signups).toMatchObject([{ breakdown: { total: 88 } }]);
  expect(lead.account).toMatchObject({ companyName: 'VelocityPay', people: 1 });
  expect(lead.history.some(({ kind, total }) => kind === 'plg' && total === 88)).toBe(true);
  const first = await get<SignupList>('/signups?limit=1');
  expect((await get<SignupList>(`/signups?limit=1&after=${first.next}`)).signups).toEqual([signups[1]]);
  expect((await get<SignupList>('/signups?tier=warm')).signups).toEqual([]);
  expect((await get<SignupList>('/signups?minScore=88')).signups).toEqual([signups[0]]);
  expect((await get<SignupList>(`/signups?company=${signups[0]!.companyDomain!.toUpperCase()}`)).signups).toEqual([
    signups[0],
  ]);
});

test('of a signup that no CRM knows it is told why nothing of it is there', async () => {
  const { exact } = await list('?search=grace@unheard.example');
  const lead = await get<LeadAnswer>(`/leads/${exact!.id}`);
  expect(lead.whyNot).toMatchObject([
    { gate: 'qualified', code: 'trigger-short', connection: null, setting: 'scoring' },
    { gate: 'matched', code: 'no-match', connection: 'acme-hubspot' },
  ]);
  expect(lead.fields.find(({ field }) => field === 'name')).toMatchObject({ value: 'Grace Unheard', source: 'signup' });
});

test('the overview counts everybody once, by status and by tier, and knows how the connection fares', async () => {
  const all = await everybody('');
  // Where counting takes a while, there is no number yet.
  const { counts, ...overview } = await eventually(async () => {
    const answer = await get<OverviewAnswer>('/overview');
    return answer.counts === null ? null : answer;
  });
  for (const [status, leads] of Object.entries(counts!.statuses))
    expect(leads, status).toBe(all.filter((lead) => lead.status === status).length);
  expect(counts!.tiers.reduce((sum, { leads }) => sum + leads, 0)).toBe(all.length);
  expect(counts!.productTiers).toEqual([
    { tier: 'hot', leads: 1 },
    { tier: 'monitor', leads: 1 },
  ]);
  expect(overview.connections).toMatchObject([
    { name: 'acme-hubspot', lastRun: { status: 'succeeded' }, waiting: { urgent: 0 }, refused: 0 },
  ]);
  const today = new Date(loop.clock.now()).toISOString().slice(0, 10);
  expect(overview.days).toMatchObject([{ day: today, statuses: counts!.statuses }]);
  // The run has written it down as well: tomorrow it is the past.
  const days = await loop.db.sql<{ statuses: object }>('select statuses from lead_days where org_id = $1', [
    loop.orgId,
  ]);
  expect(days).toEqual([{ statuses: counts!.statuses }]);
});

test('the overview says of a source how it fares, when it is tried again, and what a person has paused', async () => {
  const [source] = await loop.db.sql<{ id: string }>(
    `insert into data_sources (org_id, name, kind, query, schedule) values ($1, 'usage', 'usage', 'select 1', '0 * * * *') returning id`,
    [loop.orgId],
  );
  onTestFinished(() => loop.db.sql('delete from data_sources').then(() => undefined));
  const ofSource = async () => (await get<OverviewAnswer>('/overview')).sources;
  expect(await ofSource()).toMatchObject([{ name: 'usage', health: null, lastRun: null, runs: { reason: null } }]);
  const until = new Date(loop.clock.now() + 60_000);
  await loop.db.sql(
    `insert into source_health (org_id, source_id, state, code, message, remedy, failures_in_row, since, try_again_at)
     values ($1, $2, 'paused', 'source-refused', 'It refused us.', 'Correct it.', 1, $3, $3)`,
    [loop.orgId, source!.id, until],
  );
  expect(await ofSource()).toMatchObject([
    {
      health: { state: 'paused', message: 'It refused us.', remedy: 'Correct it.' },
      runs: { pull: false, until: until.toISOString() },
    },
  ]);
  const wish = { org: null, name: 'usage', direction: 'all', reason: 'they move' } as const;
  await pause({ database: loop.db.database, now: loop.services.now }, wish, 'test');
  expect(await ofSource()).toMatchObject([{ runs: { pull: false, reason: 'paused: they move', until: null } }]);
});

test('the overview waits for no count: everything else is there, and the numbers come when they are known', async () => {
  await using fresh = await startConsole(loop.services);
  const as = await fresh.signedIn(loop.orgId, 'viewer');
  {
    await using _ = await holdTable(loop.db, 'leads');
    expect(await get<OverviewAnswer>('/overview', as)).toMatchObject({
      counts: null,
      connections: [{ name: 'acme-hubspot', waiting: { urgent: 0 } }],
    });
  }
  await eventually(async () => (await get<OverviewAnswer>('/overview', as)).counts);
});

test('a score of 79.6 shows as 80 and is not hot: of each tier the overview counts as many as the list has', async () => {
  const [lead] = await everybody('');
  await loop.db.sql(`update leads set lead_score = 80, tier = 'warm' where id = $1`, [lead!.id]);
  onTestFinished(() =>
    loop.db
      .sql('update leads set lead_score = $2, tier = $3 where id = $1', [lead!.id, lead!.score, lead!.tier])
      .then(() => undefined),
  );
  await using fresh = await startConsole(loop.services);
  const as = await fresh.signedIn(loop.orgId, 'viewer');
  const { tiers } = await eventually(async () => (await get<OverviewAnswer>('/overview', as)).counts);
  expect(tiers.map(({ tier }) => tier)).toEqual((await list()).tiers);
  for (const { tier, leads } of tiers) expect(leads, tier).toBe((await everybody(`&tier=${tier}`)).length);
});

test('a lead of another organisation is not there, nor is one that is none', async () => {
  const [lead] = (await list()).leads;
  const other = await site.signedIn(await loop.db.org('umbrella'), 'admin');
  for (const path of [`/orgs/umbrella/leads/${lead!.id}`, `/orgs/acme/leads/${lead!.id}`])
    expect((await other.ask('GET', path)).status, path).toBe(404);
  expect((await other.ask('GET', `/orgs/umbrella/leads/${lead!.id}/crm`)).status).toBe(404);
  expect((await other.ask('GET', '/orgs/umbrella/leads')).body).toMatchObject({ leads: [], next: null });
  expect(await viewer.ask('GET', '/orgs/acme/leads/00000000-0000-4000-8000-000000000000')).toMatchObject({
    status: 404,
    body: { code: 'lead-unknown' },
  });
  expect((await viewer.ask('GET', '/orgs/acme/leads/nobody')).status).toBe(400);
  expect((await viewer.ask('GET', '/orgs/acme/leads?after=1')).status).toBe(400);
  expect((await viewer.ask('GET', '/orgs/acme/leads?status=hot')).status).toBe(400);
});

test('each change of a score says from which tier to which, of both scores alike', async () => {
  const [signup] = (await get<SignupList>('/signups?tier=hot')).signups;
  const email = signup!.email;
  await product.usage(email, { project_count: 0, api_calls_30d: 0 });
  await product.update({ developerIds: [signup!.id] });
  const { history } = await get<LeadAnswer>(`/leads/${signup!.leadId}`);
  const [latest, first] = history.filter(({ kind }) => kind === 'plg');
  expect(first).toMatchObject({ before: null, total: 88, tierBefore: null, tier: 'hot' });
  expect(latest).toMatchObject({ before: 88, tierBefore: 'hot' });
  expect(latest!.tier).not.toBe('hot');
  expect(history.filter(({ kind }) => kind === 'mql').at(-1)).toMatchObject({ tierBefore: null });
});

test('a lead that was merged names the other one, and says no more why something of it is not there', async () => {
  const hands = handsOf(loop);
  const emails = ['twin.one@school.example', 'twin.two@school.example'];
  const [one, two] = [await hands.create({ email: emails[0]! }), await hands.create({ email: emails[1]! })];
  await loop.sync();
  const ids = await Promise.all(emails.map(async (email) => (await list(`?search=${email}`)).exact!.id));
  await hands.merge(one, two);
  await loop.sync();
  const leads = await Promise.all(ids.map((id) => get<LeadAnswer>(`/leads/${id}`)));
  const gone = leads.find(({ lead }) => lead.mergedInto !== null)!;
  const survivor = leads.find((lead) => lead !== gone)!;
  expect(gone).toMatchObject({ lead: { mergedInto: survivor.lead.id }, whyNot: [] });
  expect(survivor.lead).toMatchObject({ mergedInto: null, absorbed: [gone.lead.id] });
  expect(survivor.whyNot).not.toEqual([]);
});
