import type { VirtualClock } from './connector-context.ts';
import type { DailyPool, PoolState } from '../../src/connector-sdk/daily-pool.ts';

const dayMs = 86_400_000;

/** As the database keeps it, in a variable: a turn is never taken beside another one. Its days end at midnight UTC. */
export function memoryPool(clock: Pick<VirtualClock, 'now'>, used = 0): DailyPool & { readonly state: PoolState } {
  const midnight = (): Date => new Date((Math.floor(clock.now() / dayMs) + 1) * dayMs);
  const account = { max: null, remaining: null, observedAt: null, resetAt: null };
  let state: PoolState = { day: 1, endsAt: midnight(), used, account };
  return {
    get state() {
      return state;
    },
    async change(change) {
      // Others come in between, but never inside.
      await Promise.resolve();
      const changed = change(state, midnight());
      ({ state } = changed);
      await Promise.resolve();
      return changed;
    },
  };
}
