import type { PoolPolicy } from '../connector-sdk/daily-pool.ts';
import type { StoredQuota } from '../db/queries/read-connection.ts';
import { defaultUrgentReserve } from './defaults.ts';

/** How much of the account's day a connection may use. A row without any quota keeps to nothing but the CRM's own limits. */
export function poolPolicyOf({ dailyShare, stopAtOrgUse, urgentReserve, dailyLimit }: StoredQuota): PoolPolicy {
  return {
    share: dailyShare ?? 1,
    stopAtOrgUse: stopAtOrgUse ?? 1,
    urgentReserve: urgentReserve ?? defaultUrgentReserve,
    ...(typeof dailyLimit === 'number' && { limit: dailyLimit }),
  };
}
