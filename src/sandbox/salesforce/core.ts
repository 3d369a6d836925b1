import type { RequestLog } from '../server/request-log.ts';
import type { Auth } from './auth.ts';
import type { BatchJobs } from './bulk/batches.ts';
import type { BulkJobs } from './bulk/jobs.ts';
import type { SalesforceFaults } from './faults/faults.ts';
import type { Usage } from './limits.ts';
import type { Answers } from './soql/answer.ts';
import type { Org } from './store/org.ts';
import type { Transactions } from './store/transactions.ts';
import type { MovableClock } from './time.ts';
import type { Rules } from './write/rules.ts';

/** What a reset replaces as a whole. */
export interface World {
  readonly org: Org;
  readonly transactions: Transactions;
  readonly answers: Answers;
  readonly jobs: BulkJobs;
  readonly batches: BatchJobs;
  readonly rules: Rules;
  /** The integration user. */
  readonly userId: string;
}

/** What every route works on. */
export interface Core {
  world: World;
  readonly auth: Auth;
  readonly usage: Usage;
  readonly faults: SalesforceFaults;
  readonly requests: RequestLog;
  readonly clock: MovableClock;
  /** Known to composite calls alone: their parts are neither counted nor struck. */
  readonly innerKey: string;
  /** The id the org answers under, which a fault can change. */
  readonly orgId: () => string;
}
