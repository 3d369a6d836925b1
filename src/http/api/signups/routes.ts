import { leadsOfDevelopers } from '../../../db/queries/load-signups.ts';
import { readDashboard } from '../../../db/queries/read-dashboard.ts';
import { readRules } from '../../../db/queries/read-rules.ts';
import type { LeadId } from '../../../model/values.ts';
import { activeProfile } from '../../../pull/prepare.ts';
import { defaultPlgProfile } from '../../../scoring/defaults.ts';
import { callerOf } from '../admit.ts';
import { answered, problems, secured } from '../describe.ts';
import { inOrg } from '../forms.ts';
import { pageOf, scoreKey } from '../paging.ts';
import type { Routes } from '../routes.ts';
import { type SignupCard, signupCard, type SignupList, signupList, signupQuery } from './schemas.ts';

/** /api/v1/orgs/ORG/signups */
export const signupRoutes: Routes = (app, { services: { database } }) => {
  app.addSchema(signupCard);
  app.get('/v1/orgs/:org/signups', { config: { access: 'read' }, schema }, async (request): Promise<SignupList> => {
    const { limit = 50, after, tier = null, company, minScore = null } = request.query;
    const companyDomain = company?.toLowerCase() ?? null;
    const key = scoreKey(after);
    const place = key === null ? null : { score: key.score, developerId: key.id };
    const wish = { tier, companyDomain, minScore, after: place, limit: limit + 1 };
    return database.transaction(callerOf(request).orgId, async (tx) => {
      const rows = (await readDashboard(tx, wish)) as unknown as readonly ViewRow[];
      const { items, next } = pageOf(rows, limit, (row) => `${row.total_score}.${row.developer_id}`);
      const leadOf = await leadsOfDevelopers(
        tx,
        items.map(({ developer_id }) => developer_id),
      );
      const { profile } = activeProfile(await readRules(tx), 'plg', defaultPlgProfile);
      return {
        signups: items.map((row) => cardOf(row, leadOf.get(row.developer_id) ?? null)),
        next,
        tiers: profile.definition.tiers.map((one) => one.tier),
      };
    });
  });
};

/** A row of the view `lead_dashboard`. */
interface ViewRow {
  readonly developer_id: string;
  readonly email: string;
  readonly champion_name: string | null;
  readonly company_domain: string | null;
  readonly company_name: string | null;
  readonly industry: string | null;
  readonly employee_count: number | null;
  readonly employee_range: string | null;
  readonly funding_stage: string | null;
  readonly total_funding_usd: number | null;
  readonly tech_stack: readonly string[] | null;
  readonly project_count: number | null;
  readonly billing_tier: string | null;
  readonly team_member_count: number | null;
  readonly api_calls_30d: number | null;
  readonly api_call_growth_pct: number | null;
  readonly features_used: readonly string[];
  readonly last_active_at: Date | null;
  readonly total_score: number;
  readonly tier: string;
  readonly suggested_action: string | null;
  readonly stakeholder_count: number;
  readonly signal_count: number;
}

function cardOf(row: ViewRow, leadId: LeadId | null): SignupCard {
  return {
    id: row.developer_id,
    leadId,
    email: row.email,
    champion: row.champion_name,
    companyDomain: row.company_domain,
    companyName: row.company_name,
    industry: row.industry,
    employees: row.employee_count,
    employeeRange: row.employee_range,
    fundingStage: row.funding_stage,
    totalFundingUsd: row.total_funding_usd,
    techStack: [...(row.tech_stack ?? [])],
    projects: row.project_count,
    billingTier: row.billing_tier,
    teamMembers: row.team_member_count,
    apiCalls30d: row.api_calls_30d,
    apiCallGrowthPct: row.api_call_growth_pct,
    features: [...row.features_used],
    lastActiveAt: row.last_active_at?.toISOString() ?? null,
    score: row.total_score,
    tier: row.tier,
    action: row.suggested_action,
    stakeholders: row.stakeholder_count,
    signals: row.signal_count,
  };
}

const schema = {
  operationId: 'list-signups',
  summary: 'Signups, best first',
  description: 'The view lead_dashboard as cards: signups with a company’s address that have a score.',
  tags: ['read'],
  security: secured('read'),
  params: inOrg,
  querystring: signupQuery,
  response: { 200: answered('A page of signups.', signupList), ...problems(400, 401, 403, 404) },
};
