import type { Health, Pause } from '../model/health.ts';
import { longestWaitMs } from './next-health.ts';

export interface WhatRuns {
  readonly pull: boolean;
  readonly push: boolean;
  /** Why something does not run; null = everything may. */
  readonly reason: string | null;
  /** Null = until a person says so, or nothing waits. */
  readonly until: Date | null;
}

/** A tick that comes so much sooner than the wait ends is near enough: the hourly one comes just before the hour is over. */
const nearMs = 30_000;

/**
 * What of a connection or a source may run now, by what people have paused and by how it fares. `pauses`: those of its organisation
 * and its own. `health` null: it has never run, or somebody asks who wants to try in any case. Pure.
 */
export function whatRuns(pauses: readonly Pause[], health: Health | null, now: Date): WhatRuns {
  const pull = pauseOf(pauses, 'pull');
  const push = pauseOf(pauses, 'push');
  if (pull !== null && push !== null) return { ...nothing, reason: pauseText(pull), until: null };
  const until = health === null ? null : waitsUntil(health, now);
  if (until !== null) return { ...nothing, reason: health?.message ?? null, until };
  const pause = pull ?? push;
  return { pull: pull === null, push: push === null, reason: pause === null ? null : pauseText(pause), until: null };
}

const nothing = { pull: false, push: false } as const;

/** The organisation's before the connection's own: it is what has to be lifted first. */
function pauseOf(pauses: readonly Pause[], direction: 'pull' | 'push'): Pause | null {
  const found = pauses.filter((one) => one.direction === direction || one.direction === 'all');
  return found.find((one) => one.of === 'org') ?? found[0] ?? null;
}

function waitsUntil({ tryAgainAt }: Health, now: Date): Date | null {
  if (tryAgainAt === null) return null;
  const waitMs = tryAgainAt.getTime() - now.getTime();
  return waitMs > nearMs && waitMs <= longestWaitMs ? tryAgainAt : null;
}

/** `paused (push only): sales is cleaning up`, `the organisation is paused: moving house` */
export function pauseText({ of, direction, reason }: Pause): string {
  const whose = of === 'org' ? 'the organisation is paused' : 'paused';
  return `${whose}${direction === 'all' ? '' : ` (${direction} only)`}: ${reason}`;
}
