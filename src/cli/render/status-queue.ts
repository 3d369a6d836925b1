import type { QueueStatus } from '../../health/status-report.ts';
import { count, duration, grouped } from '../text.ts';

type Kind = QueueStatus['kinds'][number];

/** `waiting: 2 sync, 1 hints (the longest for 3 min); at work: 1 sync (for 20 s); 1 worker` */
export function queueText({ kinds, workers, processes }: QueueStatus): string {
  const waits = listed(kinds, ({ waiting }) => waiting);
  const works = listed(kinds, ({ active }) => active);
  const failed = listed(kinds, ({ failed: given }) => given);
  const parts = [
    waits === '' ? 'nothing waits' : `waiting: ${waits}${oldest(kinds, ({ oldestWaitingMs }) => oldestWaitingMs)}`,
    works === '' ? '' : `at work: ${works}${oldest(kinds, ({ oldestActiveMs }) => oldestActiveMs)}`,
    failed === '' ? '' : `given up within the hour: ${failed}`,
    workers === 0 ? `no worker${processes === 0 ? '' : ` in ${count(processes, 'daemon')}`}` : count(workers, 'worker'),
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function listed(kinds: readonly Kind[], number: (kind: Kind) => number): string {
  return kinds
    .filter((kind) => number(kind) > 0)
    .map((kind) => `${grouped(number(kind))} ${kind.kind}`)
    .join(', ');
}

function oldest(kinds: readonly Kind[], age: (kind: Kind) => number | null): string {
  const longest = Math.max(0, ...kinds.map((kind) => age(kind) ?? 0));
  return longest === 0 ? '' : ` (the longest for ${duration(longest)})`;
}
