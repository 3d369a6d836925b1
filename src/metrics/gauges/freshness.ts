import { readFreshness } from '../../db/queries/read-freshness.ts';
import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const freshness: DatabaseGauge = {
  name: 'leadloop_freshness_seconds',
  help: 'From a change in the CRM to the score that follows from it in the CRM: quantiles over the writes of the last hour.',
  labels: ['connection', 'quantile'],
  maxAgeSeconds: oftenSeconds,
  async read(tx, now) {
    const rows = await readFreshness(tx, now);
    return rows.map(({ connection, quantile, seconds }) => ({
      connection,
      quantile: String(quantile),
      value: seconds,
    }));
  },
};
