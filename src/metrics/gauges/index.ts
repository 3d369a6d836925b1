import type { DatabaseGauge } from '../database-gauge.ts';
import { alertsUnsent } from './alerts-unsent.ts';
import { connectionHealth } from './connection-health.ts';
import { connectionPaused } from './connection-paused.ts';
import { freshness } from './freshness.ts';
import { hintsWaiting } from './hints-waiting.ts';
import { lag } from './lag.ts';
import { lastSuccess } from './last-success.ts';
import { leads } from './leads.ts';
import { pendingPushes } from './pending-pushes.ts';
import { quotas } from './quota.ts';
import { rejectedRecords } from './rejected-records.ts';
import { runsActive } from './runs-active.ts';
import { signups } from './signups.ts';
import { webhookDeliveries } from './webhook-deliveries.ts';

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
  ...quotas,
  connectionHealth,
  connectionPaused,
  hintsWaiting,
  alertsUnsent,
  webhookDeliveries,
];
