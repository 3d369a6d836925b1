import { expect, onTestFinished, test } from 'vitest';
import type { CronSchedule } from '../../../src/scheduler/cron.ts';
import { type Planned, runScheduler, type SchedulerOptions } from '../../../src/scheduler/scheduler.ts';
import type { Wakeup } from '../../../src/scheduler/wakeup.ts';

const now = new Date('2026-11-27T10:00:00Z');

const acme: Planned = {
  key: 'acme/acme-hubspot',
  kind: 'sync',
  orgId: 'org-1',
  subjectId: 'connection-1',
  schedule: '*/15 * * * *',
  timeZone: 'America/New_York',
  lastTickAt: now,
  heldBy: null,
};

/** A process whose clock and cron are in the test's hand. */
function scheduler(chosen: Partial<SchedulerOptions> = {}) {
  const controller = new AbortController();
  const tasks: { schedule: CronSchedule; tick: (at: Date) => void; isStopped: boolean }[] = [];
  const said: string[] = [];
  const woken: Wakeup[] = [];
  const world = { now, planned: [acme] as readonly Planned[] };
  const ended = runScheduler({
    listPlanned: async () => world.planned,
    listDue: async () => [],
    queue: {
      wake: async (wakeup) => woken.push(wakeup) > 0,
    },
    now: () => world.now,
    log: (level, message, fields) => said.push(`${level} ${message} ${JSON.stringify(fields)}`),
    signal: controller.signal,
    lookAroundMs: 5,
    startCron: (schedule, tick) => {
      const task = { schedule, tick, isStopped: false };
      tasks.push(task);
      return { stop: () => void (task.isStopped = true) };
    },
    ...chosen,
  });
  onTestFinished(() => controller.abort());
  return {
    said,
    woken,
    world,
    live: () => tasks.filter(({ isStopped }) => !isStopped),
    look: () => new Promise((resolve) => setTimeout(resolve, 25)),
    stop: async () => {
      controller.abort();
      await ended;
    },
  };
}

test('a tick is a wake-up with the instant of its schedule', async () => {
  const { live, look, woken } = scheduler();
  await look();
  expect(live().map(({ schedule }) => schedule)).toEqual([
    { expression: '*/15 * * * *', timeZone: 'America/New_York' },
  ]);
  const tickAt = new Date('2026-11-27T10:15:00Z');
  live()[0]!.tick(tickAt);
  await look();
  expect(woken).toEqual([
    { kind: 'sync', orgId: 'org-1', subjectId: 'connection-1', tickAt: '2026-11-27T10:15:00.000Z' },
  ]);
});

test('what has no schedule is left alone', async () => {
  const listPlanned = async () => [{ ...acme, schedule: null, lastTickAt: null }];
  const { live, look, woken } = scheduler({ listPlanned });
  await look();
  expect([live(), woken]).toEqual([[], []]);
});

test('what has never run does not wait for its tick', async () => {
  const { look, woken, stop } = scheduler({ listPlanned: async () => [{ ...acme, lastTickAt: null }] });
  await look();
  await stop();
  expect(woken[0]).toMatchObject({ subjectId: 'connection-1', tickAt: now.toISOString() });
});

test('ticks that nobody fired are made good by one run; one that is on its way is not missed', async () => {
  const { look, woken, world, stop } = scheduler();
  world.now = new Date('2026-11-27T10:15:19Z');
  await look();
  expect(woken).toEqual([]);
  world.now = new Date('2026-11-27T13:00:00Z');
  await look();
  expect(woken[0]).toMatchObject({ tickAt: '2026-11-27T13:00:00.000Z' });
  await stop();
});

test('a missed tick is the same one in every scheduler, whenever it looks', async () => {
  const ticksOf = async (time: string, lastTickAt: Date | null) => {
    const { look, woken, stop } = scheduler({
      now: () => new Date(time),
      listPlanned: async () => [{ ...acme, schedule: '0 3 * * *', lastTickAt }],
    });
    await look();
    await stop();
    return [...new Set(woken.map(({ tickAt }) => tickAt))];
  };
  const aWeekAgo = new Date('2026-11-20T08:00:00Z');
  for (const lastTickAt of [aWeekAgo, null]) {
    expect(await ticksOf('2026-11-27T09:15:20Z', lastTickAt)).toEqual(['2026-11-27T08:00:00.000Z']);
    expect(await ticksOf('2026-11-27T09:15:27Z', lastTickAt)).toEqual(['2026-11-27T08:00:00.000Z']);
  }
  expect(await ticksOf('2026-11-27T09:15:27Z', new Date('2026-11-27T08:00:00Z'))).toEqual([]);
});

test('a pause counts without a restart, for ticks and for missed ones, and so does its end', async () => {
  const { look, live, woken, world, said, stop } = scheduler();
  world.planned = [{ ...acme, heldBy: 'somebody looks at it', lastTickAt: null }];
  await look();
  live()[0]?.tick(now);
  await look();
  expect(woken).toEqual([]);
  expect(said.at(-1)).toContain('somebody looks at it');
  world.planned = [acme];
  await look();
  live()[0]!.tick(now);
  await look();
  expect(woken).toHaveLength(1);
  await stop();
});

test('a new schedule or time zone replaces the old one, and what is gone has none', async () => {
  const { look, live, world, stop } = scheduler();
  await look();
  world.planned = [{ ...acme, schedule: '0 * * * *' }];
  await look();
  expect(live().map(({ schedule }) => schedule.expression)).toEqual(['0 * * * *']);
  world.planned = [{ ...acme, schedule: '0 * * * *', timeZone: 'Asia/Tokyo' }];
  await look();
  expect(live().map(({ schedule }) => schedule.timeZone)).toEqual(['Asia/Tokyo']);
  world.planned = [];
  await look();
  expect(live()).toEqual([]);
  await stop();
});

test('what is due without a schedule is woken at each look', async () => {
  const due: Wakeup = { kind: 'rescore', orgId: 'org-1', subjectId: 'org-1', tickAt: null };
  const { look, woken, stop } = scheduler({ listDue: async () => [due] });
  await look();
  await stop();
  expect(woken.length).toBeGreaterThan(1);
  expect(woken[0]).toEqual(due);
});

test('a database that is away stops nothing, is said without its words, and the schedules stay', async () => {
  let isAway = false;
  const { look, live, said, stop } = scheduler({
    listPlanned: async () => {
      if (isAway) throw new Error('connection of jane@district.example lost');
      return [acme];
    },
  });
  await look();
  isAway = true;
  await look();
  expect(live()).toHaveLength(1);
  expect(said.at(-1)).toContain('trying again');
  expect(said.join()).not.toContain('jane');
  await stop();
});

test('the end stops every schedule', async () => {
  const { look, live, stop } = scheduler();
  await look();
  await stop();
  expect(live()).toEqual([]);
});
