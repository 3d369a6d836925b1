import { expect, test } from 'vitest';
import { AppError } from '../../../src/model/errors.ts';
import { noCounts } from '../../../src/model/run.ts';
import type { EndedRun } from '../../../src/record-run.ts';
import { type Look, startWorker } from '../../../src/scheduler/worker.ts';
import type { Wakeup } from '../../../src/scheduler/wakeup.ts';

const wakeup: Wakeup = { kind: 'sync', orgId: 'org-1', subjectId: 'connection-1', tickAt: null };
const ended: EndedRun = { runId: 'run-1', status: 'succeeded', counts: noCounts, failure: null, nextTryAt: null };

/** Hands one wake-up to a worker; resolves with what the queue sees, and what was logged. */
async function hand(look: Look, controller = new AbortController(), kind: 'sync' | 'asked' = 'sync') {
  const said: string[] = [];
  const handed: (() => Promise<void>)[] = [];
  const nobody: Look = async () => null;
  await startWorker({
    queue: {
      work: async (offered, _slots, lookAt) => {
        if (offered === kind) handed.push(() => lookAt({ ...wakeup, kind }));
      },
    },
    looks: { sync: look, asked: look, live: nobody, hints: nobody, rescore: nobody, import: nobody },
    slots: { sync: 1, asked: 1, live: 1, hints: 1, rescore: 1, import: 1 },
    log: (level, message, fields) => said.push(`${level} ${message} ${JSON.stringify(fields)}`),
    signal: controller.signal,
  });
  const outcome = await handed[0]!().then(
    () => 'done',
    (error: unknown) => error,
  );
  return { outcome, said: said.join('\n') };
}

const failure = (code: string, recovery: AppError['recovery']) =>
  new AppError(code, 'It did not work.', { recovery, remedy: 'Do this.' });

test('a run that has ended is done with, and so is one that failed and was recorded', async () => {
  expect(await hand(async () => ended)).toMatchObject({ outcome: 'done', said: expect.stringContaining('run ended') });
  const failed: EndedRun = {
    ...ended,
    status: 'failed',
    failure: { code: 'crm-credentials', message: 'No.', recovery: 'reauthorise', remedy: 'Renew them.' },
  };
  const { outcome, said } = await hand(async () => failed);
  expect(outcome).toBe('done');
  expect(said).toContain('Renew them.');
});

test('where somebody else runs it, or the tick has been run, there is nothing to do', async () => {
  for (const code of ['run-active', 'tick-done', 'connection-unknown']) {
    const { outcome, said } = await hand(() => Promise.reject(failure(code, 'retry')));
    expect(outcome).toBe('done');
    expect(said).toContain('debug');
  }
});

test('what a person has asked for is tried again where somebody else runs it: no schedule comes for it', async () => {
  const { outcome } = await hand(() => Promise.reject(failure('run-active', 'retry')), new AbortController(), 'asked');
  expect(outcome).toEqual(new Error('run-active: It did not work.'));
});

test('what may work in a moment is tried again; what a person has to mend waits for the next tick', async () => {
  const again = await hand(() => Promise.reject(failure('database-unavailable', 'retry')));
  expect(again.outcome).toEqual(new Error('database-unavailable: It did not work.'));
  const { outcome, said } = await hand(() => Promise.reject(failure('connection-unauthorised', 'reauthorise')));
  expect(outcome).toBe('done');
  expect(said).toContain('Do this.');
});

test('a mistake of ours is logged by its place, not its words, and tried again', async () => {
  const { outcome, said } = await hand(() => Promise.reject(new TypeError('jane@district.example is no number')));
  expect(outcome).toMatchObject({ message: expect.stringContaining('unexpected: TypeError in ') });
  expect(outcome).not.toHaveProperty('cause');
  expect(said).toContain('report-bug');
  expect(said).not.toContain('jane');
});

test('a process that ends leaves its run to another one', async () => {
  const controller = new AbortController();
  const { outcome, said } = await hand(async (_, signal) => {
    controller.abort();
    expect(signal.aborted).toBe(true);
    return { ...ended, status: 'cancelled' };
  }, controller);
  expect(outcome).toMatchObject({ name: 'AbortError' });
  expect(said).toContain('another process goes on with it');
});

test('a process that is ending takes nothing on', async () => {
  let looks = 0;
  const { outcome } = await hand(async () => {
    looks += 1;
    return ended;
  }, aborted());
  expect(outcome).toMatchObject({ name: 'AbortError' });
  expect(looks).toBe(0);
});

function aborted(): AbortController {
  const controller = new AbortController();
  controller.abort();
  return controller;
}
