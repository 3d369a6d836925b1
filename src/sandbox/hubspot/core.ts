import type { Auth } from './auth.ts';
import type { HubSpotFaults } from './faults/faults.ts';
import type { RateLimits } from './limits.ts';
import type { RequestLog } from '../server/request-log.ts';
import type { Store } from './store/store.ts';
import type { WriteRules } from './store/write.ts';
import type { MovableClock } from './time.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

interface BatchRules extends WriteRules {
  /**
   * Whether batch/update honours trace ids with a 207. Documented for create, seen on upsert, open for update: false
   * makes any invalid value refuse the whole update.
   */
  readonly updateTraceIds: boolean;
}

/** What every route works on. */
export interface Core {
  /** Replaced as a whole by a reset. */
  store: Store;
  readonly auth: Auth;
  readonly limits: RateLimits;
  readonly faults: HubSpotFaults;
  readonly requests: RequestLog;
  readonly webhooks: Webhooks;
  readonly clock: MovableClock;
  readonly rules: BatchRules;
  readonly timeZone: string;
}
