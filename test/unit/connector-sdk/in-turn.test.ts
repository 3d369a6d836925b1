import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inTurn } from '../../../src/connector-sdk/in-turn.ts';

test('nothing begins before what was asked for earlier has ended, and a failure holds nothing up', async () => {
  const alone = inTurn();
  const steps: string[] = [];
  const work = (name: string, ms: number) => async (): Promise<string> => {
    steps.push(`${name} begins`);
    await delay(ms);
    steps.push(`${name} ends`);
    if (name === 'second') throw new Error('second');
    return name;
  };
  const results = await Promise.allSettled([
    alone(work('first', 20)),
    alone(work('second', 1)),
    alone(work('third', 1)),
  ]);
  expect(steps).toEqual(['first begins', 'first ends', 'second begins', 'second ends', 'third begins', 'third ends']);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
