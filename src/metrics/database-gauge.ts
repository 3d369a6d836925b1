import type { Tx } from '../db/tx.ts';

/**
 * A figure that is read from the database when somebody asks for metrics, organisation by organisation. To add one: a file in
 * `gauges/`, its entry in `gauges/index.ts` and its line in docs/metrics.md. A label is never a lead, an address or an id.
 */
export interface DatabaseGauge {
  readonly name: `leadloop_${string}`;
  readonly help: string;
  /** A counter only ever grows: the database has counted for all processes. Left out = gauge. */
  readonly type?: 'gauge' | 'counter';
  /** Besides `org`. */
  readonly labels: readonly string[];
  /** How long what was read is good enough. Longer for a statement that reads much. */
  readonly maxAgeSeconds: number;
  /** A column for each label, and `value`; null = nothing to say. Cheap at a million leads: see the test of the plans. */
  read(tx: Tx, now: Date): Promise<readonly GaugeRow[]>;
}

export type GaugeRow = Readonly<Record<string, string | number | null>> & { readonly value: number | null };

/** For what an index answers. */
export const oftenSeconds = 15;
/** For what has to look at every lead. */
export const seldomSeconds = 300;
