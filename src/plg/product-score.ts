/** PURE. One scoring by the PLG profile, in the form of the columns of `lead_scores` and `account_scores`. */
import type { ProductScore, ProfileStamp } from '../db/queries/save-lead-scores.ts';
import { productComponents } from '../model/product.ts';
import type { ScoringContext } from '../pull/pipeline.ts';
import type { PlgFacts } from '../scoring/plg-facts.ts';
import { scoreComponents } from '../scoring/score.ts';

export interface ProductResult extends ProductScore {
  readonly total: number;
  readonly tier: string;
}

export function scoreProduct(
  { plg, at }: Pick<ScoringContext, 'plg' | 'at'>,
  { values, dated }: PlgFacts,
): ProductResult {
  const scored = scoreComponents(plg.profile, { leadId: '', values, events: [], dated }, at);
  const points = productComponents.map((name) => scored.components.find((one) => one.name === name)?.counted ?? 0);
  const { total, tier, confidence, action } = scored;
  return { points, total, tier, confidence, action };
}

/** The columns of a stored score. */
type StoredScore = { readonly [C in `${(typeof productComponents)[number]}_score`]: number | null } & {
  readonly confidence: number | null;
  readonly suggested_action: string | null;
  readonly profile_version: number | null;
};

/** Whether nothing is to be written: the same points, reasons and profile. */
export function isSameScore(stored: StoredScore, after: ProductResult, context: ScoringContext): boolean {
  return (
    productComponents.every((name, index) => stored[`${name}_score`] === after.points[index]) &&
    stored.confidence === after.confidence &&
    stored.suggested_action === after.action &&
    !isOfOtherProfile(stored, context)
  );
}

export function isOfOtherProfile(stored: Pick<StoredScore, 'profile_version'>, context: ScoringContext): boolean {
  return stored.profile_version !== versionOf(context);
}

export function stampOf(context: ScoringContext): ProfileStamp {
  const { components } = context.plg.profile.definition;
  const weights = productComponents.map((name) => components.find((one) => one.name === name)?.weightPercent ?? 0);
  return { weights, version: versionOf(context), at: context.at };
}

/** 0 = the default profile, where none is stored. */
function versionOf({ plg }: ScoringContext): number {
  return plg.version ?? 0;
}
