import type { ProfileKind } from '../../model/profile.ts';
import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface ScoreChange {
  readonly kind: ProfileKind;
  /** Null = it is the first. */
  readonly before: number | null;
  readonly total: number;
  readonly tier: string;
  /** The tier of the score before; null = it is the first that is told of. */
  readonly tierBefore: string | null;
  readonly reason: string;
  readonly at: Date;
}

/** The newest first, so many of each kind. */
export async function readScoreHistory(tx: Tx, leadId: LeadId): Promise<ScoreChange[]> {
  return tx.query<ScoreChange>(
    `select kind, total_before as before, total, tier, reason, at,
       lag(tier) over (partition by kind order by at, id) as "tierBefore"
     from (
       (select * from score_history where org_id = $1 and lead_id = $2 and kind = 'mql' order by id desc limit 100)
       union all
       (select * from score_history where org_id = $1 and lead_id = $2 and kind = 'plg' order by id desc limit 100)
     ) h order by at desc, id desc`,
    [tx.orgId, leadId],
  );
}
