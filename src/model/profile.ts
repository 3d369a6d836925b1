import type { Fields, FieldValue } from './values.ts';

export const profileKinds = ['mql', 'plg'] as const;
export type ProfileKind = (typeof profileKinds)[number];

export type Condition =
  | { readonly of: string; readonly atLeast: number }
  | { readonly of: string; readonly below: number }
  | { readonly of: string; readonly equals: FieldValue }
  | { readonly of: string; readonly in: readonly string[] }
  | { readonly of: string; readonly contains: string }
  | { readonly of: string; readonly known: boolean }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

/** What is old counts less: by half every `halfLifeDays`, or not at all after `windowDays`. Needs a fact with dates. */
export type Decay = { readonly halfLifeDays: number } | { readonly windowDays: number };

interface RuleBase {
  /** Stable name, unique in the profile; appears in breakdowns and history. */
  readonly id: string;
  /** What a sales rep reads: `Demo requested`. */
  readonly label: string;
  /** Most points (least, where negative) that this rule may earn. Null = no cap of its own. */
  readonly cap: number | null;
  /**
   * How its points fade. Per unit, each dated observation fades by its own age; any other rule by the age of the newest one. Null
   * = not at all. A fact without dates does not fade; one whose observations are all outside the window is unknown.
   */
  readonly decay: Decay | null;
}

export type Rule =
  /** `points` for each unit of a number. With decay, units of a counter are its dated events. */
  | (RuleBase & { readonly type: 'per-unit'; readonly of: string; readonly points: number })
  /** The points of the highest step that the number reaches. */
  | (RuleBase & {
      readonly type: 'tier';
      readonly of: string;
      readonly steps: readonly { readonly atLeast: number; readonly points: number }[];
    })
  /** Whole words in a text; the best match wins, and a longer phrase shadows the shorter one inside it. */
  | (RuleBase & {
      readonly type: 'match';
      readonly of: string;
      readonly words: readonly { readonly phrase: string; readonly points: number }[];
    })
  /** `points` (may be negative) while a condition holds. */
  | (RuleBase & { readonly type: 'flag'; readonly when: Condition; readonly points: number });

export interface Component {
  readonly name: string;
  readonly max: number;
  /** Share of the component in the total, in hundredths: 100 counts it whole, 25 a quarter. */
  readonly weightPercent: number;
  readonly rules: readonly Rule[];
}

export interface Tier {
  readonly tier: string;
  readonly atLeast: number;
}

/** Conditions of triggers may also ask for `lead_score`, the rounded total that the same breakdown carries. */
export interface Trigger {
  readonly id: string;
  readonly label: string;
  readonly when: Condition;
}

/** A scoring profile is data: `total = Σ weight × min(max, Σ rules)`, 0–100, rounded half up once, at the end. */
export interface ScoringProfile {
  readonly kind: ProfileKind;
  readonly name: string;
  readonly version: number;
  readonly components: readonly Component[];
  /** Highest first; the last one starts at 0. */
  readonly tiers: readonly Tier[];
  /** Any one qualifies. */
  readonly triggers: readonly Trigger[];
  readonly segments: readonly SegmentRule[];
  /** What to suggest to a rep; of the kind `plg` only. Null = nothing. */
  readonly action: ActionTemplate | null;
}

/** First match wins; none matches = `unknown`. */
export interface SegmentRule {
  readonly segment: string;
  readonly when: Condition;
}

/** A suggestion in up to three sentences: of each part the first line that applies is said. */
export interface ActionTemplate {
  readonly who: readonly ActionLine[];
  readonly whyNow: readonly ActionLine[];
  readonly whatToDo: readonly ActionLine[];
}

/** Applies where its condition holds (null = always) and every `{fact}` in it is known. */
export interface ActionLine {
  readonly when: Condition | null;
  readonly say: string;
}

/** Somebody made up, and what a profile is expected to say; null = that is left open. */
export interface ProfileExample {
  readonly name: string;
  readonly facts: Fields;
  readonly total: number | null;
  readonly tier: string | null;
  readonly qualifies: boolean | null;
}

/** Those that are kept beside the profile of a kind, whatever its version. */
export interface ProfileExamples {
  readonly kind: ProfileKind;
  readonly examples: readonly ProfileExample[];
}
