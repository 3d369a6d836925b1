import type { FastifyInstance } from 'fastify';
import { type TProperties, Type } from 'typebox';
import type { DashboardKey, DashboardQuery } from '../../db/queries/read-dashboard.ts';
import { callerOf } from './admit.ts';
import type { ApiPort } from './api-port.ts';
import { answered, problems } from './describe.ts';
import { scoreKey } from './paging.ts';
import { invalidQuery } from './problem.ts';

const fallbackLimit = 100;
const maxLimit = 500;

const query = Type.Object({
  tier: Type.Optional(Type.String({ description: 'hot, warm, nurture or monitor.', examples: ['hot'] })),
  company_domain: Type.Optional(Type.String({ description: 'One company.', examples: ['velocitypay.example'] })),
  min_score: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 100, description: 'The least total score.', examples: [60] }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: maxLimit,
      default: fallbackLimit,
      description: 'Rows of a page.',
      examples: [50],
    }),
  ),
  after: Type.Optional(Type.String({ description: 'The `next` of the page before.' })),
});

const maybe = (schema: Parameters<typeof Type.Union>[0][number]) => Type.Union([schema, Type.Null()]);
const text = maybe(Type.String());
const number = maybe(Type.Number());
const flag = maybe(Type.Boolean());

/** The columns of the view, in its order. */
const columns: TProperties = {
  developer_id: Type.String({ format: 'uuid' }),
  email: Type.String(),
  champion_name: text,
  company_domain: text,
  is_company_email: Type.Boolean(),
  company_name: text,
  industry: text,
  employee_count: number,
  employee_range: text,
  funding_stage: text,
  total_funding_usd: number,
  tech_stack: maybe(Type.Array(Type.String())),
  project_count: number,
  billing_tier: text,
  team_member_count: number,
  api_calls_30d: number,
  api_call_growth_pct: number,
  uses_auth: flag,
  uses_edge_functions: flag,
  uses_realtime: flag,
  uses_vector: flag,
  last_active_at: maybe(Type.String({ format: 'date-time' })),
  features_used: Type.Array(Type.String()),
  total_score: Type.Integer({ minimum: 0, maximum: 100 }),
  tier: Type.String(),
  suggested_action: text,
  stakeholder_count: Type.Integer(),
  signal_count: Type.Integer(),
};

const pageSchema = Type.Object(
  {
    rows: Type.Array(Type.Object(columns, { additionalProperties: false })),
    next: Type.Union([Type.String(), Type.Null()], { description: 'Of the next page: `after`. Null = there is none.' }),
  },
  { $id: 'DashboardPage', title: 'Dashboard', additionalProperties: false },
);

const schema = {
  operationId: 'dashboard',
  summary: 'Scored leads, best first',
  description: 'The view lead_dashboard, page by page: signups with a company’s address that have a score.',
  tags: ['read'],
  // The address names no organisation: a token is of one, a session is not.
  security: [{ token: ['read'] }],
  querystring: query,
  response: { 200: answered('A page of leads.', Type.Ref('DashboardPage#')), ...problems(400, 401, 403, 503) },
};

/** GET /api/v1/dashboard */
export function dashboardRoute(app: FastifyInstance, api: ApiPort): void {
  app.addSchema(pageSchema);
  app.get('/v1/dashboard', { config: { access: 'read' }, schema }, async (request) => {
    const query = dashboardQuery(request.query as Readonly<Record<string, unknown>>);
    const { orgId } = callerOf(request);
    // One more than a page, to know whether another one follows.
    const rows = await api.dashboard(orgId, { ...query, limit: query.limit + 1 });
    const page = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? page.at(-1) : undefined;
    return { rows: page, next: last === undefined ? null : `${last.total_score}.${last.developer_id}` };
  });
}

/** @throws AppError `query-invalid` (fix-config) */
function dashboardQuery(given: Readonly<Record<string, unknown>>): DashboardQuery {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(query.properties, name))
      throw invalidQuery(name.slice(0, 40), `one of ${Object.keys(query.properties).join(', ')}`);
  }
  return {
    tier: textOf(given, 'tier'),
    companyDomain: textOf(given, 'company_domain')?.toLowerCase() ?? null,
    minScore: wholeOf(given, 'min_score', [0, 100]),
    limit: wholeOf(given, 'limit', [1, maxLimit]) ?? fallbackLimit,
    after: keyOf(textOf(given, 'after')),
  };
}

function textOf(given: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = given[name];
  if (value === undefined || value === '') return null;
  if (typeof value !== 'string' || value.length > 255 || value.includes('\0')) throw invalidQuery(name, 'one text');
  return value;
}

function wholeOf(
  given: Readonly<Record<string, unknown>>,
  name: string,
  [least, most]: readonly [number, number],
): number | null {
  const text = textOf(given, name);
  if (text === null) return null;
  const number = /^\d{1,9}$/u.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw invalidQuery(name, `a whole number from ${least} to ${most}`);
}

function keyOf(after: string | null): DashboardKey | null {
  const key = scoreKey(after ?? undefined);
  return key === null ? null : { score: key.score, developerId: key.id };
}
