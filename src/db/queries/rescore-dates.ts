import type { OrgId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface RescoreDate {
  readonly orgId: OrgId;
  /** Of its first connection. */
  readonly timeZone: string;
  /** Null = some of its scores are not those of a present profile. */
  readonly rescoredAt: Date | null;
}

/** When the scores of each organisation were brought to the present last. Through `Database.operator`. */
export async function rescoreDates(tx: Tx): Promise<RescoreDate[]> {
  return tx.query<RescoreDate>(
    `select p.org_id as "orgId", coalesce(min(c.timezone), 'UTC') as "timeZone",
       case when bool_and(p.rescored_at is not null) then min(p.rescored_at) end as "rescoredAt"
     from org_scoring_profiles p left join connections c on c.org_id = p.org_id
     where p.active group by p.org_id`,
  );
}
