import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../src/model/errors.ts';
import { noCounts } from '../../../src/model/run.ts';
import type { CronSchedule } from '../../../src/scheduler/cron.ts';
import type { EndedRun } from '../../../src/record-run.ts';
import { type ScheduledJob, type ServeJobs, serveJobs } from '../../../src/scheduler/serve.ts';

const acme: Omit<ScheduledJob, 'run'> = {
  key: 'acme/acme-hubspot',
  schedule: '*/10 * * * * *',
  timeZone: 'America/New_York',
  pausedReason: null,
};

const report: EndedRun = {
  runId: 'run-1',
  status: 'succeeded',
  counts: noCounts,
  failure: null,
  nextTryAt: null,
};

/** A process whose clock and cron are in the test's hand. */
function daemon({
  sync = async () => report,
  ...chosen
}: Partial<ServeJobs> & { readonly sync?: ScheduledJob['run'] } = {}) {
  const controller = new AbortController();
  const tasks: { schedule: CronSchedule; tick: () => void; isStopped: boolean }[] = [];
  const said: string[] = [];
  const world = { now: new Date('2026-11-22T10:00:00Z'), jobs: [acme] };
  const serving = serveJobs({
    listJobs: async () => world.jobs.map((job) => ({ ...job, run: sync })),
    now: () => world.now,
    log: (level, message, fields) => said.push(`${level} ${message} ${JSON.stringify(fields)}`),
    signal: controller.signal,
    startCron: (schedule, tick) => {
      const task = { schedule, tick, isStopped: false };
      tasks.push(task);
      return { nextRunAt: () => (task.isStopped ? null : world.now), stop: () => void (task.isStopped = true) };
    },
    ...chosen,
  });
  const live = () => tasks.filter(({ isStopped, schedule }) => !isStopped && schedule.expression !== '* * * * *');
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    serving,
    said,
    world,
    live,
    settle,
    stop: () => controller.abort(),
    tick: async () => {
      live().forEach((task) => task.tick());
      await settle();
    },
  };
}

describe('serveJobs', () => {
  test('runs each scheduled job at the start and at each tick, in its time zone', async () => {
    const sync = vi.fn<ScheduledJob['run']>(async () => report);
    const { tick, live, settle, stop, serving } = daemon({ sync });
    await settle();
    expect(sync).toHaveBeenCalledTimes(1);
    expect(live().map(({ schedule }) => schedule)).toEqual([
      { expression: '*/10 * * * * *', timeZone: 'America/New_York' },
    ]);
    await tick();
    await tick();
    expect(sync).toHaveBeenCalledTimes(3);
    stop();
    await serving.ended;
  });

  test('leaves jobs without a schedule alone', async () => {
    const sync = vi.fn<ScheduledJob['run']>(async () => report);
    const { settle, stop, serving } = daemon({ listJobs: async () => [{ ...acme, run: sync, schedule: null }] });
    await settle();
    stop();
    await serving.ended;
    expect(sync).not.toHaveBeenCalled();
  });

  test('skips a tick while a run is under way, and says so', async () => {
    const gate = Promise.withResolvers<EndedRun>();
    const sync = vi.fn<ScheduledJob['run']>(() => gate.promise);
    const { tick, said, settle, stop, serving } = daemon({ sync });
    await settle();
    await tick();
    expect(sync).toHaveBeenCalledTimes(1);
    expect(serving.isRunning(acme.key)).toBe(true);
    expect(said).toContainEqual(expect.stringContaining('still under way'));
    gate.resolve(report);
    stop();
    await serving.ended;
    expect(serving.isRunning(acme.key)).toBe(false);
  });

  test('a pause counts from the next tick on, and so does its end', async () => {
    const sync = vi.fn<ScheduledJob['run']>(async () => report);
    const { tick, world, said, settle, stop, serving } = daemon({ sync });
    await settle();
    world.jobs = [{ ...acme, pausedReason: 'somebody looks at it' }];
    await tick();
    expect(sync).toHaveBeenCalledTimes(1);
    expect(said.at(-1)).toContain('paused');
    world.jobs = [acme];
    await tick();
    expect(sync).toHaveBeenCalledTimes(2);
    stop();
    await serving.ended;
  });

  test('a new schedule replaces the old one, and a job that is gone has none', async () => {
    const { world, tick, live, settle, stop, serving } = daemon();
    await settle();
    world.jobs = [{ ...acme, schedule: '0 * * * *' }];
    await tick();
    expect(live().map(({ schedule }) => schedule.expression)).toEqual(['0 * * * *']);
    world.jobs = [];
    await tick();
    expect(live()).toEqual([]);
    expect(serving.nextRunAt(acme.key)).toBeNull();
    stop();
    await serving.ended;
  });

  test('no failure ends the loop; each is logged with what to do', async () => {
    const failure = new AppError('push-field', 'The field cannot be used.', {
      recovery: 'fix-config',
      remedy: 'Map it elsewhere.',
    });
    const sync = vi
      .fn<ScheduledJob['run']>()
      .mockRejectedValueOnce(failure)
      .mockRejectedValueOnce(new TypeError('not a function'))
      .mockResolvedValue(report);
    const { tick, said, settle, stop, serving } = daemon({ sync });
    await settle();
    await tick();
    await tick();
    expect(sync).toHaveBeenCalledTimes(3);
    expect(said[0]).toMatch(/warn run failed .*push-field.*fix-config.*Map it elsewhere/);
    expect(said[1]).toMatch(/warn run failed .*TypeError.*report-bug/);
    expect(said[2]).toContain('info run ended');
    stop();
    await serving.ended;
  });

  test('a database that is away skips the tick and is asked again', async () => {
    const sync = vi.fn<ScheduledJob['run']>(async () => report);
    const listJobs = vi
      .fn<ServeJobs['listJobs']>()
      .mockResolvedValueOnce([{ ...acme, run: sync }])
      .mockRejectedValueOnce(new Error('no answer'))
      .mockResolvedValue([{ ...acme, run: sync }]);
    const { tick, said, settle, stop, serving } = daemon({ listJobs, runAtStart: false });
    await settle();
    await tick();
    expect(sync).not.toHaveBeenCalled();
    expect(said[0]).toContain('cannot be listed');
    await tick();
    expect(sync).toHaveBeenCalledTimes(1);
    stop();
    await serving.ended;
  });

  test('an exhausted quota is waited for', async () => {
    const resetAt = new Date('2026-11-23T00:00:00Z');
    const sync = vi.fn<ScheduledJob['run']>(async () => ({ ...report, nextTryAt: resetAt }));
    const { tick, world, said, settle, stop, serving } = daemon({ sync });
    await settle();
    await tick();
    expect(sync).toHaveBeenCalledTimes(1);
    expect(said.at(-1)).toContain('waiting for the quota');
    world.now = resetAt;
    await tick();
    expect(sync).toHaveBeenCalledTimes(2);
    stop();
    await serving.ended;
  });

  test('draining hands the abort to the run and waits for it', async () => {
    const order: string[] = [];
    const sync = async (signal: AbortSignal): Promise<EndedRun> => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      order.push('run stopped');
      return { ...report, status: 'cancelled' };
    };
    const { settle, stop, serving } = daemon({ sync });
    await settle();
    stop();
    await serving.ended;
    order.push('ended');
    expect(order).toEqual(['run stopped', 'ended']);
  });

  test('a run that does not stop is left behind after the grace period', async () => {
    const { settle, said, stop, serving } = daemon({ sync: () => new Promise(() => undefined), graceMs: 5 });
    await settle();
    stop();
    await serving.ended;
    expect(said.at(-1)).toContain('acme/acme-hubspot');
  });
});
