import { leadStatuses, type LeadStatus } from '../../model/lead.ts';
import type { ConnectionId, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** A place in the order by score, highest first. */
export interface LeadPlace {
  readonly score: number;
  readonly id: LeadId;
}

export interface LeadListQuery {
  readonly status: LeadStatus | null;
  /** Of the marketing profile. */
  readonly tier: string | null;
  /** The scores among which the tier's leads are: of a status as well, nobody else is looked at. */
  readonly scores: { readonly least: number; readonly most: number };
  readonly segment: string | null;
  /** With a record that is there in this connection. */
  readonly connectionId: ConnectionId | null;
  /** Words of name, address, title or company; null = all. */
  readonly search: string | null;
  readonly after: LeadPlace | null;
  readonly limit: number;
}

export interface ListedLead {
  readonly id: LeadId;
  readonly name: string | null;
  readonly email: string | null;
  readonly companyName: string | null;
  readonly title: string | null;
  readonly status: LeadStatus;
  readonly segment: string | null;
  readonly score: number;
  /** Null = not scored yet. */
  readonly tier: string | null;
  readonly reason: string | null;
  readonly mqlAt: Date | null;
}

export interface LeadList {
  readonly leads: readonly ListedLead[];
  /** Where the search goes on; null = there is nobody behind it. */
  readonly next: LeadPlace | null;
}

/** So many leads are looked at for a page, whoever of them fits: an answer takes its time at a million leads as at a thousand. */
export const leadsLookedAt = 10_000;

/**
 * The leads that fit, best first: at most a page, and of no more than so many as are looked at for one. `next` tells where to go
 * on even where fewer than a page were found.
 */
export async function listLeads(tx: Tx, query: LeadListQuery): Promise<LeadList> {
  const { limit } = query;
  const found = await tx.query<ListedLead>(pageStatement, [
    ...placeValues(tx, query),
    ...filterValues(query),
    limit + 1,
  ]);
  if (found.length > limit) {
    const leads = found.slice(0, limit);
    const last = leads.at(-1);
    return { leads, next: last === undefined ? null : { score: last.score, id: last.id } };
  }
  if (!isFiltered(query)) return { leads: found, next: null };
  const [end] = await tx.query<LeadPlace>(endStatement, placeValues(tx, query));
  return { leads: found, next: end ?? null };
}

/** Whether leads are looked at that do not fit. */
function isFiltered({ status, tier, segment, connectionId, search }: LeadListQuery): boolean {
  const both = status === null ? null : tier;
  return [both, segment, connectionId, search].some((filter) => filter !== null);
}

function placeValues(tx: Tx, { status, tier, scores, after }: LeadListQuery): unknown[] {
  const rank = status === null ? null : leadStatuses.indexOf(status);
  const { score, id } = after ?? { score: scores.most, id: afterAllIds };
  return [tx.orgId, rank, scores.least, score, id, leadsLookedAt, tier];
}

const afterAllIds = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

function filterValues({ segment, connectionId, search }: LeadListQuery): unknown[] {
  const like = search === null ? null : `%${search.replaceAll(/[\\%_]/gu, String.raw`\$&`)}%`;
  return [segment, connectionId, like];
}

// leads_score_idx read backwards; of one status leads_list_idx, where it stands by its place in `leadStatuses`; of one tier
// leads_tier_idx. Of both, those of the status are looked at: leads of the tier among them may be few.
const lookedAt = (columns: string): string => `
  select ${columns} from leads l
  where l.org_id = $1 and l.merged_into is null and l.erased_at is null
    and ($2::smallint is null or l.status_rank = $2::smallint)
    and ($2::smallint is not null or $7::text is null or l.tier = $7)
    and l.lead_score >= $3 and (l.lead_score, l.id) < ($4, $5::uuid)
  order by l.lead_score desc, l.id desc
  limit $6
`;

// Under row level security only leakproof functions may use an index, and a pattern match is none: a search looks at leads
// one by one. Sub-selects are asked of one lead after the other until the page is full, where a join would read a whole table.
const pageStatement = `
  with page as (
    select * from (${lookedAt('l.*')}) l
    where ($7::text is null or l.tier = $7)
      and ($8::text is null or l.segment = $8)
      and ($9::uuid is null or 1 = (
        select 1 from source_records s
        where s.org_id = $1 and s.lead_id = l.id and s.connection_id = $9 and s.gone_at is null limit 1))
      and ($10::text is null or concat_ws(' ', l.name, l.email, l.company_name, l.title) ilike $10)
    limit $11
  )
  select p.id, p.name, p.email, p.company_name as "companyName", p.title, p.status, p.segment, p.lead_score as score,
    p.tier, b.reason, p.mql_date as "mqlAt"
  from page p
  left join score_breakdowns b on b.org_id = $1 and b.lead_id = p.id and b.kind = 'mql'
  order by p.lead_score desc, p.id desc
`;

/** The last lead that was looked at, where there were as many as that. */
const endStatement = `
  select lead_score as score, id from (${lookedAt('l.lead_score, l.id')}) l offset $6::int - 1
`;

/** Leads by their ids, for whoever has found them otherwise. */
export async function leadsById(tx: Tx, ids: readonly LeadId[]): Promise<ListedLead[]> {
  return tx.query<ListedLead>(
    `select l.id, l.name, l.email, l.company_name as "companyName", l.title, l.status, l.segment,
       coalesce(l.lead_score, 0) as score, l.tier, b.reason, l.mql_date as "mqlAt"
     from leads l left join score_breakdowns b on b.org_id = $1 and b.lead_id = l.id and b.kind = 'mql'
     where l.org_id = $1 and l.id = any($2::uuid[]) and l.erased_at is null`,
    [tx.orgId, ids],
  );
}
