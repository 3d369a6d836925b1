import type { DatedEvent } from './engagement.ts';
import type { ProfileKind } from './profile.ts';
import type { Fields, FieldValue, LeadId } from './values.ts';

/** All that a score may depend on. A fact that is absent or null is unknown, which is not zero. */
export interface LeadFacts {
  readonly leadId: LeadId;
  readonly values: Fields;
  readonly events: readonly DatedEvent[];
  /** The observations behind a fact; left out or none = it has no date. Counters have events instead. */
  readonly dated?: (fact: string) => readonly DatedAmount[];
  /** `LifecycleState.baseline`: with it, MQL triggers see only the engagement gained since the lead was recycled. */
  readonly baseline?: Fields | null;
}

/** Something that was observed at an instant: a snapshot of usage, one of several signals. */
export interface DatedAmount {
  readonly at: Date;
  /** In units of the fact. */
  readonly quantity: number;
}

/** One line of the receipt. */
export interface Contribution {
  readonly component: string;
  readonly ruleId: string;
  readonly label: string;
  readonly input: FieldValue;
  /** When the newest event or observation behind it was; null where the input has no date. */
  readonly observedAt: string | null;
  /** Points after the rule's own cap. */
  readonly earned: number;
  /** Points that reached the component after its maximum; the sum over a component is its `counted`. */
  readonly counted: number;
}

export interface ComponentScore {
  readonly name: string;
  readonly earned: number;
  readonly counted: number;
  readonly max: number;
  readonly weightPercent: number;
}

export interface ScoreBreakdown {
  readonly leadId: LeadId;
  readonly profile: { readonly kind: ProfileKind; readonly name: string; readonly version: number };
  readonly scoredAt: Date;
  /** Integer, 0–100. */
  readonly total: number;
  readonly tier: string;
  readonly segment: string;
  /** Ids of the triggers that hold in the current episode (see `LeadFacts.baseline`), in profile order. */
  readonly mqlBy: readonly string[];
  readonly components: readonly ComponentScore[];
  readonly contributions: readonly Contribution[];
  /** Percent of the weight that rests on known facts, each rule by the most that it can earn. Whole, 0–100; unknown is not zero. */
  readonly confidence: number;
  /** What the profile suggests to do, ≤ 255 characters; null where it says nothing. */
  readonly action: string | null;
  /** One sentence, ≤ 255 characters, which changes only when its meaning does. */
  readonly reason: string;
}
