import type { RunStatus, SyncCounts } from './run.ts';

/** What a process tells of its work while it does it, for whoever counts. Numbers and names of ours: nothing of a person. */
export type LoopEvent =
  | { readonly type: 'batch-committed'; readonly counts: Partial<SyncCounts>; readonly seconds: number }
  | { readonly type: 'pushed'; readonly outcomes: readonly PushedStatus[] }
  /** `status`: of HTTP; null = no answer. */
  | { readonly type: 'called'; readonly status: number | null; readonly seconds: number }
  | {
      readonly type: 'run-ended';
      readonly kind: string;
      readonly status: RunStatus;
      /** Of the failure; null = none. */
      readonly code: string | null;
      readonly counts: SyncCounts;
      readonly seconds: number;
    };

export type PushedStatus = 'applied' | 'deferred' | 'rejected' | 'gone';

/** Where it happens. */
export interface EventPlace {
  /** Slug. */
  readonly org: string;
  /** Of a source: `sources/NAME`, for a connection may have the same name; of an organisation's scores: `rescore`. */
  readonly connection: string;
  /** The kind of the connection, `source` or `rescore`. */
  readonly crm: string;
}

/** Of one place. */
export type Observe = (event: LoopEvent) => void;
export type ObserveAll = (place: EventPlace, event: LoopEvent) => void;

/** PURE. A clock that was set back meanwhile shows no time at all, not less than none. */
export function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, to.getTime() - from.getTime()) / 1_000;
}
