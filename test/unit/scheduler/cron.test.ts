import { expect, test } from 'vitest';
import { startCron } from '../../../src/scheduler/cron.ts';

test('a tick says which instant of the schedule it is, not when it came', async () => {
  const ticked = Promise.withResolvers<Date>();
  const task = startCron({ expression: '* * * * * *', timeZone: 'UTC' }, ticked.resolve);
  expect((await ticked.promise).getUTCMilliseconds()).toBe(0);
  task.stop();
});
