import { expect, test } from 'vitest';
import { startCron } from '../../../src/scheduler/cron.ts';

test('six fields count seconds; the next run is known; a stopped task has none', () => {
  const task = startCron({ expression: '*/10 * * * * *', timeZone: 'UTC' }, () => undefined);
  const wait = (task.nextRunAt()?.getTime() ?? 0) - Date.now();
  expect(wait).toBeGreaterThan(-1_000);
  expect(wait).toBeLessThanOrEqual(10_000);
  task.stop();
});

test('the time zone decides when a day begins', () => {
  const task = startCron({ expression: '0 0 * * *', timeZone: 'Asia/Tokyo' }, () => undefined);
  expect(task.nextRunAt()?.getUTCHours()).toBe(15);
  task.stop();
});

test('ticks', async () => {
  const ticked = Promise.withResolvers<void>();
  const task = startCron({ expression: '* * * * * *', timeZone: 'UTC' }, ticked.resolve);
  await expect(ticked.promise).resolves.toBeUndefined();
  task.stop();
});
