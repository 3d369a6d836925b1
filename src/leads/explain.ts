import type { Database, Tx } from '../db/tx.ts';
import { listOrgs } from '../db/queries/directory.ts';
import { explainLead, type LeadStory } from '../db/queries/explain-lead.ts';
import { findLead } from '../db/queries/find-lead.ts';
import { readRules, type StoredRules } from '../db/queries/read-rules.ts';
import type { ScoringProfile, Trigger } from '../model/profile.ts';
import type { Fields, LeadId } from '../model/values.ts';
import { explainProduct, type ProductStory } from '../plg/explain-product.ts';
import { activeProfile } from '../pull/prepare.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../scoring/defaults.ts';
import { triggerFacts } from '../scoring/score.ts';

/** All that is known of a lead, with the triggers that qualify and the facts that they look at. */
export interface ExplainedStory extends LeadStory {
  readonly triggers: readonly Trigger[];
  readonly facts: Fields;
  readonly product: ProductStory;
}

/** What triggers look at: of a lead that was recycled, what it has gained since. */
function factsNow({ facts, baseline }: LeadStory['lead'], { signups: [best] }: ProductStory): Fields {
  const product = { plg_score: best?.breakdown.total ?? null, plg_tier: best?.breakdown.tier ?? null };
  return triggerFacts({ values: { ...facts, ...product }, baseline, events: [] }, Number(facts['lead_score'] ?? 0));
}

/** Null = no such lead. */
export async function storyOf(tx: Tx, leadId: LeadId, now: Date): Promise<ExplainedStory | null> {
  const story = await explainLead(tx, leadId);
  if (story === null) return null;
  const rules = await readRules(tx);
  const plg = activeProfile(rules, 'plg', defaultPlgProfile);
  const product = await explainProduct(tx, leadId, { profile: plg.profile, now });
  const { triggers } = mqlProfileOf(rules);
  return { ...story, product, facts: factsNow(story.lead, product), triggers };
}

/** The marketing profile in force. */
export function mqlProfileOf({ profiles }: StoredRules): ScoringProfile {
  return profiles.find(({ kind }) => kind === 'mql')?.profile ?? defaultMqlProfile;
}

/** `words`: our id, an address or an id of the CRM, looked for in every organisation. Null = no such lead. */
export async function explain(
  { database, now }: { readonly database: Database; readonly now: () => Date },
  words: string,
): Promise<ExplainedStory | null> {
  for (const { id } of await database.operator(listOrgs)) {
    const found = await database.transaction(id, async (tx) => {
      const leadId = await findLead(tx, words);
      return leadId === null ? null : storyOf(tx, leadId, now());
    });
    if (found !== null) return found;
  }
  return null;
}
