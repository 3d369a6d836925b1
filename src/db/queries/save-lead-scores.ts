import { productComponents } from '../../model/product.ts';
import type { Tx } from '../tx.ts';

/** What a scoring gives; PostgreSQL computes total and tier. */
export interface ProductScore {
  /** Whole points, by component, in the order of `productComponents`. */
  readonly points: readonly number[];
  readonly confidence: number;
  readonly action: string | null;
}

export interface SignupScore extends ProductScore {
  readonly developerId: string;
  readonly isNew: boolean;
}

export interface ProfileStamp {
  /** Percent, in the order of `productComponents`. */
  readonly weights: readonly number[];
  readonly version: number;
  readonly at: Date;
}

/**
 * Writes the scores of signups, with the profile's weights; returns the ids of those that had another one. Somebody else may
 * have rescored the same ones meanwhile: then theirs is the news.
 */
export async function saveLeadScores(
  tx: Tx,
  scores: readonly SignupScore[],
  stamp: ProfileStamp,
): Promise<ReadonlySet<string>> {
  const fresh = scores.filter(({ isNew }) => isNew);
  const known = scores.filter(({ isNew }) => !isNew);
  const inserted = fresh.length === 0 ? [] : await tx.query<{ id: string }>(insert, valuesOf(tx, fresh, stamp));
  const updated = known.length === 0 ? [] : await tx.query<{ id: string }>(update, valuesOf(tx, known, stamp));
  return new Set([...inserted, ...updated].map(({ id }) => id));
}

function valuesOf(tx: Tx, scores: readonly SignupScore[], { weights, version, at }: ProfileStamp): unknown[] {
  return [
    tx.orgId,
    scores.map(({ developerId }) => developerId),
    ...productComponents.map((_, index) => scores.map(({ points }) => points[index])),
    scores.map(({ confidence }) => confidence),
    scores.map(({ action }) => action),
    version,
    at,
    weights.map((percent) => percent / 100),
  ];
}

const incoming = `unnest($2::uuid[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::smallint[], $9::text[])
    as r (id, company, usage, expansion, champion, timing, confidence, action)`;

const insert = `
  insert into lead_scores (org_id, developer_id, company_score, usage_score, expansion_score, champion_score, timing_score,
    confidence, suggested_action, profile_version, scored_at,
    company_weight, usage_weight, expansion_weight, champion_weight, timing_weight)
  select $1, id, company, usage, expansion, champion, timing, confidence, action, $10, $11,
    ($12::numeric[])[1], ($12::numeric[])[2], ($12::numeric[])[3], ($12::numeric[])[4], ($12::numeric[])[5]
  from ${incoming}
  on conflict (org_id, developer_id) do nothing
  returning developer_id as id
`;

const update = `
  update lead_scores s set
    company_score = r.company, usage_score = r.usage, expansion_score = r.expansion, champion_score = r.champion,
    timing_score = r.timing, confidence = r.confidence, suggested_action = r.action, profile_version = $10, scored_at = $11,
    company_weight = ($12::numeric[])[1], usage_weight = ($12::numeric[])[2], expansion_weight = ($12::numeric[])[3],
    champion_weight = ($12::numeric[])[4], timing_weight = ($12::numeric[])[5]
  from ${incoming}
  where s.org_id = $1 and s.developer_id = r.id and (s.company_score, s.usage_score, s.expansion_score, s.champion_score,
      s.timing_score, s.confidence, s.suggested_action, s.profile_version)
    is distinct from (r.company, r.usage, r.expansion, r.champion, r.timing, r.confidence, r.action, $10)
  returning s.developer_id as id
`;
