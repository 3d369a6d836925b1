import { poolPolicyOf } from './config/quota-policy.ts';
import {
  leftOf,
  maximumOf,
  poolAsOf,
  type PoolLeft,
  type PoolPolicy,
  type PoolState,
  type PoolVerdict,
  reserveOf,
  resumeAtOf,
  shareOf,
  verdictOf,
} from './connector-sdk/daily-pool.ts';
import type { WaitingOfPriority } from './db/queries/count-waiting.ts';
import { type QuotaRow, readQuotas } from './db/queries/read-quotas.ts';
import type { Database } from './db/tx.ts';
import type { ConnectionId, OrgId } from './model/values.ts';

/** The calls of a connection's day, what waits to be written, and until when. */
export interface QuotaState {
  readonly connectionId: ConnectionId;
  readonly connection: string;
  /** Null = no call was ever made. */
  readonly pool: PoolSummary | null;
  /** The most urgent first. */
  readonly waiting: readonly WaitingOfPriority[];
  /** Null = nothing waits for calls. */
  readonly waits: QuotaWait | null;
}

/** In calls; null where no maximum is known, or the CRM told nothing. */
export interface PoolSummary {
  /** Of the whole account a day. */
  readonly max: number | null;
  /** Of these, ours. */
  readonly share: number | null;
  readonly used: number;
  /** For reading, and for writes that are not urgent. */
  readonly left: number | null;
  readonly leftForUrgent: number | null;
  readonly reserve: number;
  /** When our share is whole again. */
  readonly resetAt: Date;
  readonly accountRemaining: number | null;
  readonly observedAt: Date | null;
}

export interface QuotaWait {
  readonly until: Date;
  /** `share`, `account`: nothing goes; `reserve`: all but urgent writes wait; `crm`: the CRM itself has refused. */
  readonly reason: PoolVerdict | 'crm';
  /** Records whose write waits for it; of each priority, up to `countedUpTo`. */
  readonly pushes: number;
}

export async function quotaStates(database: Database, orgId: OrgId, now: Date): Promise<readonly QuotaState[]> {
  const rows = await database.transaction(orgId, (tx) => readQuotas(tx, now));
  return rows.map((row) => quotaStateOf(row, now));
}

/** PURE. */
export function quotaStateOf(row: QuotaRow, now: Date): QuotaState {
  const { connectionId, connection, waiting, midnight } = row;
  const policy = poolPolicyOf(row.quota);
  const state = row.pool === null ? null : poolAsOf(row.pool, now, midnight);
  const left = state === null ? null : leftOf(state, policy);
  return {
    connectionId,
    connection,
    pool: state === null || left === null ? null : summaryOf(state, left, policy),
    waiting,
    waits: state === null || left === null ? null : waitOf(row, { state, left, now }),
  };
}

/** PURE. The calls of the day alone. */
export function poolSummaryOf(
  row: Pick<QuotaRow, 'quota' | 'midnight'> & { readonly pool: PoolState },
  now: Date,
): PoolSummary {
  const policy = poolPolicyOf(row.quota);
  const state = poolAsOf(row.pool, now, row.midnight);
  return summaryOf(state, leftOf(state, policy), policy);
}

function summaryOf({ used, endsAt, account }: PoolState, left: PoolLeft, policy: PoolPolicy): PoolSummary {
  const max = maximumOf(account, policy);
  return {
    max,
    share: max === null ? null : shareOf(account, policy),
    used,
    left: counted(left.ordinary),
    leftForUrgent: counted(left.urgent),
    reserve: reserveOf(account, policy),
    resetAt: endsAt,
    accountRemaining: account.remaining,
    observedAt: account.observedAt,
  };
}

function counted(left: number): number | null {
  return left === Infinity ? null : Math.max(0, left);
}

function waitOf(
  { waiting, resumeAt }: QuotaRow,
  { state, left, now }: { readonly state: PoolState; readonly left: PoolLeft; readonly now: Date },
): QuotaWait | null {
  const verdict = verdictOf(left, false);
  const waitingFor = verdict === 'reserve' ? waiting.filter(({ priority }) => priority > 0) : waiting;
  const pushes = waitingFor.reduce((sum, { count }) => sum + count, 0);
  if (verdict !== null) return { until: resumeAtOf(state, left, verdict), reason: verdict, pushes };
  return resumeAt !== null && resumeAt > now ? { until: resumeAt, reason: 'crm', pushes } : null;
}
