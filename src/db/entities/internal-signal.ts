import { defineEntity, p } from '@mikro-orm/postgresql';

/** A snapshot of how a developer uses the product. History is kept. */
export const InternalSignal = defineEntity({
  name: 'InternalSignal',
  tableName: 'internal_signals',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    developerId: p.uuid(),
    projectCount: p.integer().nullable().default(0),
    activeProjects: p.integer().nullable().default(0),
    usesAuth: p.boolean().nullable().default(false),
    usesStorage: p.boolean().nullable().default(false),
    usesEdgeFunctions: p.boolean().nullable().default(false),
    usesRealtime: p.boolean().nullable().default(false),
    usesVector: p.boolean().nullable().default(false),
    usesCron: p.boolean().nullable().default(false),
    billingTier: p.text().nullable().default('free'),
    tierUpgradedAt: p.datetime().nullable(),
    teamMemberCount: p.integer().nullable().default(1),
    teamMembersAddedLast30d: p.integer().fieldName('team_members_added_last_30d').nullable().default(0),
    apiCalls30d: p.bigint('number').fieldName('api_calls_30d').nullable().defaultRaw('0'),
    apiCallsPrev30d: p.bigint('number').fieldName('api_calls_prev_30d').nullable().defaultRaw('0'),
    apiCallGrowthPct: p
      .decimal('number')
      .columnType('numeric')
      .nullable()
      .generated(
        ` CASE WHEN (api_calls_prev_30d > 0) THEN round(((((api_calls_30d - api_calls_prev_30d))::numeric / (api_calls_prev_30d)::numeric) * (100)::numeric), 1) ELSE (0)::numeric END stored`,
      ),
    lastActiveAt: p.datetime().nullable(),
    dashboardLogins30d: p.integer().fieldName('dashboard_logins_30d').nullable().default(0),
    apiCallsPrevDerived: p.boolean().default(false),
    capturedAt: p.datetime().defaultRaw('now()'),
  },
});
