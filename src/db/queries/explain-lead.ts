import type { EngagementType } from '../../model/engagement.ts';
import type { LeadStatus } from '../../model/lead.ts';
import type { LifecycleTransition } from '../../model/lifecycle.ts';
import type { ProfileKind } from '../../model/profile.ts';
import type { ScoreBreakdown } from '../../model/score.ts';
import type { ExternalId, Fields, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface LeadStory {
  readonly lead: {
    readonly id: LeadId;
    readonly name: string | null;
    readonly email: string | null;
    readonly companyName: string | null;
    readonly title: string | null;
    readonly status: LeadStatus;
    readonly segment: string | null;
    readonly mqlAt: Date | null;
    readonly facts: Fields;
    /** Its counters when it was recycled; null = it never was. */
    readonly baseline: Fields | null;
  };
  readonly breakdowns: readonly ScoreBreakdown[];
  /** Oldest first. */
  readonly transitions: readonly LifecycleTransition[];
  /** Newest first, fifty at most. */
  readonly events: readonly {
    readonly type: EngagementType;
    readonly occurredAt: Date;
    readonly quantity: number;
    readonly detail: string | null;
  }[];
  readonly sources: readonly {
    readonly connection: string;
    readonly object: string;
    readonly externalId: ExternalId;
    readonly modifiedAt: Date;
    readonly goneAt: Date | null;
  }[];
  readonly pushes: readonly {
    readonly connection: string;
    readonly object: string;
    readonly externalId: ExternalId;
    readonly state: 'settled' | 'pending' | 'claimed' | 'dead';
    readonly wanted: Fields;
    readonly remote: Fields;
    readonly lastError: string | null;
  }[];
}

/** All that is kept about one lead, for a person to read. Null = no such lead. */
export async function explainLead(tx: Tx, leadId: LeadId): Promise<LeadStory | null> {
  const key = [tx.orgId, leadId];
  const [lead] = await tx.query<LeadStory['lead']>(leadStatement, key);
  if (lead === undefined) return null;
  const scores = await tx.query<ScoreRow>(scoreStatement, key);
  return {
    lead,
    breakdowns: scores.map((row) => breakdownOf(leadId, row)),
    transitions: await tx.query(transitionStatement, key),
    events: await tx.query(eventStatement, key),
    sources: await tx.query(sourceStatement, key),
    pushes: await tx.query(pushStatement, key),
  };
}

interface ScoreRow {
  readonly kind: ProfileKind;
  readonly name: string | null;
  readonly version: number;
  readonly total: number;
  readonly tier: string;
  readonly reason: string;
  readonly scoredAt: Date;
  readonly breakdown: Pick<
    ScoreBreakdown,
    'components' | 'contributions' | 'mqlBy' | 'segment' | 'confidence' | 'action'
  >;
}

function breakdownOf(leadId: LeadId, row: ScoreRow): ScoreBreakdown {
  const { kind, name, version, total, tier, reason, scoredAt, breakdown } = row;
  return { leadId, profile: { kind, name: name ?? kind, version }, scoredAt, total, tier, reason, ...breakdown };
}

const leadStatement = `
  select id, name, email, company_name as "companyName", title, status, segment, mql_date as "mqlAt", baseline,
    jsonb_build_object('lead_score', lead_score, 'website_visits', website_visits,
      'content_downloads', content_downloads, 'email_opens', email_opens, 'email_clicks', email_clicks,
      'demo_requested', demo_requested, 'enrollment', enrollment, 'employee_count', employee_count, 'title', title,
      'state', state, 'segment', segment, 'industry', industry) as facts
  from leads where org_id = $1 and id = $2
`;
const scoreStatement = `
  select b.kind, p.name, b.profile_version as version, b.total, b.tier, b.reason, b.scored_at as "scoredAt", b.breakdown
  from score_breakdowns b
  left join org_scoring_profiles p on p.org_id = b.org_id and p.kind = b.kind and p.version = b.profile_version
  where b.org_id = $1 and b.lead_id = $2 order by b.kind
`;
const transitionStatement = `
  select lead_id as "leadId", from_status as "from", to_status as "to", at, cause, episode
  from lifecycle_transitions where org_id = $1 and lead_id = $2 order by id
`;
const eventStatement = `
  select type, occurred_at as "occurredAt", max(quantity) as quantity, detail from engagement_events
  where org_id = $1 and lead_id = $2
  group by connection_id, external_id, type, occurred_at, detail order by occurred_at desc limit 50
`;
const sourceStatement = `
  select c.name as connection, s.object, s.external_id as "externalId", s.modified_at as "modifiedAt", s.gone_at as "goneAt"
  from source_records s join connections c on c.org_id = s.org_id and c.id = s.connection_id
  where s.org_id = $1 and s.lead_id = $2 order by c.name, s.object, s.external_id
`;
const pushStatement = `
  select c.name as connection, p.object, p.external_id as "externalId", p.state, p.wanted, p.remote, p.last_error as "lastError"
  from push_states p join connections c on c.org_id = p.org_id and c.id = p.connection_id
  where p.org_id = $1 and p.lead_id = $2 order by c.name, p.object, p.external_id
`;
