import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ObserveAll } from '../model/observation.ts';
import { createCounters } from './counters.ts';
import { GaugeReader, type GaugeReaderOptions, type GaugeSample } from './gauge-reader.ts';

/** The metrics of a process, in the text format of Prometheus. */
export interface Metrics {
  readonly observe: ObserveAll;
  readonly contentType: string;
  /** Everything as it is now. Answers also when the database does not. */
  scrape(): Promise<string>;
  /** Adds memory, processor time and the event loop of this process. They go on being measured as long as it lives. */
  watchProcess(): void;
}

export function createMetrics(options: GaugeReaderOptions): Metrics {
  const registry = new Registry();
  const observe = createCounters(registry);
  const reader = new GaugeReader(options);
  const gauges = options.gauges.map(({ name, help, labels }) => ({
    labels: ['org', ...labels],
    gauge: new Gauge({ name, help, labelNames: ['org', ...labels], registers: [registry] }),
    name,
  }));
  let isWatching = false;
  const isUp = new Gauge({
    name: 'leadloop_database_up',
    help: '1 = the database has answered; with 0 the metrics that are read from it are left out.',
    registers: [registry],
  });
  return {
    observe,
    contentType: registry.contentType,
    async scrape() {
      const reading = await reader.read();
      isUp.set(reading.isUp ? 1 : 0);
      for (const { gauge, name, labels } of gauges) fill(gauge, labels, reading.samples.get(name) ?? []);
      return registry.metrics();
    },
    watchProcess() {
      if (isWatching) return;
      isWatching = true;
      collectDefaultMetrics({ register: registry, prefix: 'leadloop_' });
    },
  };
}

function fill(gauge: Gauge, labels: readonly string[], samples: readonly GaugeSample[]): void {
  // What is not there any more must not stay as it was last seen.
  gauge.reset();
  for (const sample of samples) {
    if (sample.value === null) continue;
    gauge.set(Object.fromEntries(labels.map((label) => [label, String(sample[label] ?? '')])), sample.value);
  }
}
