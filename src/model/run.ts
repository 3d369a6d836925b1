import type { Recovery } from './errors.ts';
import type { MappingProblem } from './mapping.ts';

/** full: every record, by id. live: up to now. settled: up to now − lag, closes the gaps of live. archived: deletions. */
export type Lane = 'full' | 'live' | 'settled' | 'archived';

export interface SyncCounts {
  readonly pulled: number;
  readonly changed: number;
  /** Leads that were not known before. */
  readonly created: number;
  /** Records that were left out, with their reason. */
  readonly rejected: number;
  /** Single values that were left out, with their reason. */
  readonly nulled: number;
  readonly gone: number;
  readonly events: number;
  readonly scored: number;
  readonly transitions: number;
  /** Records that waited to be written when the pull ended. */
  readonly planned: number;
  readonly pushed: number;
  readonly pushRejected: number;
  readonly pushDeferred: number;
  readonly apiCalls: number;
}

export const noCounts: SyncCounts = {
  pulled: 0,
  changed: 0,
  created: 0,
  rejected: 0,
  nulled: 0,
  gone: 0,
  events: 0,
  scored: 0,
  transitions: 0,
  planned: 0,
  pushed: 0,
  pushRejected: 0,
  pushDeferred: 0,
  apiCalls: 0,
};

export function addCounts(left: SyncCounts, right: Partial<SyncCounts>): SyncCounts {
  const sum = { ...left } as Record<keyof SyncCounts, number>;
  for (const [key, value] of Object.entries(right) as [keyof SyncCounts, number][]) sum[key] += value;
  return sum;
}

/** What has been counted since. */
export function countsSince(before: SyncCounts, now: SyncCounts): SyncCounts {
  const more = { ...now } as Record<keyof SyncCounts, number>;
  for (const [key, value] of Object.entries(before) as [keyof SyncCounts, number][]) more[key] -= value;
  return more;
}

export type RunStatus = 'running' | 'succeeded' | 'partial' | 'failed' | 'cancelled';

export interface RunFailure {
  readonly code: string;
  readonly message: string;
  readonly recovery: Recovery;
}

/** What was read of an object, and what it has cost. */
export interface PulledLane {
  readonly object: string;
  readonly lane: Lane;
  readonly records: number;
  readonly calls: number;
}

/** What a run is at. */
export interface RunStep {
  readonly phase: 'pull' | 'score' | 'push';
  readonly object: string;
  readonly lane: Lane | null;
  readonly done: number;
  readonly total: number | null;
}

/** What a run has come to besides its counts. */
export interface RunDetail {
  readonly lanes: readonly PulledLane[];
  /** Fields that were left out, and why. */
  readonly problems: readonly MappingProblem[];
  /** What a person had paused, so that it was left out; null = nothing. */
  readonly paused: string | null;
  /** The last thing that it was seen at; null = it has told of none. */
  readonly step: RunStep | null;
}
