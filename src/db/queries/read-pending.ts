import type { PushPriority, PushRecord } from '../../model/push.ts';
import type { ConnectionId } from '../../model/values.ts';
import { productReason } from './claim-pushes.ts';
import type { Tx } from '../tx.ts';

export interface PendingPush extends PushRecord {
  readonly priority: PushPriority;
  readonly parent: string;
  readonly reason: string | null;
  readonly plgReason: string | null;
  /** Of the lead, or of the company its domain. */
  readonly name: string | null;
  /** As the marketing profile has it; of a company, as the product profile does. */
  readonly tier: string | null;
  /** A user of ours, who owns the lead in the CRM. */
  readonly ownerId: string | null;
  readonly owner: string | null;
  /** Not written before. */
  readonly availableAt: Date;
  /** What the CRM said to the last try. */
  readonly lastError: string | null;
}

export type PendingPosition = Pick<PendingPush, 'priority' | 'parent' | 'externalId'>;

/** One page of what waits to be written, the most urgent first; claims nothing. */
export async function readPending(
  tx: Tx,
  page: { connectionId: ConnectionId; object: string; limit: number; after: PendingPosition | null },
): Promise<PendingPush[]> {
  return tx.query<PendingPush>(statement, [
    tx.orgId,
    page.connectionId,
    page.object,
    page.limit,
    page.after?.priority ?? -1,
    page.after?.parent ?? '',
    page.after?.externalId ?? '',
  ]);
}

const statement = `
  with c as (
    select * from push_states
    where org_id = $1 and connection_id = $2 and object = $3 and state in ('pending', 'claimed')
      and (priority, parent, external_id) > ($5::smallint, $6::text, $7::text)
    order by priority, parent, external_id limit $4
  )
  select c.connection_id as "connectionId", c.object, c.external_id as "externalId", c.lead_id as "leadId",
    c.wanted, c.remote, c.pushed, c.kept, c.priority, c.parent, b.reason, ${productReason.column},
    coalesce(l.name, l.email, r.company_domain) as name, coalesce(b.tier, account.tier) as tier,
    u.id as "ownerId", coalesce(u.name, u.email) as owner, c.available_at as "availableAt", c.last_error as "lastError"
  from c
  left join leads l on l.org_id = $1 and l.id = c.lead_id
  left join users u on u.org_id = $1 and u.id = l.assigned_to
  left join score_breakdowns b on b.org_id = $1 and b.lead_id = c.lead_id and b.kind = 'mql'
  left join source_records r on c.lead_id is null and r.org_id = $1 and r.connection_id = c.connection_id
    and r.object = c.object and r.external_id = c.external_id
  ${productReason.joins}
  order by c.priority, c.parent, c.external_id
`;
