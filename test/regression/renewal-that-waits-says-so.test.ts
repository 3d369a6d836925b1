// Wrong: who waited for another process's renewal got a bare time-out, before the error that says what to do.
import { expect, test, vi } from 'vitest';
import type { Database } from '../../src/db/tx.ts';
import { renewCredentials } from '../../src/renew-credentials.ts';
import { createSealer } from '../../src/secrets/seal.ts';

test('a lock that is never released ends as renewal-busy, however long the looks at it take', async () => {
  const sealer = createSealer([{ id: 'test', bytes: Buffer.alloc(32, 7) }]);
  const binding = { orgId: '1', connectionId: '2' };
  const unused = (): never => {
    throw new Error('nothing is read without the lock');
  };
  const database: Database = {
    transaction: unused,
    operator: unused,
    close: unused,
    lock: () => Promise.resolve(null),
  };
  // As `AbortSignal.timeout` is after its time: nothing that it is given to may wait any more.
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort(new Error('bare time-out')));
  try {
    const sleep = async (_ms: number, signal: AbortSignal): Promise<void> => signal.throwIfAborted();
    const renewing = renewCredentials({ database, sealer, sleep }, binding, (stored: object) =>
      Promise.resolve(stored),
    );
    await expect(renewing).rejects.toMatchObject({ code: 'renewal-busy', recovery: 'retry' });
  } finally {
    timeout.mockRestore();
  }
});
