import { expect, test } from 'vitest';
import { QuotaExhaustedError } from '../../../src/connector-sdk/index.ts';
import { createGovernor, type OpenGovernor } from '../../../src/connector-sdk/governor.ts';
import { dailyPoolOf, resumeAt } from '../../../src/db/queries/daily-pool.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { writesOf } from '../../support/loop-calls.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { instant } from '../../../src/cli/text.ts';
import { leaveCalls, quotaOf, statusOf, toAfternoon } from '../../support/loop-quota.ts';

const pull = { objects: [] };
const minute = 60_000;
const never = (): AbortSignal => new AbortController().signal;

/** Contacts that have a score of ours. */
const written = (loop: Loop): number[] =>
  handsOf(loop)
    .living()
    .flatMap(({ id, properties }) => (properties['leadloop_score'] === undefined ? [] : [id]));

/** Of 20,000 calls a day half are ours, and of these 1,000 are kept for what is urgent. */
const quota = { dailyShare: 0.5, stopAtOrgUse: 1, urgentReserve: 0.1 };
const limits = { daily: 20_000, tenSecondly: Infinity };

const property = ({ crm }: Loop, id: number, name: string): string | undefined =>
  crm.store.contacts.get(id)?.properties[name];

test(
  'with 1,000 calls left and 5,000 records to push, tier and MQL changes are in the CRM, the rest waits and is told, and follows after the reset',
  { timeout: 180_000 },
  async () => {
    await using loop = await startLoop({ sandbox: { contacts: 5_000, limits }, pull, quota });
    toAfternoon(loop);
    const hands = handsOf(loop);
    await loop.sync();
    loop.clock.advance(5 * minute);
    expect(await loop.sync()).toMatchObject({ status: 'succeeded' });
    const ids = hands
      .living()
      .map(({ id }) => id)
      .slice(0, 5_000);
    const [demos, tiers, scores] = [ids.slice(0, 100), ids.slice(100, 300), ids.slice(300)];
    const before = new Map(tiers.map((id) => [id, property(loop, id, 'leadloop_tier')]));
    for (const id of demos) {
      hands.edit(id, { recent_conversion_event_name: 'Request a Demo: Demo Request', leadloop_is_mql: 'false' });
    }
    for (const id of tiers) hands.edit(id, { leadloop_tier: 'nobody knows' });
    for (const id of scores) hands.edit(id, { leadloop_score: '-99' });
    loop.clock.advance(5 * minute);
    await loop.sync({ pullOnly: true });
    const waiting = ids.length - scores.length;
    expect(await quotaOf(loop)).toMatchObject({ waits: null });

    await leaveCalls(loop, 10_000, 1_000);
    loop.crm.requests.reset();
    const stopped = await loop.sync();
    expect(stopped).toMatchObject({ status: 'failed', failure: { code: 'crm-quota-exhausted' } });
    expect(stopped.failure?.remedy).toContain('quota.urgentReserve');
    expect(stopped.counts.pushed).toBe(waiting);
    // Nothing but the three full calls.
    expect(loop.crm.requests.entries()).toHaveLength(3);
    for (const id of demos) expect(property(loop, id, 'leadloop_is_mql')).toBe('true');
    for (const [id, tier] of before) expect(property(loop, id, 'leadloop_tier')).toBe(tier);
    for (const id of scores) expect(property(loop, id, 'leadloop_score')).toBe('-99');

    const state = await quotaOf(loop);
    expect(state.pool).toMatchObject({ max: 20_000, share: 10_000, used: 9_003, left: 0, leftForUrgent: 997 });
    expect(state.waits).toMatchObject({ reason: 'reserve', pushes: scores.length, until: stopped.nextTryAt });
    expect(state.waiting.reduce((sum, { count }) => sum + count, 0)).toBe(scores.length);
    for (const { priority } of state.waiting) expect(priority).toBeGreaterThan(0);
    await saysWhatWaits(loop, scores.length, stopped.nextTryAt!);
    const resume = async () =>
      loop.db.database.transaction(loop.orgId, (tx) => resumeAt(tx, loop.connectionId, loop.services.now()));
    expect(await resume()).toEqual(stopped.nextTryAt);

    // A restart forgets nothing: no call is made to find out.
    loop.crm.requests.reset();
    expect(await loop.sync()).toMatchObject({ status: 'failed', counts: { apiCalls: 0 } });
    expect(loop.crm.requests.entries()).toEqual([]);

    loop.clock.advance(stopped.nextTryAt!.getTime() - loop.clock.now() + 1_000);
    expect(await loop.sync()).toMatchObject({ status: 'succeeded', failure: null });
    for (const id of scores) expect(property(loop, id, 'leadloop_score')).not.toBe('-99');
    expect(await quotaOf(loop)).toMatchObject({ waiting: [], waits: null });
    const after = await statusOf(loop);
    expect(after.connection).toMatchObject({ quota: { waits: null, remedy: null } });
    expect(after.text).not.toMatch(/waits|waiting/u);
    expect(await resume()).toBeNull();
  },
);

/** `leadloop status`: how much waits for calls and how urgent it is, until when, why, and what could be done. */
async function saysWhatWaits(loop: Loop, records: number, until: Date): Promise<void> {
  const { connection, text } = await statusOf(loop);
  expect(connection).toMatchObject({
    waiting: { urgent: 0 },
    quota: {
      waits: { reason: 'reserve', pushes: records, until },
      remedy: expect.stringContaining('quota.dailyShare'),
    },
  });
  const { hot, scores } = connection.waiting;
  expect(hot + scores).toBe(records);
  const held = [hot > 0 ? `${hot} hot with a new score` : [], `${scores.toLocaleString('en-US')} with a new score`];
  expect(text).toMatch(/quota +9,003 of our 10,000 calls used, none left and 997 for a new status or tier/u);
  expect(text).toContain(
    `${held.flat().join(', ')} until ${instant(until)} UTC: what is left of the calls is kept for a new status or tier`,
  );
  expect(text).toContain('→ Wait for the reset, or raise quota.dailyShare or lower quota.urgentReserve');
}

test('where the pool allows it, urgent writes and others share their calls', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 130 }, pull });
  toAfternoon(loop);
  const hands = handsOf(loop);
  await loop.sync();
  loop.clock.advance(5 * minute);
  await loop.sync();
  const ids = written(loop);
  for (const id of ids.slice(0, 30)) hands.edit(id, { leadloop_tier: 'nobody knows' });
  for (const id of ids.slice(30)) hands.edit(id, { leadloop_score: '-99' });
  loop.clock.advance(5 * minute);
  loop.crm.requests.reset();
  expect((await loop.sync()).counts).toMatchObject({ pushed: ids.length });
  expect(ids.length).toBeGreaterThan(100);
  expect(writesOf(loop.crm)).toBe(2);
});

test('the scores of hot leads are written before others', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 200 }, pull });
  toAfternoon(loop);
  const hands = handsOf(loop);
  await loop.sync();
  for (const id of written(loop).slice(0, 5)) {
    const demo = { recent_conversion_event_name: 'Request a Demo: Demo Request' };
    hands.edit(id, { jobtitle: 'Superintendent', hs_email_click: '60', hs_email_open: '60', ...demo });
  }
  loop.clock.advance(5 * minute);
  await loop.sync();
  const ids = written(loop);
  const hot = ids.filter((id) => property(loop, id, 'leadloop_tier') === 'hot');
  expect(hot.length).toBeGreaterThan(0);
  for (const id of ids) hands.edit(id, { leadloop_score: '-99' });
  loop.clock.advance(5 * minute);
  await loop.sync({ pullOnly: true });
  const lanes = await loop.db.sql<{ id: string; priority: number }>(
    `select external_id as id, priority from push_states where state = 'pending' and object = 'contacts'`,
  );
  const first = lanes.filter(({ priority }) => priority === 1).map(({ id }) => Number(id));
  expect(new Set(first)).toEqual(new Set(hot));
  expect(lanes.every(({ priority }) => priority === 1 || priority === 2)).toBe(true);
});

test('a day that is used up while it is read still ends with what is urgent', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 300, limits }, pull, quota });
  toAfternoon(loop);
  const hands = handsOf(loop);
  await loop.sync();
  loop.clock.advance(5 * minute);
  await loop.sync();
  const [first, second] = hands.living();
  hands.edit(first!.id, { leadloop_tier: 'nobody knows' });
  loop.clock.advance(5 * minute);
  await loop.sync({ pullOnly: true });
  hands.edit(second!.id, { leadloop_tier: 'nobody knows' });
  // The schemas that we know are old by now: they are read again, from the reserve.
  loop.clock.advance(61 * minute);
  await leaveCalls(loop, 10_000, 1_000);
  expect(await loop.sync()).toMatchObject({ status: 'failed', counts: { pushed: 1 } });
  expect(property(loop, first!.id, 'leadloop_tier')).not.toBe('nobody knows');
  // With nothing urgent in hand not even that.
  loop.clock.advance(61 * minute);
  loop.crm.requests.reset();
  expect(await loop.sync()).toMatchObject({ status: 'failed', counts: { apiCalls: 0 } });
  expect(loop.crm.requests.entries()).toEqual([]);
});

test('two sessions at once stay within the share, and use all of it', async () => {
  const small = { dailyLimit: 150, dailyShare: 0.5, stopAtOrgUse: 1, urgentReserve: 0 };
  await using loop = await startLoop({ sandbox: { contacts: 5 }, pull, quota: small });
  toAfternoon(loop);
  const [id] = handsOf(loop)
    .living()
    .map((record) => String(record.id));
  const work = async (): Promise<void> => {
    await using session = await loop.open();
    for (;;) await session.connector.read({ object: 'contacts', ids: [id!], fields: ['email'], signal: never() });
  };
  const both = await Promise.allSettled([work(), work()]);
  for (const one of both) expect(one).toMatchObject({ reason: expect.any(QuotaExhaustedError) });
  expect(loop.crm.requests.entries().length).toBeLessThanOrEqual(75);
  await expect(work()).rejects.toBeInstanceOf(QuotaExhaustedError);
  expect(loop.crm.requests.entries()).toHaveLength(75);
});

test('any number of processes on one Postgres never get more calls than our share, and one that is struck down loses a chunk at most', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 1 }, pull });
  toAfternoon(loop);
  const { db, orgId, connectionId, clock } = loop;
  const budget = 2_000;
  const open = (): OpenGovernor => {
    const now = (): Date => new Date(clock.now());
    const pool = dailyPoolOf(db.database, { orgId, connectionId, timeZone: 'Europe/Berlin', now });
    const daily = { share: 0.5, stopAtOrgUse: 1, urgentReserve: 0, limit: 2 * budget, pool };
    return createGovernor({ limits: {}, daily, now, sleep: (ms, signal) => clock.sleep(ms, signal) });
  };
  let calls = 0;
  const use = async (governor: OpenGovernor, most: number): Promise<boolean> => {
    try {
      for (let call = 0; call < most; call += 1) {
        await governor.admit('any', never());
        calls += 1;
      }
      return true;
    } catch (error) {
      if (error instanceof QuotaExhaustedError) return false;
      throw error;
    }
  };
  const machines = Array.from({ length: 5 }, open);
  await Promise.all(machines.map(async (machine, at) => use(machine, 60 + 70 * at)));
  const [struck, ...others] = machines;
  expect(struck!.admitted).toBe(60);
  await Promise.all(others.map(async (machine) => use(machine, 10_000)));
  for (const machine of others) await machine[Symbol.asyncDispose]();
  await using last = open();
  expect(await use(last, 10_000)).toBe(false);
  expect(calls).toBeLessThanOrEqual(budget);
  expect(calls).toBeGreaterThanOrEqual(budget - 50);
  const [pool] = await db.sql('select used from daily_pools where connection_id = $1', [connectionId]);
  expect(pool).toEqual({ used: budget });
  // Midnight in Berlin.
  clock.advance(25 * 3_600_000);
  expect(await use(last, 1)).toBe(true);
});
