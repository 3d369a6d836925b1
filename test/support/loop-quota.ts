import { type QuotaState, quotaStates } from '../../src/quota-state.ts';
import type { Loop } from './loop.ts';

/** So many calls are left of our share of the day, whoever has made the others. */
export async function leaveCalls(loop: Pick<Loop<unknown>, 'db' | 'connectionId'>, share: number, left: number) {
  await loop.db.sql('update daily_pools set used = $2 where connection_id = $1', [loop.connectionId, share - left]);
}

/** What `status` is told of the connection. */
export async function quotaOf(
  loop: Pick<Loop<unknown>, 'db' | 'orgId' | 'connectionId' | 'clock'>,
): Promise<QuotaState> {
  const states = await quotaStates(loop.db.database, loop.orgId, new Date(loop.clock.now()));
  return states.find(({ connectionId }) => connectionId === loop.connectionId)!;
}
