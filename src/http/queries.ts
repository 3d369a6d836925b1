import type { Tx } from '../db/tx.ts';
import type { LeadStatus } from '../model/lead.ts';
import type { ConnectionId, ExternalId, Fields, LeadId } from '../model/values.ts';
import type { ConnectionState, LeadLine, LeadQuery, LedgerLine, ScoreChange } from './page-reader.ts';

export type ConnectionRow = Omit<ConnectionState, 'nextRunAt' | 'pausedReason'> & {
  readonly id: ConnectionId;
  readonly timeZone: string;
};

/** The state of every connection: one probe of an index each for run, success, waiting writes, rejected and calls. */
export async function readConnections(tx: Tx): Promise<ConnectionRow[]> {
  return tx.query<ConnectionRow>(connectionStatement, [tx.orgId]);
}

const connectionStatement = `
  select c.id, c.name, c.kind, c.base_url as "baseUrl", c.schedule, c.timezone as "timeZone",
    coalesce(c.push_policy->>'mode', 'plan') as "pushMode",
    run.run as "lastRun", success.at as "succeededAt",
    (select count(*)::int from push_states p
     where p.org_id = $1 and p.connection_id = c.id and p.state in ('pending', 'claimed')) as "pendingWrites",
    (select count(*)::int from rejected_records r
     where r.org_id = $1 and r.connection_id = c.id and r.resolved_at is null) as rejected,
    coalesce((select u.calls from api_usage u where u.org_id = $1 and u.connection_id = c.id order by u.day desc limit 1), 0)
      as "apiCallsToday"
  from connections c
  left join lateral (
    select jsonb_build_object('id', s.id, 'status', s.status, 'counts', s.counts, 'failure', s.failure,
      'startedAt', s.started_at, 'endedAt', s.ended_at) as run
    from sync_runs s where s.org_id = $1 and s.connection_id = c.id order by s.started_at desc limit 1
  ) run on true
  left join lateral (
    select s.ended_at as at from sync_runs s
    where s.org_id = $1 and s.connection_id = c.id and s.status in ('succeeded', 'partial') and s.kind = 'sync'
    order by s.started_at desc limit 1
  ) success on true
  where c.org_id = $1 order by c.name
`;

export async function countLeads(tx: Tx): Promise<Partial<Record<LeadStatus, number>>> {
  const rows = await tx.query<{ status: LeadStatus; leads: number }>(
    `select status, count(*)::int as leads from leads
     where org_id = $1 and merged_into is null and erased_at is null group by status`,
    [tx.orgId],
  );
  return Object.fromEntries(rows.map(({ status, leads }) => [status, leads]));
}

/** One more than a page, so that the page knows whether another one follows. */
export async function readLeads(tx: Tx, query: LeadQuery, limit: number): Promise<Omit<LeadLine, 'crm'>[]> {
  const { status, tier, search, after } = query;
  const like = search === null ? null : `%${search.replaceAll(/[\\%_]/gu, String.raw`\$&`)}%`;
  return tx.query(leadStatement, [tx.orgId, status, tier, like, after?.score ?? null, after?.id ?? null, limit]);
}

// The order is that of leads_score_idx read backwards; receipts are fetched for the page alone. A search looks at every lead
// of the organisation until a page is full: under row level security only leakproof functions may use an index, and a
// pattern match is none.
const leadStatement = `
  with page as (
    select l.id, l.name, l.email, l.company_name, l.title, l.status, l.segment, l.lead_score
    from leads l
    where l.org_id = $1 and l.merged_into is null and l.erased_at is null and l.lead_score is not null
      and ($2::lead_status is null or l.status = $2::lead_status)
      and ($3::text is null or exists (
        select from score_breakdowns t where t.org_id = $1 and t.lead_id = l.id and t.kind = 'mql' and t.tier = $3))
      and ($4::text is null or l.name ilike $4 or l.email ilike $4 or l.company_name ilike $4 or l.title ilike $4)
      and ($5::int is null or l.lead_score <= $5 and (l.lead_score, l.id) < ($5, $6::uuid))
    order by l.lead_score desc, l.id desc
    limit $7
  )
  select p.id, p.name, p.email, p.company_name as "companyName", p.title, p.status, p.segment, p.lead_score as score,
    b.tier, b.reason
  from page p
  left join score_breakdowns b on b.org_id = $1 and b.lead_id = p.id and b.kind = 'mql'
  order by p.lead_score desc, p.id desc
`;

export interface PushRow {
  readonly leadId: LeadId;
  readonly connectionId: ConnectionId;
  readonly connection: string;
  readonly object: string;
  readonly externalId: ExternalId;
  readonly state: 'settled' | 'pending' | 'claimed' | 'dead';
  readonly wanted: Fields;
  readonly remote: Fields;
  readonly lastError: string | null;
  /** Of the connection's latest run: what was read from the CRM before it may have changed. */
  readonly runEndedAt: Date | null;
}

export async function readPushes(tx: Tx, leadIds: readonly LeadId[]): Promise<PushRow[]> {
  return tx.query<PushRow>(pushStatement, [tx.orgId, leadIds]);
}

const pushStatement = `
  select p.lead_id as "leadId", p.connection_id as "connectionId", c.name as connection, p.object,
    p.external_id as "externalId", p.state, p.wanted, p.remote, p.last_error as "lastError",
    (select s.ended_at from sync_runs s where s.org_id = $1 and s.connection_id = c.id order by s.started_at desc limit 1)
      as "runEndedAt"
  from push_states p join connections c on c.org_id = p.org_id and c.id = p.connection_id
  where p.org_id = $1 and p.lead_id = any($2::uuid[])
  order by c.name, p.object, p.external_id
`;

/** Newest first. */
export async function readHistory(tx: Tx, leadId: LeadId): Promise<ScoreChange[]> {
  return tx.query<ScoreChange>(
    `select kind, total_before as before, total, tier, reason, at from (
       (select * from score_history where org_id = $1 and lead_id = $2 and kind = 'mql' order by id desc limit 50)
       union all
       (select * from score_history where org_id = $1 and lead_id = $2 and kind = 'plg' order by id desc limit 50)
     ) h order by id desc`,
    [tx.orgId, leadId],
  );
}

/** Newest first: the ledger of the records that the lead has in its CRMs. */
export async function readLedger(tx: Tx, leadId: LeadId): Promise<LedgerLine[]> {
  return tx.query<LedgerLine>(
    `select c.name as connection, g.field, g.before, g.after, g.why, g.sent_at as "sentAt", g.outcome,
       g.outcome_reason as "outcomeReason"
     from push_states p
     join connections c on c.org_id = p.org_id and c.id = p.connection_id
     join push_ledger g on g.org_id = p.org_id and g.connection_id = p.connection_id and g.object = p.object
       and g.external_id = p.external_id
     where p.org_id = $1 and p.lead_id = $2 order by g.id desc limit 100`,
    [tx.orgId, leadId],
  );
}
