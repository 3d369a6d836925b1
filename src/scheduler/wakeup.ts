import type { OrgId } from '../model/values.ts';

/** What a worker is asked to look at. */
export const wakeupKinds = ['sync', 'asked', 'live', 'hints', 'rescore', 'import'] as const;
export type WakeupKind = (typeof wakeupKinds)[number];

/** A wake-up says that something may be due. What there is to do stands in our tables: one too many does no harm. */
export interface Wakeup {
  readonly kind: WakeupKind;
  readonly orgId: OrgId;
  /** Of the connection or the source; of `rescore`, the organisation. */
  readonly subjectId: string;
  /** The instant of the schedule, ISO 8601; null = something else than a schedule asks. */
  readonly tickAt: string | null;
  /** Only of `asked`. */
  readonly wish?: RunWish;
}

/** What a person asks a connection for. `pull`: nothing is written. `retry`: what was rejected is read and written again. */
export type RunWish = 'sync' | 'full' | 'pull' | 'full-pull' | 'retry';
