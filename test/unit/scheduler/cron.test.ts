import { expect, test } from 'vitest';
import { everySeconds, startCron } from '../../../src/scheduler/cron.ts';

test('a tick says which instant of the schedule it is, not when it came', async () => {
  const ticked = Promise.withResolvers<Date>();
  const task = startCron({ expression: '* * * * * *', timeZone: 'UTC' }, ticked.resolve);
  expect((await ticked.promise).getUTCMilliseconds()).toBe(0);
  task.stop();
});

test('so many seconds are rounded up to what divides a minute or an hour', () => {
  expect([5, 7, 20, 29, 30].map(everySeconds)).toEqual([5, 10, 20, 30, 30].map((step) => `*/${step} * * * * *`));
  expect([31, 60, 89, 600, 3_600].map(everySeconds)).toEqual([
    '0 */1 * * * *',
    '0 */1 * * * *',
    '0 */2 * * * *',
    '0 */10 * * * *',
    '0 0 * * * *',
  ]);
});
