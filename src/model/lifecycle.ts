import { counterFields, type LeadStatus } from './lead.ts';
import type { ConnectionId, Fields, FieldValue, LeadId } from './values.ts';

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
  /**
   * Counter values when the lead was recycled, and `recycled_at` (ISO): only growth since then can qualify it again. Kept
   * until the next recycling; null for a lead that never was recycled.
   */
  readonly baseline: Fields | null;
}

/** What each counter has gained since the baseline. A counter that fell has gained nothing; an unknown one stays null. */
export function counterGrowth(values: Fields, baseline: Fields): Fields {
  return Object.fromEntries(
    counterFields.map((field) => [field, growth(values[field] ?? null, baseline[field] ?? null)]),
  );
}

function growth(now: FieldValue, before: FieldValue): FieldValue {
  if (typeof now === 'number') return Math.max(0, now - (typeof before === 'number' ? before : 0));
  return typeof now === 'boolean' ? now && before !== true : null;
}
