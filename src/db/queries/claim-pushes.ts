import { productComponents } from '../../model/product.ts';
import type { PushPriority, PushRecord } from '../../model/push.ts';
import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface ClaimedPush extends PushRecord {
  readonly attempts: number;
  /** The sentences that explain the scores today; they go into the ledger. */
  readonly reason: string | null;
  readonly plgReason: string | null;
  /** The oldest change in the CRM that this write answers; null = it has another cause. From here on the ledger knows it. */
  readonly changedAt: Date | null;
}

export interface PushClaim {
  readonly connectionId: ConnectionId;
  readonly object: string;
  readonly token: string;
  readonly now: Date;
  readonly until: Date;
  readonly limit: number;
  /** The least urgent priority that is taken. */
  readonly upTo: PushPriority;
  /** As long as one of these priorities waits, what is left of `limit` goes to others: they cost no further call. */
  readonly isFilledUp: boolean;
}

/**
 * Takes up to `limit` waiting records of one object, the most urgent first, those of one company together. `skip locked` keeps two workers apart while
 * they choose, the state keeps them apart afterwards.
 */
export async function claimPushes(tx: Tx, claim: PushClaim): Promise<ClaimedPush[]> {
  return tx.query<ClaimedPush>(claim.isFilledUp ? filledUp : bounded, [
    tx.orgId,
    claim.connectionId,
    claim.object,
    claim.token,
    claim.now,
    claim.until,
    claim.limit,
    claim.upTo,
  ]);
}

/** Points alone: an action may name people, and a ledger is kept. */
const points = (score: string): string =>
  `format('company %s, usage %s, expansion %s, champion %s, timing %s', ${productComponents
    .map((name) => `${score}.${name}_score`)
    .join(', ')}) as "plgReason"`;

/** SQL: what explains the product score of a waiting record `c`. */
export const productReason = {
  column: 'coalesce(person."plgReason", account."plgReason") as "plgReason"',
  joins: `
  left join lateral (
    select ${points('s')} from developer_signups d join lead_scores s on s.org_id = $1 and s.developer_id = d.id
    where d.org_id = $1 and d.lead_id = c.lead_id order by s.total_score desc nulls last, d.id limit 1
  ) person on true
  left join lateral (
    select a.tier, ${points('a')} from source_records r
    join account_scores a on a.org_id = $1 and a.company_domain = r.company_domain
    where c.lead_id is null and r.org_id = $1 and r.connection_id = c.connection_id and r.object = c.object
      and r.external_id = c.external_id
  ) account on true`,
} as const;

/** SQL: nothing is put off for more than an hour, so what waits longer was noted by a clock that ran ahead. */
const hasCome = (now: string): string =>
  `(available_at <= ${now} or available_at > ${now}::timestamptz + interval '1 hour')`;

const isDue = `org_id = $1 and connection_id = $2 and object = $3
  and ((state = 'pending' and ${hasCome('$5')}) or (state = 'claimed' and claimed_until < $5))`;

const claiming = (chosen: string): string => `
  with chosen as (
    select external_id, changed_at from push_states where ${isDue} and ${chosen}
    order by priority, parent, external_id limit $7
    for update skip locked
  ), claimed as (
    update push_states p set state = 'claimed', claim_token = $4, claimed_until = $6, changed_at = null, updated_at = now()
    from chosen c
    where p.org_id = $1 and p.connection_id = $2 and p.object = $3 and p.external_id = c.external_id
    returning p.*, c.changed_at as led_by
  )
  select c.connection_id as "connectionId", c.object, c.external_id as "externalId", c.lead_id as "leadId",
    c.wanted, c.remote, c.pushed, c.kept, c.attempts, c.led_by as "changedAt", b.reason,
    ${productReason.column}
  from claimed c
  left join score_breakdowns b on b.org_id = $1 and b.lead_id = c.lead_id and b.kind = 'mql'
  ${productReason.joins}
  order by c.priority, c.parent, c.external_id
`;

const bounded = claiming('priority <= $8');
const filledUp = claiming(`exists (select from push_states where ${isDue} and priority <= $8)`);

/**
 * Gives back what a dead worker of this connection held, with the changes in the CRM that its ledger had taken over. To be called
 * only by who holds the connection's lock.
 */
export async function releaseClaims(tx: Tx, connectionId: ConnectionId): Promise<void> {
  await tx.query(release, [tx.orgId, connectionId]);
}

const release = `
  with held as (
    select object, external_id, claim_token from push_states
    where org_id = $1 and connection_id = $2 and state = 'claimed'
  ), doubt as (
    select object, external_id, min(changed_at) as changed_at from push_ledger
    where org_id = $1 and outcome is null and changed_at is not null
      and claim_token = any(array(select distinct claim_token from held))
    group by object, external_id
  )
  update push_states p set state = 'pending', claim_token = null, claimed_until = null,
    changed_at = least(p.changed_at, d.changed_at)
  from held h left join doubt d using (object, external_id)
  where p.org_id = $1 and p.connection_id = $2 and p.object = h.object and p.external_id = h.external_id
    and p.state = 'claimed'
`;

/** Waiting records of a connection. */
export async function countPending(tx: Tx, connectionId: ConnectionId): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int as n from push_states
     where org_id = $1 and connection_id = $2 and state in ('pending', 'claimed')`,
    [tx.orgId, connectionId],
  );
  return row?.n ?? 0;
}

/** Waiting records of one object, by priority. */
export async function countByPriority(
  tx: Tx,
  { connectionId, object }: { readonly connectionId: ConnectionId; readonly object: string },
): Promise<readonly { readonly priority: PushPriority; readonly count: number }[]> {
  return tx.query(
    `select priority, count(*)::int as count from push_states
     where org_id = $1 and connection_id = $2 and object = $3 and state in ('pending', 'claimed')
     group by priority order by priority`,
    [tx.orgId, connectionId, object],
  );
}

/** Whether anything of the highest priority is due. */
export async function hasUrgentPushes(
  tx: Tx,
  { connectionId, now }: { readonly connectionId: ConnectionId; readonly now: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `select from push_states
     where org_id = $1 and connection_id = $2 and state in ('pending', 'claimed') and priority = 0 and ${hasCome('$3')}
     limit 1`,
    [tx.orgId, connectionId, now],
  );
  return rows.length > 0;
}

/** Which of these fields a waiting record is to have. */
export async function fieldsThatWait(
  tx: Tx,
  target: { readonly connectionId: ConnectionId; readonly object: string },
  fields: readonly string[],
): Promise<string[]> {
  const rows = await tx.query<{ field: string }>(
    `select f.field from unnest($4::text[]) as f (field)
     where exists (select from push_states p where p.org_id = $1 and p.connection_id = $2 and p.object = $3
       and p.state in ('pending', 'claimed') and p.wanted ? f.field)`,
    [tx.orgId, target.connectionId, target.object, fields],
  );
  return rows.map(({ field }) => field);
}
