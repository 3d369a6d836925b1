import { expect, test } from 'vitest';
import { nextRuns, startCron } from '../../../src/scheduler/cron.ts';

test('six fields count seconds', () => {
  const [next, after] = nextRuns({ expression: '*/10 * * * * *', timeZone: 'UTC' }, 2);
  const wait = next!.getTime() - Date.now();
  expect(wait).toBeGreaterThan(-1_000);
  expect(wait).toBeLessThanOrEqual(10_000);
  expect(after!.getTime() - next!.getTime()).toBe(10_000);
});

test('the time zone decides when a day begins', () => {
  const [next] = nextRuns({ expression: '0 0 * * *', timeZone: 'Asia/Tokyo' }, 1);
  expect(next!.getUTCHours()).toBe(15);
});

test('a tick says which instant of the schedule it is, not when it came', async () => {
  const ticked = Promise.withResolvers<Date>();
  const task = startCron({ expression: '* * * * * *', timeZone: 'UTC' }, ticked.resolve);
  expect((await ticked.promise).getUTCMilliseconds()).toBe(0);
  task.stop();
});
