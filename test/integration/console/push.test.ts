import { expect, test } from 'vitest';
import type { PlanPage, PlannedWrite, PushSummary } from '../../../src/http/api/push/schemas.ts';
import { planConnection, summarisePlan } from '../../../src/plan.ts';
import { defaultMqlProfile } from '../../../src/scoring/defaults.ts';
import { type SignedIn, startConsole } from '../../support/console.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { productOf } from '../../support/product.ts';

const small = { sandbox: { contacts: 12 }, pull: { objects: [] }, push: 'plan' } as const;
const connection = '/orgs/acme/connections/acme-hubspot';
const path = `${connection}/push`;

async function consoleOn(loop: Loop, own: AsyncDisposableStack) {
  const console = own.use(await startConsole(loop.services));
  const viewer = await console.signedIn(loop.orgId, 'viewer');
  const operator = await console.signedIn(loop.orgId, 'operator');
  return { console, viewer, operator };
}

async function recordsOf(as: SignedIn, query = ''): Promise<PlannedWrite[]> {
  const found: PlannedWrite[] = [];
  for (let after: string | null = ''; after !== null;) {
    const page = (await as.ask('GET', `${path}/records?limit=5${query}${after}`)).body as PlanPage;
    found.push(...page.records);
    after = page.next === null ? null : `&after=${page.next}`;
  }
  return found;
}

test('what is shown is the dry run of the push itself, in pages, with its price and why', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop(small));
  const hands = handsOf(loop);
  const id = await hands.create({
    email: 'ada@example.org',
    firstname: '<script>alert(1)</script>',
    jobtitle: 'Director',
  });
  await loop.sync();
  const { viewer } = await consoleOn(loop, own);
  const waiting = hands.living().length;
  expect((await viewer.ask('GET', path)).body).toMatchObject({
    connection: 'acme-hubspot',
    waiting,
    isCapped: false,
    calls: 1,
    refused: 0,
    holds: [{ kind: 'mode' }, { kind: 'schedule' }],
    tiers: defaultMqlProfile.tiers.map(({ tier }) => tier),
  });
  const records = await recordsOf(viewer);
  await using session = await loop.open();
  const plan = await planConnection(session, new AbortController().signal);
  const key = ({ externalId, changes }: Pick<PlannedWrite, 'externalId' | 'changes'>) => [
    externalId,
    changes.map(({ field, before, after }) => ({ field, before, after })),
  ];
  expect(records.map(key)).toEqual(
    plan.records.map(({ record, changes }) =>
      key({ ...record, changes: changes as unknown as PlannedWrite['changes'] }),
    ),
  );
  const ada = records.find(({ externalId }) => externalId === String(id))!;
  expect(ada).toMatchObject({
    object: 'contacts',
    name: '<script>alert(1)</script>',
    tier: expect.any(String) as string,
  });
  expect(ada.changes).toContainEqual({
    field: 'leadloop_score',
    before: null,
    after: 10,
    why: expect.stringMatching(/job title/i) as string,
  });
  expect(await loop.db.sql(`select from push_states where state <> 'pending'`)).toEqual([]);
});

test('filters by tier, owner and field leave the others out', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop(small));
  await loop.sync();
  const { viewer } = await consoleOn(loop, own);
  await productOf(loop).profile({ ...defaultMqlProfile, tiers: [{ tier: 'everybody', atLeast: 0 }] });
  expect((await viewer.ask('GET', path)).body).toMatchObject({ tiers: ['everybody'] });
  const all = await recordsOf(viewer);
  const { tier } = all[0]!;
  const ofTier = await recordsOf(viewer, `&tier=${tier}`);
  expect(ofTier.map(({ externalId }) => externalId)).toEqual(
    all.filter((one) => one.tier === tier).map(({ externalId }) => externalId),
  );
  expect(await recordsOf(viewer, '&field=leadloop_score')).not.toEqual([]);
  expect(await recordsOf(viewer, '&field=nothing_of_ours')).toEqual([]);
  const [owner] = await loop.db.sql<{ id: string }>(
    `insert into users (org_id, email, name) values ($1, 'rep@acme.example', 'Rep') returning id`,
    [loop.orgId],
  );
  const some = all[3]!;
  await loop.db.sql('update leads set assigned_to = $2 where id = $1', [some.leadId, owner!.id]);
  expect(((await viewer.ask('GET', path)).body as PushSummary).owners).toContainEqual({ id: owner!.id, name: 'Rep' });
  expect(await recordsOf(viewer, `&owner=${owner!.id}`)).toMatchObject([{ externalId: some.externalId, owner: 'Rep' }]);
  expect(await viewer.ask('GET', `${path}/records?after=bm9uc2Vuc2U`)).toMatchObject({
    status: 400,
    body: { code: 'query-invalid' },
  });
});

test('what is left as it is in the CRM is named with the reason, and so is what holds the push', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop({ ...small, push: 'auto', blastRadius: { records: 0, share: 0 } }));
  await loop.sync();
  await loop.db.sql(
    `update push_states set state = 'pending', kept = '{"leadloop_score": {"wanted": 1, "remote": 5, "times": 2}}',
       wanted = wanted || '{"leadloop_score": 1, "leadloop_reasons": "another"}', remote = remote || '{"leadloop_score": 5}'`,
  );
  const { viewer } = await consoleOn(loop, own);
  const [record] = await recordsOf(viewer);
  expect(record).toMatchObject({ held: [{ field: 'leadloop_score', before: 5, after: 1, why: 'kept-by-crm' }] });
  // Where counting takes a while, that is said first.
  await expect
    .poll(async () => (await viewer.ask('GET', path)).body)
    .toMatchObject({
      holds: [{ kind: 'blast-radius', reason: expect.stringContaining('12 of 12') as string }, { kind: 'schedule' }],
    });
});

test('while it is counted how much a push would change, that stands in place of a verdict', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop({ ...small, push: 'auto', blastRadius: { records: 0, share: 0 } }));
  await loop.sync();
  await using session = await loop.open();
  const { holds } = await summarisePlan(session, AbortSignal.timeout(5_000), () => Promise.resolve('counting'));
  expect(holds).toMatchObject([{ kind: 'counting', until: null }, { kind: 'schedule' }]);
});

test('an operator pauses the writes and resumes them; both are in the audit log', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop({ ...small, push: 'auto' }));
  const { viewer, operator } = await consoleOn(loop, own);
  const wish = { direction: 'push', reason: 'sales cleans up' };
  expect((await operator.ask('POST', `${connection}/pause`, wish)).body).toEqual({ changed: true });
  expect((await viewer.ask('GET', path)).body).toMatchObject({
    holds: [{ kind: 'paused', reason: 'paused (push only): sales cleans up' }, { kind: 'schedule' }],
  });
  expect((await loop.sync()).counts.pushed).toBe(0);
  expect((await operator.ask('POST', `${connection}/resume`, { direction: 'push' })).body).toEqual({ changed: true });
  // Where counting takes a while, that is said first.
  await expect.poll(async () => (await viewer.ask('GET', path)).body).toMatchObject({ holds: [{ kind: 'schedule' }] });
  expect((await loop.sync()).counts.pushed).toBeGreaterThan(0);
  expect(await loop.db.sql('select action, actor from audit_log order by id')).toEqual([
    { action: 'connection.pause', actor: operator.email },
    { action: 'connection.resume', actor: operator.email },
  ]);
});

test('a viewer pauses nothing, another organisation sees nothing, and a source is no connection', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop(small));
  const { console, viewer, operator } = await consoleOn(loop, own);
  const pause = { direction: 'push', reason: null };
  expect(await viewer.ask('POST', `${connection}/pause`, pause)).toMatchObject({ status: 403 });
  expect(await viewer.ask('POST', `${connection}/resume`, { direction: 'push' })).toMatchObject({ status: 403 });
  const stranger = await console.signedIn(await loop.db.org('umbrella'), 'admin');
  const theirs = path.replace('acme', 'umbrella');
  for (const [method, at, body] of [
    ['GET', theirs],
    ['GET', `${theirs}/records`],
    ['POST', `${connection.replace('acme', 'umbrella')}/pause`, pause],
    ['POST', `${connection.replace('acme', 'umbrella')}/resume`, { direction: 'push' }],
  ] as const) {
    expect(await stranger.ask(method, at, body), at).toMatchObject({
      status: 404,
      body: { code: 'connection-unknown' },
    });
  }
  await loop.db.sql(
    `insert into data_sources (org_id, name, kind, query) values ($1, 'warehouse', 'signups', 'select 1')`,
    [loop.orgId],
  );
  expect(await operator.ask('POST', '/orgs/acme/connections/warehouse/pause', pause)).toMatchObject({
    status: 404,
  });
  expect(await loop.db.sql('select from pauses')).toEqual([]);
});

test('a CRM that refuses us is told of with its own remedy, as no fault of ours', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop({ ...small, credentials: { accessToken: 'wrong' } }));
  const { viewer } = await consoleOn(loop, own);
  expect(await viewer.ask('GET', path)).toMatchObject({
    status: 502,
    body: { code: 'crm-credentials', remedy: expect.stringMatching(/\w/) as string },
  });
});
