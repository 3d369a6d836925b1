import type { MappingProblem } from '../model/mapping.ts';
import type { PulledLane, RunStep } from '../model/run.ts';
import type { EndedRun } from '../record-run.ts';

export interface RunReport extends EndedRun {
  readonly connection: string;
  readonly objects: readonly PulledLane[];
  readonly problems: readonly MappingProblem[];
  /** What a person had paused, so that it was left out; null = nothing. */
  readonly paused: string | null;
}

export interface RunProgress extends RunStep {
  readonly apiCalls: number;
}

export interface SyncRunOptions {
  readonly full: boolean;
  /** Believe a full pass that misses many records: they were deleted on purpose. */
  readonly acceptMissing: boolean;
  readonly pullOnly: boolean;
  /** Push whatever the connection's mode, and without its blast radius: a person has asked for it. */
  readonly pushOnly: boolean;
  readonly dryRun: boolean;
  /** Bring scores to the present profiles and day where that is due; the daemon does that in runs of their own. */
  readonly isRescoring: boolean;
  /** The instant of the schedule that asks for it; null = a person or an event does. */
  readonly tickAt: Date | null;
  /** How long to wait for another run of the connection to end, in ms. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RunProgress) => void;
}

/** What a schedule asks for: everything that is due, nothing by force. */
export const plainSync = {
  full: false,
  acceptMissing: false,
  pullOnly: false,
  pushOnly: false,
  dryRun: false,
  isRescoring: true,
  tickAt: null,
  patienceMs: 0,
} as const;
