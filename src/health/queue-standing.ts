import type { QueueFacts, QueueKindFacts } from '../db/queue-facts.ts';

/** A worker that has just begun is not known yet, and one that has just ended is followed by another. */
const patienceMs = 20_000;

/** A wake-up is a matter of seconds where a worker is free. */
const lateMs = 5 * 60_000;

/** Wake-ups wait, and nobody looks at any. Pure. */
export function isForsaken({ kinds, workers }: QueueFacts): boolean {
  return workers === 0 && longestWaitMs(kinds) > patienceMs;
}

/** Wake-ups wait for longer than they ever should. Pure. */
export function isLate({ kinds }: QueueFacts): boolean {
  return longestWaitMs(kinds) > lateMs;
}

/** What to do about wake-ups that wait; null = nothing. Pure. */
export function queueRemedy(queue: QueueFacts): string | null {
  if (isForsaken(queue)) return 'Nobody works. Start one: leadloop serve --roles worker';
  return isLate(queue) ? 'All workers are busy. Start one more process: leadloop serve --roles worker' : null;
}

/** 0 = none waits. */
export function longestWaitMs(kinds: readonly QueueKindFacts[]): number {
  return Math.max(0, ...kinds.map(({ oldestWaitingMs }) => oldestWaitingMs ?? 0));
}
