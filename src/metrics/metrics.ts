import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { ObserveAll } from '../model/observation.ts';
import { createCounters } from './counters.ts';
import type { DatabaseGauge } from './database-gauge.ts';
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
  const readings = [
    ...options.gauges.map((one) => readingOf({ ...one, labels: ['org', ...one.labels] }, registry)),
    ...(options.serverGauges ?? []).map((one) => readingOf(one, registry)),
  ];
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
      for (const one of readings) fill(one, reading.samples.get(one.name) ?? []);
      return registry.metrics();
    },
    watchProcess() {
      if (isWatching) return;
      isWatching = true;
      collectDefaultMetrics({ register: registry, prefix: 'leadloop_' });
    },
  };
}

interface Reading {
  readonly name: string;
  readonly labels: readonly string[];
  reset(): void;
  set(labels: Readonly<Record<string, string>>, value: number): void;
}

function readingOf(
  { name, help, labels, type = 'gauge' }: Pick<DatabaseGauge, 'name' | 'help' | 'labels' | 'type'>,
  registry: Registry,
): Reading {
  const options = { name, help, labelNames: labels, registers: [registry] };
  if (type === 'gauge') {
    const gauge = new Gauge(options);
    return { name, labels, reset: () => gauge.reset(), set: (of, value) => gauge.set(of, value) };
  }
  // It begins at 0 with each reading.
  const counter = new Counter(options);
  return { name, labels, reset: () => counter.reset(), set: (of, value) => counter.inc(of, value) };
}

function fill({ labels, ...reading }: Reading, samples: readonly GaugeSample[]): void {
  // What is not there any more must not stay as it was last seen.
  reading.reset();
  for (const sample of samples) {
    if (sample.value === null) continue;
    reading.set(Object.fromEntries(labels.map((label) => [label, String(sample[label] ?? '')])), sample.value);
  }
}
