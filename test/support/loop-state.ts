import type { Loop } from './loop.ts';
import type { WrittenValues } from './loop-side.ts';

/** All that a loop has come to, by CRM id: without ids and times of our own. Two loops that mean the same are equal. */
export interface LoopState {
  readonly leads: readonly object[];
  readonly records: readonly object[];
  readonly aliases: readonly object[];
  readonly opportunities: readonly object[];
  readonly links: readonly object[];
  readonly events: readonly object[];
  readonly history: readonly object[];
  readonly transitions: readonly object[];
  readonly pushes: readonly object[];
  readonly rejected: readonly object[];
  readonly crm: WrittenValues;
}

export async function stateOf({
  db,
  orgId,
  written,
}: Pick<Loop<unknown>, 'db' | 'orgId' | 'written'>): Promise<LoopState> {
  const read = async (text: string): Promise<object[]> => db.sql<object>(text, [orgId]);
  return {
    leads: await read(leads),
    records: await read(records),
    aliases: await read(aliases),
    opportunities: await read(opportunities),
    links: await read(links),
    events: await read(events),
    history: await read(history),
    transitions: await read(transitions),
    pushes: await read(pushes),
    rejected: await read(rejected),
    crm: written(),
  };
}

/** What one state has and the other has not, in words that fit on a screen; empty = they are equal. */
export function differences(actual: LoopState, expected: LoopState): string[] {
  const parts = Object.keys(expected) as (keyof LoopState)[];
  return parts.flatMap((part) => {
    const has = linesOf(actual[part]);
    const wants = linesOf(expected[part]);
    const extra = [...has].filter((line) => !wants.has(line)).map((line) => `${part} has ${line}`);
    const missing = [...wants].filter((line) => !has.has(line)).map((line) => `${part} lacks ${line}`);
    return [...extra.slice(0, 3), ...missing.slice(0, 3)];
  });
}

function linesOf(part: readonly object[] | WrittenValues): Set<string> {
  const lines = Array.isArray(part) ? part : Object.entries(part);
  return new Set(lines.map((line) => JSON.stringify(line)));
}

/** The CRM ids of a lead, as its name. */
const crmIds = `(select string_agg(s.connection_name || ' ' || s.external_id, ', ' order by s.external_id) from (
  select r.external_id, '' as connection_name from source_records r
  where r.org_id = $1 and r.lead_id = l.id and r.kind = 'lead') s)`;

const leads = `
  select ${crmIds} as person, l.name, l.email, l.company_name, l.title, l.state, l.enrollment, l.segment, l.status,
    l.lead_score, l.source_detail, l.website_visits, l.content_downloads, l.email_opens, l.email_clicks, l.demo_requested,
    l.employee_count, l.industry, l.company_domain, l.crm_status, l.crm_owner, l.episode, l.baseline - 'recycled_at' as baseline,
    l.mql_date is not null as qualified, l.sql_date is not null as at_sales, l.merged_into is not null as merged,
    l.erased_at is not null as erased, l.opportunity_date is not null as dealt, o.external_id as opportunity, src.name as source, u.email as owner, b.total, b.tier, b.reason, b.breakdown
  from leads l
  left join lead_sources src on src.id = l.source_id
  left join users u on u.id = l.assigned_to
  left join opportunities o on o.id = l.opportunity_id
  left join score_breakdowns b on b.lead_id = l.id
  where l.org_id = $1 order by 1, l.name, l.email`;

const records = `
  select object, external_id, kind, fields, mapped, company_id, lead_id is not null as known, successor_id, gone_reason
  from source_records where org_id = $1 order by object, external_id`;

const aliases = `
  select object, alias_id, external_id from record_aliases where org_id = $1 order by object, alias_id`;

const opportunities = `
  select external_id, name, stage, amount, is_closed, is_won from opportunities where org_id = $1 order by external_id`;

const links = `
  select external_id, person, opportunity from opportunity_links where org_id = $1 order by external_id`;

const events = `
  select e.external_id, e.person, e.type, e.occurred_at, e.quantity, e.detail, ${crmIds} as lead
  from engagement_events e left join leads l on l.id = e.lead_id where e.org_id = $1 order by e.external_id, e.person`;

const history = `
  select person, array_agg(total order by id) as totals, array_agg(total_before order by id) as totals_before,
    array_agg(tier order by id) as tiers, array_agg(reason order by id) as reasons
  from (select h.*, ${crmIds} as person from score_history h join leads l on l.id = h.lead_id where h.org_id = $1) h
  group by person order by person`;

const transitions = `
  select person, array_agg(from_status || ' to ' || to_status || ' by ' || (cause - 'connectionId')::text order by id) as moves
  from (select t.*, ${crmIds} as person from lifecycle_transitions t join leads l on l.id = t.lead_id where t.org_id = $1) t
  group by person order by person`;

const undated = (column: string): string =>
  ['leadloop_mql_date', 'Leadloop_MQL_Date__c'].reduce(
    (dated, field) =>
      `case when p.${column} ->> '${field}' is null then ${dated} else ${dated} || '{"${field}": "a date"}' end`,
    `p.${column}`,
  ) + ` as ${column}`;

const pushes = `
  select object, external_id, state, last_error, ${undated('wanted')}, ${undated('remote')}, ${undated('pushed')}, kept
  from push_states p where org_id = $1 order by object, external_id`;

const rejected = `
  select object, external_id, stage, field, code, message, effect, resolved_at is not null as resolved
  from rejected_records where org_id = $1 order by object, external_id, stage, field`;
