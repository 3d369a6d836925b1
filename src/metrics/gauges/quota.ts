import { readPools } from '../../db/queries/read-pools.ts';
import { type PoolSummary, poolSummaryOf } from '../../quota-state.ts';
import { type DatabaseGauge, type GaugeRow, oftenSeconds } from '../database-gauge.ts';

/** Of the day's calls. What is not known (no call was made, the CRM told nothing) has no row. */
function quotaGauge(
  what: string,
  help: string,
  samples: (pool: PoolSummary) => readonly GaugeRow[],
  labels: readonly string[] = [],
): DatabaseGauge {
  return {
    name: `leadloop_quota_${what}_calls`,
    help,
    labels: ['connection', ...labels],
    maxAgeSeconds: oftenSeconds,
    async read(tx, now) {
      const pools = await readPools(tx, now);
      return pools.flatMap(({ connection, ...row }) =>
        samples(poolSummaryOf(row, now)).map((sample) => ({ connection, ...sample })),
      );
    },
  };
}

const quotaMax = quotaGauge(
  'max',
  'Calls that the whole account may make a day, as the CRM told or the configuration says.',
  ({ max }) => [{ value: max }],
);

const quotaUsed = quotaGauge(
  'used',
  'Calls of today, of all our processes: made, or reserved by one that is at work.',
  ({ used }) => [{ value: used }],
);

const quotaLeft = quotaGauge(
  'left',
  'Calls that are left to us today: urgent writes (status, MQL or tier) may use all of them, the rest what is not kept for those.',
  ({ left, leftForUrgent }) => [
    { urgency: 'urgent', value: leftForUrgent },
    { urgency: 'ordinary', value: left },
  ],
  ['urgency'],
);

const quotaAccount = quotaGauge(
  'account_remaining',
  'Calls that all users of the account together have left today, as the CRM last told.',
  ({ accountRemaining }) => [{ value: accountRemaining }],
);

export const quotas: readonly DatabaseGauge[] = [quotaMax, quotaUsed, quotaLeft, quotaAccount];
