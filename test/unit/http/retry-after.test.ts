import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { sendProblem } from '../../../src/http/api/problem.ts';
import { AppError, type Recovery } from '../../../src/model/errors.ts';

async function answerTo(code: string, recovery: Recovery) {
  const app = Fastify();
  app.get('/', (_, reply) => sendProblem(reply, new AppError(code, 'No.', { recovery, remedy: 'Do this.' })));
  const { statusCode, headers } = await app.inject('/');
  return [statusCode, headers['retry-after']];
}

test('who is to send it again is told when, and nobody else is', async () => {
  expect(await answerTo('ingest-busy', 'retry')).toEqual([503, '5']);
  expect(await answerTo('queue-missing', 'fix-config')).toEqual([503, undefined]);
  expect(await answerTo('route-unknown', 'fix-config')).toEqual([404, undefined]);
});
