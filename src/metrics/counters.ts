import { Counter, Histogram, type Registry } from 'prom-client';
import type { EventPlace, LoopEvent, ObserveAll } from '../model/observation.ts';
import type { SyncCounts } from '../model/run.ts';

const place = ['org', 'connection'] as const;

function countersIn(registry: Registry) {
  const registers = [registry];
  const runs = new Counter({
    name: 'leadloop_runs_total',
    help: 'Runs that have ended; code: of the failure, empty = none.',
    labelNames: [...place, 'kind', 'status', 'code'],
    registers,
  });
  const runSeconds = new Histogram({
    name: 'leadloop_run_duration_seconds',
    help: 'How long runs took.',
    labelNames: ['crm', 'kind'],
    buckets: [1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200],
    registers,
  });
  const records = new Counter({
    name: 'leadloop_records_total',
    help: 'Records that came in and were committed: read, changed, created, rejected, nulled (single values), gone.',
    labelNames: [...place, 'result'],
    registers,
  });
  const scored = new Counter({
    name: 'leadloop_leads_scored_total',
    help: 'Leads that runs have scored.',
    labelNames: place,
    registers,
  });
  const batchSeconds = new Histogram({
    name: 'leadloop_batch_commit_duration_seconds',
    help: 'How long the transaction of a batch took.',
    labelNames: ['crm'],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers,
  });
  const pushed = new Counter({
    name: 'leadloop_push_records_total',
    help: 'Records that a CRM was asked to write, by its answer: applied, deferred, rejected, gone.',
    labelNames: [...place, 'outcome'],
    registers,
  });
  const calls = new Counter({
    name: 'leadloop_api_calls_total',
    help: 'Calls of the CRM; status: 2xx, 4xx, 429, 5xx, or none where no answer came.',
    labelNames: [...place, 'status'],
    registers,
  });
  const callSeconds = new Histogram({
    name: 'leadloop_api_call_duration_seconds',
    help: 'How long the CRM took to answer.',
    labelNames: ['crm'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  return { runs, runSeconds, records, scored, batchSeconds, pushed, calls, callSeconds };
}

/** What has happened in this process since it began. Labels are the organisation's slug and names of the configuration. */
export function createCounters(registry: Registry): ObserveAll {
  const counters = countersIn(registry);
  return ({ org, connection, crm }: EventPlace, event: LoopEvent): void => {
    const here = { org, connection };
    switch (event.type) {
      case 'run-ended':
        counters.runs.inc({ ...here, kind: event.kind, status: event.status, code: event.code ?? '' });
        counters.runSeconds.observe({ crm, kind: event.kind }, event.seconds);
        counters.scored.inc(here, event.counts.scored);
        return;
      case 'batch-committed':
        for (const result of results) counters.records.inc({ ...here, result }, event.counts[result] ?? 0);
        counters.batchSeconds.observe({ crm }, event.seconds);
        return;
      case 'pushed':
        for (const outcome of event.outcomes) counters.pushed.inc({ ...here, outcome });
        return;
      case 'called':
        counters.calls.inc({ ...here, status: statusClass(event.status) });
        counters.callSeconds.observe({ crm }, event.seconds);
    }
  };
}

const results = ['pulled', 'changed', 'created', 'rejected', 'nulled', 'gone'] as const satisfies (keyof SyncCounts)[];

/** PURE. */
export function statusClass(status: number | null): string {
  if (status === null) return 'none';
  return status === 429 ? '429' : `${Math.floor(status / 100)}xx`;
}
