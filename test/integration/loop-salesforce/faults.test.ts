import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/sandbox/server/random.ts';
import { FAULT_MENU } from '../../../src/sandbox/salesforce/index.ts';
import type { FaultOrder } from '../../../src/sandbox/salesforce/faults/faults.ts';
import { faultKind, type FaultName } from '../../../src/sandbox/salesforce/faults/menu.ts';
import type { RunReport } from '../../../src/sync/options.ts';
import { type LoopOptions, type SalesforceLoop, startSalesforceLoop } from '../../support/loop.ts';
import { reviveWrites, untilItRests } from '../../support/loop-faults.ts';
import { differences, type LoopState, stateOf } from '../../support/loop-state.ts';

const epoch = Date.now() - 3_600_000;
const portal = { leads: 30, contacts: 12, epoch };
/** More than go into one call, so that a job is worth it. */
const crowd = { leads: 212, contacts: 3, epoch };
const pull = { objects: ['CampaignMember', 'Task'] };
const connector = { requestTimeoutSeconds: 1 };

/** With a database of its own: one for all would grow with every case. */
const start = (more: LoopOptions = {}): Promise<SalesforceLoop> =>
  startSalesforceLoop({ sandbox: portal, pull, connector, ...more });

const startFor = ({ phase }: Case): Promise<SalesforceLoop> =>
  phase === 'writing in bulk' ? startSalesforceLoop({ sandbox: crowd, pull, connector, massFrom: 200 }) : start();

async function undisturbed(): Promise<LoopState> {
  await using loop = await start();
  await untilItRests(loop);
  return await stateOf(loop);
}

/** What is read as of an hour ago is read anew, and once a day all of it. */
const aDayAndMore = 25 * 3_600_000;

type Phase = 'reading' | 'writing' | 'writing in bulk';

interface Case {
  readonly name: FaultName;
  readonly phase: Phase;
  readonly order: FaultOrder;
  /** What comes with it. */
  readonly also?: FaultOrder;
  /** What has gone well before: nothing, one sync, the making of our fields, or the same phase of the object before. */
  readonly after: 'nothing' | 'a sync' | 'the fields' | 'leads';
  /** False = it has nothing to strike. */
  readonly strikes: boolean;
}

const paths: Readonly<Record<Phase, string>> = {
  reading: '/(query|queryAll)\\?|/updated/|/jobs/query',
  writing: '/composite/sobjects$',
  'writing in bulk': '/jobs/ingest',
};
const phases = Object.keys(paths) as Phase[];

/** What a person mends fails the run once, and so does what no repetition can pass; the rest passes by itself. */
const once: readonly FaultName[] = [
  'request-limit',
  'session-not-for-rest',
  'password-expired',
  'api-disabled',
  'invalid-grant',
  '401-xml',
  'query-timeout',
];

/** Of what only the status or the page of an answer tells apart, one is enough for a job. */
const alsoInBulk: readonly FaultName[] = [
  'request-limit',
  'concurrent-limit',
  '503-html',
  'socket-reset',
  'hang',
  'slow-body',
  'truncated-json',
  'applied-but-reset',
];

function everywhere(name: FaultName): readonly Case[] {
  const common = { name, count: once.includes(name) ? 1 : 2, ...(name === 'slow-body' && { ms: 50 }) };
  const struck = phases.filter((phase) => phase !== 'writing in bulk' || alsoInBulk.includes(name));
  return struck.map((phase) => {
    const order = { ...common, path: paths[phase], after: phase === 'reading' ? 3 : 0 };
    return { name, phase, order, after: 'nothing', strikes: true };
  });
}

const reading = { phase: 'reading', after: 'nothing', strikes: true } as const;
const writing = { phase: 'writing', after: 'nothing', strikes: true } as const;
const bulk = { phase: 'writing in bulk', after: 'nothing', strikes: true } as const;

/** Those that strike only what they are made for. */
const special: Readonly<Partial<Record<FaultName, readonly Omit<Case, 'name'>[]>>> = {
  // The token has to be older than the fault: the one of the run itself expires.
  'session-expired': [
    { ...reading, order: { name: 'session-expired', path: paths.reading, count: 2 }, after: 'leads' },
    { ...writing, order: { name: 'session-expired', path: paths.writing, count: 2 }, after: 'leads' },
    { ...bulk, order: { name: 'session-expired', path: paths['writing in bulk'], count: 2 }, after: 'leads' },
  ],
  'invalid-grant': [{ ...reading, order: { name: 'invalid-grant', count: 1 } }],
  'query-timeout': [{ ...reading, order: { name: 'query-timeout', count: 2 }, after: 'a sync' }],
  // Pages are asked for by their place, not by a locator: there is none that could expire.
  'invalid-locator': [{ ...reading, order: { name: 'invalid-locator' }, strikes: false }],
  'row-fails': [
    { ...writing, order: { name: 'row-fails', row: 3, count: 2 } },
    { ...writing, order: { name: 'row-fails', row: 3, count: 2, code: 'UNKNOWN_EXCEPTION' } },
  ],
  'bulk-job-fails': [
    { ...reading, order: { name: 'bulk-job-fails', path: '/jobs/query$', count: 3 } },
    { ...bulk, order: { name: 'bulk-job-fails', path: '/jobs/ingest$', count: 1 } },
  ],
  'short-pages': [{ ...reading, order: { name: 'short-pages', rows: 7 } }],
  'field-hidden': [
    { ...reading, order: { name: 'field-hidden', field: 'Lead.Title' }, after: 'a sync' },
    { ...writing, order: { name: 'field-hidden', field: 'Lead.Leadloop_Reasons__c' }, after: 'the fields' },
  ],
  // A sandbox that is refreshed knows no session of the old one.
  'org-changed': [
    { ...reading, order: { name: 'org-changed' }, also: { name: 'session-expired' }, after: 'a sync' },
    { ...writing, order: { name: 'org-changed' }, also: { name: 'session-expired' }, after: 'leads' },
  ],
};

const cases: readonly Case[] = (Object.keys(FAULT_MENU) as FaultName[]).flatMap(
  (name) => special[name]?.map((one) => ({ name, ...one })) ?? everywhere(name),
);

const isAmbient = (name: FaultName): boolean => faultKind(name).phase === 'ambient';

async function prepare(loop: SalesforceLoop, { after }: Case): Promise<void> {
  if (after === 'a sync') await loop.sync();
  if (after !== 'the fields') return;
  // Ours are made first; then somebody takes one away, of which the cached schema does not know.
  await using session = await loop.open();
  const { signal } = new AbortController();
  await session.connector.account(signal);
  for (const object of ['Lead', 'Contact']) {
    await session.connector.ensureFields(object, session.definition.ownedFields[object] ?? [], signal);
    await session.connector.describe(object, signal);
  }
}

/** The first sync that the fault strikes. */
async function disturbed(loop: SalesforceLoop, { phase, order, also, after }: Case): Promise<RunReport> {
  let isActive = after !== 'leads';
  const activate = (): void => {
    isActive = true;
    for (const one of [order, also]) if (one !== undefined) loop.crm.faults.activate(one);
    // Only a session that is younger than the fault is spared.
    loop.clock.advance(1);
  };
  if (isActive) activate();
  // A job takes all leads at once: there is no progress between two of its calls.
  const running = phase === 'writing' ? 'push' : 'pull';
  return loop.sync({
    onProgress(progress) {
      if (!isActive && progress.phase === running && progress.object === 'Lead') activate();
    },
  });
}

/** What the same preparations and the same time come to without the fault. */
function references(): (one: Case) => Promise<LoopState> {
  const known = new Map<string, Promise<LoopState>>();
  const run = async (one: Case): Promise<LoopState> => {
    await using loop = await startFor(one);
    await prepare(loop, one);
    if (isAmbient(one.name)) {
      await loop.sync();
      loop.clock.advance(aDayAndMore);
    }
    await untilItRests(loop);
    return await stateOf(loop);
  };
  return (one) => {
    const size = one.phase === 'writing in bulk' ? 'crowd' : 'few';
    const fields = one.after === 'the fields' ? 'made' : 'new';
    const key = `${size} ${fields} ${isAmbient(one.name) ? 'long' : 'short'}`;
    const found = known.get(key) ?? run(one);
    known.set(key, found);
    return found;
  };
}

test('the matrix has every fault of the menu', () => {
  expect(new Set(cases.map(({ name }) => name))).toEqual(new Set(Object.keys(FAULT_MENU)));
});

test(
  'alone, in reading and in both ways of writing, every fault ends in the state of an undisturbed run',
  { timeout: 600_000 },
  async () => {
    const reference = references();
    const results: Record<string, readonly string[]> = {};
    for (const [index, one] of cases.entries()) {
      const { name, phase } = one;
      await using loop = await startFor(one);
      await prepare(loop, one);
      loop.clock.advance(5_000);
      const first = await disturbed(loop, one);
      const strikes = isAmbient(name) || loop.crm.faults.active().some(({ struck }) => struck > 0);
      expect({ name, phase, strikes }).toEqual({ name, phase, strikes: one.strikes });
      if (first.failure !== null) expect(first.failure.remedy + first.failure.recovery).not.toBe('');
      if (isAmbient(name)) {
        await loop.sync();
        loop.crm.faults.clear();
        await reviveWrites(loop);
        loop.clock.advance(aDayAndMore);
      }
      await untilItRests(loop);
      const found = differences(await stateOf(loop), await reference(one));
      // That a write was refused for good stays on record.
      const isMended = (line: string): boolean => name === 'field-hidden' && line.startsWith('rejected');
      results[`${index}: ${name} while ${phase}`] = found.filter((line) => !isMended(line));
    }
    expect(Object.fromEntries(Object.entries(results).filter(([, found]) => found.length > 0))).toEqual({});
  },
);

test('several faults at once end in the state of an undisturbed run', { timeout: 600_000 }, async () => {
  const reference = await undisturbed();
  const together = cases.filter(
    ({ after, strikes, phase }) => after === 'nothing' && strikes && phase !== 'writing in bulk',
  );
  for (let seed = 1; seed <= 10; seed += 1) {
    const random = seededRandom(seed);
    await using loop = await start();
    const chosen = Array.from({ length: 3 }, () => random.pick(together));
    for (const { name, order } of chosen) {
      loop.crm.faults.activate({ ...order, ...(isAmbient(name) ? {} : { probability: 0.6, seed }) });
    }
    await untilItRests(loop);
    loop.crm.faults.clear();
    await untilItRests(loop);
    const faults = chosen.map(({ name, phase }) => `${name} while ${phase}`);
    expect({ seed, faults, differences: differences(await stateOf(loop), reference) }).toEqual({
      seed,
      faults,
      differences: [],
    });
  }
});

test('a used-up day fails the run with the time of its next try, and then it goes on', async () => {
  const reference = await undisturbed();
  await using loop = await start();
  loop.crm.faults.activate({ name: 'request-limit', path: paths.writing });
  const stopped = await loop.sync();
  expect(stopped).toMatchObject({ status: 'failed', failure: { code: 'crm-quota-exhausted', recovery: 'retry' } });
  expect(stopped.nextTryAt!.getTime()).toBeGreaterThan(loop.clock.now());
  const [run] = await loop.db.sql(`select status, failure->>'code' as code from sync_runs where org_id = $1`, [
    loop.orgId,
  ]);
  expect(run).toEqual({ status: 'failed', code: 'crm-quota-exhausted' });
  loop.crm.faults.clear();
  loop.clock.advance(stopped.nextTryAt!.getTime() - loop.clock.now() + 1_000);
  await untilItRests(loop);
  expect(differences(await stateOf(loop), reference)).toEqual([]);
});

test('other integrations that have used up most of the day stop us at the share that we leave to the organisation', async () => {
  const reference = await undisturbed();
  const sandbox = { ...portal, limits: { dailyApiRequests: 1_000 }, usedByOthers: 900 };
  await using loop = await startSalesforceLoop({ sandbox, pull, quota: { stopAtOrgUse: 0.8 } });
  const stopped = await loop.sync();
  expect(stopped).toMatchObject({ status: 'failed', failure: { code: 'crm-quota-exhausted' } });
  expect(loop.crm.usage.used()).toBeLessThan(910);
  expect(stopped.nextTryAt!.getTime()).toBeGreaterThan(loop.clock.now());
  loop.crm.usage.others = 0;
  loop.clock.advance(stopped.nextTryAt!.getTime() - loop.clock.now() + 1_000);
  await untilItRests(loop);
  expect(differences(await stateOf(loop), reference)).toEqual([]);
});

test('a session that is dead for good asks for new credentials, and nothing is lost meanwhile', async () => {
  await using loop = await start();
  loop.crm.faults.activate({ name: 'session-dead', path: paths.reading });
  expect(await loop.sync()).toMatchObject({
    status: 'failed',
    failure: { code: 'crm-credentials', recovery: 'reauthorise' },
  });
  // One renewal a request, then it is given up.
  expect(loop.crm.requests.count('POST', /oauth2\/token/)).toBeLessThanOrEqual(3);
  loop.crm.faults.clear();
  await untilItRests(loop);
  expect(differences(await stateOf(loop), await undisturbed())).toEqual([]);
});

test('another organisation behind the same credentials is refused, and nothing is written to it', async () => {
  await using loop = await start({ push: 'plan' });
  await loop.sync();
  loop.clock.advance(5_000);
  for (const name of ['org-changed', 'session-expired'] as const) loop.crm.faults.activate({ name });
  loop.crm.requests.reset();
  const before = loop.written();
  for (const chosen of [{ pushOnly: true }, {}, { full: true }]) {
    expect(await loop.sync(chosen)).toMatchObject({
      status: 'failed',
      counts: { pulled: 0, pushed: 0 },
      failure: { recovery: 'fix-config', message: expect.stringContaining('another Salesforce organisation') },
    });
  }
  expect(loop.written()).toEqual(before);
  const written = loop.crm.requests.entries().filter(({ method, status }) => /P(ATCH|UT)/.test(method) && status < 300);
  expect(written).toEqual([]);
  loop.crm.faults.clear();
  const { counts, status } = await loop.sync({ pushOnly: true });
  expect(status).toBe('succeeded');
  expect(counts.pushed).toBeGreaterThan(30);
});

test('without the right to read leads the run fails and names what to grant', async () => {
  await using loop = await startSalesforceLoop({ sandbox: portal, pull });
  loop.crm.faults.activate({ name: 'api-disabled', path: '/sobjects/Lead/|Lead|jobs/query' });
  const report = await loop.sync();
  expect(report).toMatchObject({ status: 'failed', failure: { code: 'crm-permission', recovery: 'fix-config' } });
  expect(report.failure?.remedy).toContain('permission set');
});

test('an optional object without rights is left out, nothing of it is erased, and once granted all is read', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 120, contacts: 60 }, pull });
  await loop.sync();
  const told = async (): Promise<object[]> =>
    loop.db.sql(
      `select external_id, person, lead_id from engagement_events where external_id like 'Task:%' order by 1, 2`,
    );
  const before = await told();
  expect(before.length).toBeGreaterThan(25);
  loop.clock.advance(2 * 3_600_000);
  loop.crm.faults.activate({ name: 'api-disabled', path: '/sobjects/Task/|FROM%20Task|FROM Task|jobs/query' });
  for (const chosen of [{}, { full: true }]) {
    expect(await loop.sync(chosen)).toMatchObject({ status: 'succeeded', failure: null });
  }
  expect(await told()).toEqual(before);
  const [lead] = [...loop.crm.org.table('Lead').all()].filter(({ deletedAt }) => deletedAt === undefined);
  loop.crm.org.insert(
    loop.crm.org.table('Task').object,
    { WhoId: lead!.id, TaskSubtype: 'Call', Status: 'Completed', IsClosed: true, CompletedDateTime: loop.clock.now() },
    { by: 'somebody' },
  );
  loop.crm.faults.clear();
  loop.clock.advance(2 * 3_600_000);
  expect(await loop.sync()).toMatchObject({ status: 'succeeded' });
  expect(await told()).toHaveLength(before.length + 1);
});
