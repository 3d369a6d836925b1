import type { DatabaseGauge } from '../database-gauge.ts';
import { freshness } from './freshness.ts';
import { lag } from './lag.ts';
import { lastSuccess } from './last-success.ts';
import { leads } from './leads.ts';
import { pendingPushes } from './pending-pushes.ts';
import { rejectedRecords } from './rejected-records.ts';
import { runsActive } from './runs-active.ts';
import { signups } from './signups.ts';

/** Every figure that is read from the database. */
export const databaseGauges: readonly DatabaseGauge[] = [
  lastSuccess,
  lag,
  freshness,
  pendingPushes,
  rejectedRecords,
  runsActive,
  leads,
  signups,
];
