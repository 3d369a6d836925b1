import type { DatabaseGauge, GaugeRow } from './database-gauge.ts';

/** A figure of all organisations together, of what is no tenant's: read beside the others, as often and as patiently. */
export interface ServerGauge extends Pick<DatabaseGauge, 'name' | 'help' | 'labels' | 'maxAgeSeconds'> {
  /** A column for each label, and `value`. */
  read(): Promise<readonly GaugeRow[]>;
}
