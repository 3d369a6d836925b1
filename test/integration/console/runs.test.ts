import { expect, test } from 'vitest';
import type { Run, RunDetail, RunPage, Standing } from '../../../src/http/api/runs/schemas.ts';
import type { Wakeup } from '../../../src/scheduler/wakeup.ts';
import { startConsole } from '../../support/console.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { startProxy } from '../../support/loop-proxy.ts';
import { eventually, startQueueWorker } from '../../support/queue-worker.ts';

const small = { sandbox: { contacts: 5 }, pull: { objects: [] }, push: 'auto' } as const;

async function consoleOn(loop: Loop, own: AsyncDisposableStack) {
  const { wake } = own.use(await startQueueWorker(loop));
  const console = own.use(await startConsole(loop.services, { wake }));
  const viewer = await console.signedIn(loop.orgId, 'viewer');
  const operator = await console.signedIn(loop.orgId, 'operator');
  const runs = async (query = ''): Promise<RunPage> =>
    (await viewer.ask('GET', `/orgs/acme/runs${query}`)).body as RunPage;
  return { console, viewer, operator, runs };
}

test('an operator asks for a run, a worker makes it, and its story can be read', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop(small));
  const { viewer, operator, runs } = await consoleOn(loop, own);
  expect(await runs()).toEqual({ runs: [], next: null });
  const asked = await operator.ask('POST', '/orgs/acme/connections/acme-hubspot/runs', {});
  expect(asked).toMatchObject({ status: 202, body: { connection: 'acme-hubspot' } });
  const ended = await eventually(async () => (await runs()).runs.find(({ endedAt }) => endedAt !== null));
  expect(ended).toMatchObject({ kind: 'sync', status: 'succeeded', connection: 'acme-hubspot', failure: null });
  expect(ended.counts.pulled).toBeGreaterThan(0);
  expect(ended.counts.pushed).toBeGreaterThan(0);
  const { body } = await viewer.ask('GET', `/orgs/acme/runs/${ended.id}`);
  const { lanes, paused } = body as RunDetail;
  expect(lanes).toContainEqual({
    object: 'contacts',
    lane: 'full',
    records: expect.any(Number) as number,
    calls: expect.any(Number) as number,
  });
  expect(paused).toBeNull();
  expect(await loop.db.sql(`select actor, subject, after from audit_log where action = 'connection.run'`)).toEqual([
    { actor: operator.email, subject: 'acme-hubspot', after: { wish: 'sync' } },
  ]);
});

test.for([
  [{ full: true }, 'full'],
  [{ pullOnly: true }, 'pull'],
  [{ full: true, pullOnly: true }, 'full-pull'],
] as const)('what is asked for as %o is handed to the worker as %s', async ([body, wish]) => {
  await using loop = await startLoop(small);
  const woken: Wakeup[] = [];
  const wake = async (wakeup: Wakeup): Promise<boolean> => woken.push(wakeup) === 1;
  await using console = await startConsole(loop.services, { wake });
  const operator = await console.signedIn(loop.orgId, 'operator');
  const ask = () => operator.ask('POST', '/orgs/acme/connections/acme-hubspot/runs', body);
  expect(await ask()).toMatchObject({ status: 202 });
  expect(woken).toEqual([{ kind: 'asked', orgId: loop.orgId, subjectId: loop.connectionId, tickAt: null, wish }]);
  // The same waits already.
  expect(await ask()).toMatchObject({ status: 409, body: { code: 'run-active' } });
  // They have been told; who runs the server has nothing to do about it.
  expect(console.said.filter((line) => line.includes('run-active'))).toEqual([expect.stringMatching(/^info /u)]);
});

test('a run that is asked to write nothing writes nothing', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop(small));
  const { operator, runs } = await consoleOn(loop, own);
  await operator.ask('POST', '/orgs/acme/connections/acme-hubspot/runs', { pullOnly: true });
  const { counts } = await eventually(async () => (await runs()).runs.find(({ endedAt }) => endedAt !== null));
  expect(counts).toMatchObject({ pushed: 0, planned: 5 });
});

test('while a run is under way it tells how far it has come, and no other one is taken', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop(small));
  const { operator, viewer, runs } = await consoleOn(loop, own);
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  const proxy = own.use(
    await startProxy(loop.crm.url, { before: (path) => (path.includes('batch/update') ? gate : Promise.resolve()) }),
  );
  await loop.db.sql('update connections set base_url = $1', [proxy.url]);
  await operator.ask('POST', '/orgs/acme/connections/acme-hubspot/runs', {});
  const told = await eventually(async () =>
    (await runs('?status=running')).runs.find(({ counts, step }) => counts.pulled > 0 && step !== null),
  );
  expect(told).toMatchObject({ status: 'running', endedAt: null, counts: { pushed: 0 } });
  const { connections } = (await viewer.ask('GET', '/orgs/acme/standing')).body as Standing;
  expect(connections).toMatchObject([{ name: 'acme-hubspot', runId: told.id }]);
  const again = await operator.ask('POST', '/orgs/acme/connections/acme-hubspot/runs', {});
  expect(again).toMatchObject({ status: 409, body: { code: 'run-active' } });
  goOn();
  const ended = await eventually(async () => {
    const { body } = await viewer.ask('GET', `/orgs/acme/runs/${told.id}`);
    return (body as Run).endedAt === null ? null : (body as RunDetail);
  });
  expect(ended).toMatchObject({ status: 'succeeded', counts: { pushed: 5 } });
});

test('what is paused is not run: whoever asks is told why, and every page can say so', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop(small));
  const { operator, viewer, runs } = await consoleOn(loop, own);
  await loop.db.sql(
    `insert into pauses (org_id, direction, reason, created_at, created_by) values ($1, 'all', 'moving house', now(), 'cli')`,
    [loop.orgId],
  );
  const asked = await operator.ask('POST', '/orgs/acme/connections/acme-hubspot/runs', {});
  expect(asked).toMatchObject({ status: 409, body: { code: 'connection-paused' } });
  expect(await runs()).toMatchObject({ runs: [] });
  expect((await viewer.ask('GET', '/orgs/acme/standing')).body).toMatchObject({
    connections: [
      { pulls: false, pushes: false, reason: 'the organisation is paused: moving house', pauses: [{ of: 'org' }] },
    ],
  });
});

test('a failed run says what is wrong and what to do, and a process without a queue says so', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop(small));
  loop.crm.faults.activate({ name: '503' });
  await loop.sync();
  const console = own.use(await startConsole(loop.services));
  const operator = await console.signedIn(loop.orgId, 'operator');
  const { body } = await operator.ask('GET', '/orgs/acme/runs?status=failed&connection=acme-hubspot&kind=sync');
  expect(body).toMatchObject({
    runs: [{ status: 'failed', failure: { code: 'crm-unavailable', remedy: expect.stringMatching(/\w/) as string } }],
  });
  expect((await operator.ask('GET', '/orgs/acme/runs?status=succeeded')).body).toMatchObject({ runs: [] });
  expect(await operator.ask('POST', '/orgs/acme/connections/acme-hubspot/runs', {})).toMatchObject({
    status: 503,
    body: { code: 'queue-missing', remedy: expect.stringContaining('leadloop sync') as string },
  });
});

test('runs come in pages, the newest first; looks and hints only for who asks', async () => {
  await using loop = await startLoop(small);
  await loop.db.sql(
    `insert into sync_runs (id, org_id, connection_id, kind, status, started_at, heartbeat_at, ended_at)
     select gen_random_uuid(), $1, $2, case when n % 2 = 0 then 'live' else 'sync' end, 'succeeded',
       '2026-11-01T00:00:00Z'::timestamptz + n / 4 * interval '1 minute', now(), now() from generate_series(1, 20) n`,
    [loop.orgId, loop.connectionId],
  );
  await using console = await startConsole(loop.services);
  const viewer = await console.signedIn(loop.orgId, 'viewer');
  const all = async (query: string): Promise<Run[]> => {
    const found: Run[] = [];
    for (let after: string | null = ''; after !== null;) {
      const page = (await viewer.ask('GET', `/orgs/acme/runs?limit=3${query}${after}`)).body as RunPage;
      found.push(...page.runs);
      after = page.next === null ? null : `&after=${encodeURIComponent(page.next)}`;
    }
    return found;
  };
  const told = await all('');
  expect(told.map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'sync'));
  expect(new Set((await all('&looks=true')).map(({ id }) => id)).size).toBe(20);
  expect((await all('&kind=live')).length).toBe(10);
  const times = told.map(({ startedAt }) => startedAt);
  expect(times).toEqual(times.toSorted().toReversed());
  expect(await viewer.ask('GET', '/orgs/acme/runs?after=nonsense')).toMatchObject({
    status: 400,
    body: { code: 'query-invalid' },
  });
});

test('the runs and connections of another organisation are not there, and a viewer asks for no run', async () => {
  await using loop = await startLoop(small);
  await loop.sync();
  const [run] = await loop.db.sql<{ id: string }>('select id from sync_runs');
  const umbrella = await loop.db.org('umbrella');
  await using console = await startConsole(loop.services, { wake: async () => true });
  const stranger = await console.signedIn(umbrella, 'admin');
  expect(await stranger.ask('GET', `/orgs/acme/runs/${run!.id}`)).toMatchObject({ status: 404 });
  expect(await stranger.ask('GET', `/orgs/umbrella/runs/${run!.id}`)).toMatchObject({
    status: 404,
    body: { code: 'run-unknown' },
  });
  expect((await stranger.ask('GET', '/orgs/umbrella/runs')).body).toEqual({ runs: [], next: null });
  for (const [method, path] of [
    ['POST', '/orgs/umbrella/connections/acme-hubspot/runs'],
    ['GET', '/orgs/umbrella/runs?connection=acme-hubspot'],
  ] as const) {
    const answer = await stranger.ask(method, path, method === 'POST' ? {} : undefined);
    expect(answer, path).toMatchObject({ status: 404, body: { code: 'connection-unknown' } });
  }
  const viewer = await console.signedIn(loop.orgId, 'viewer');
  expect(await viewer.ask('POST', '/orgs/acme/connections/acme-hubspot/runs', {})).toMatchObject({
    status: 403,
    body: { code: 'role-missing' },
  });
});
