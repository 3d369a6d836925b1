import type { LeadStatus } from './lead.ts';
import type { ConnectionId, Fields, LeadId } from './values.ts';

export type Cause =
  | { readonly type: 'trigger'; readonly triggerIds: readonly string[] }
  | { readonly type: 'engagement' }
  | { readonly type: 'crm'; readonly connectionId: ConnectionId; readonly value: string }
  | { readonly type: 'operator'; readonly actor: string; readonly note: string };

export interface LifecycleTransition {
  readonly leadId: LeadId;
  readonly from: LeadStatus;
  readonly to: LeadStatus;
  readonly at: Date;
  readonly cause: Cause;
  /** Counts qualifications: 0 before the first, raised each time the lead is recycled. */
  readonly episode: number;
}

/** What the lifecycle knows of a lead before it decides. */
export interface LifecycleState {
  readonly leadId: LeadId;
  readonly status: LeadStatus;
  readonly episode: number;
  /** Counter values when the lead was recycled: only growth since then can qualify it again. Null outside that. */
  readonly baseline: Fields | null;
}
