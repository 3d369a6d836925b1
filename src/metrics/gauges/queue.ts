import { type QueueFacts, readQueueFacts } from '../../db/queue-facts.ts';
import type { OpenDatabase } from '../../db/database.ts';
import { type GaugeRow, oftenSeconds } from '../database-gauge.ts';
import type { ServerGauge } from '../server-gauge.ts';

/** What the queue holds: of all organisations, and nothing before a daemon has made it. */
export function queueGauges(database: Pick<OpenDatabase, 'orm'>): readonly ServerGauge[] {
  const read = (rows: (facts: QueueFacts) => readonly GaugeRow[]) => async () => {
    const facts = await readQueueFacts(database);
    return facts === null ? [] : rows(facts);
  };
  return [
    {
      name: 'leadloop_queue_wakeups',
      help: 'Wake-ups of all organisations by kind: waiting for a worker, active (looked at), failed (given up within the hour).',
      labels: ['kind', 'state'],
      maxAgeSeconds: oftenSeconds,
      read: read(({ kinds }) =>
        kinds.flatMap(({ kind, waiting, active, failed }) => [
          { kind, state: 'waiting', value: waiting },
          { kind, state: 'active', value: active },
          { kind, state: 'failed', value: failed },
        ]),
      ),
    },
    {
      name: 'leadloop_queue_oldest_wait_seconds',
      help: 'How long a wake-up of the kind has waited for a worker; 0 = none waits.',
      labels: ['kind'],
      maxAgeSeconds: oftenSeconds,
      read: read(({ kinds }) =>
        kinds.map(({ kind, oldestWaitingMs }) => ({ kind, value: (oldestWaitingMs ?? 0) / 1_000 })),
      ),
    },
    {
      name: 'leadloop_queue_processes',
      help: 'Daemons that have been heard of lately, by whether they look at wake-ups.',
      labels: ['role'],
      maxAgeSeconds: oftenSeconds,
      read: read(({ processes, workers }) => [
        { role: 'worker', value: workers },
        { role: 'other', value: processes - workers },
      ]),
    },
  ];
}
