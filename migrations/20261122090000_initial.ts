/* oxlint-disable max-lines -- one schema, to be read in one go */
import { Migration } from '@mikro-orm/migrations';

/**
 * The whole first schema, as SQL to be read. Three blocks: the lead model (first seed), product-led growth (second seed)
 * and what the loop needs. Every tenant table carries `org_id`, references its parents by (org_id, id), so that no row can
 * point into another organisation, and is under *forced* row level security (last block). Where a parent cascades, the
 * organisation itself is not referenced as well: each reference is looked up for each row.
 */
export class Initial extends Migration {
  override up(): void {
    this.addSql(roles);
    this.addSql(tenancy);
    this.addSql(leads);
    this.addSql(productLedGrowth);
    this.addSql(dashboard);
    this.addSql(connections);
    this.addSql(records);
    this.addSql(erasures);
    this.addSql(scores);
    this.addSql(runs);
    this.addSql(pushing);
    this.addSql(statistics);
    this.addSql(rowLevelSecurity);
    this.addSql(privileges);
  }

  override down(): void {
    this.addSql(`
      drop view if exists lead_dashboard;
      drop table if exists ${tenantTables.toReversed().join(', ')}, orgs cascade;
      drop type if exists lead_status;
      drop function if exists current_org(), settle_once(), refresh_statistics();
    `);
  }
}

/** Tables with `org_id`, parents first. A test walks the catalogue and fails when one is missing here. */
export const tenantTables = [
  'users',
  'lead_sources',
  'connections',
  'opportunities',
  'leads',
  'org_scoring_profiles',
  'developer_signups',
  'internal_signals',
  'company_enrichment',
  'stakeholders',
  'expansion_signals',
  'lead_scores',
  'field_mappings',
  'source_records',
  'record_aliases',
  'engagement_events',
  'erased_addresses',
  'score_breakdowns',
  'score_history',
  'lifecycle_transitions',
  'sync_runs',
  'sync_cursors',
  'pass_sightings',
  'rejected_records',
  'crm_cache',
  'api_usage',
  'push_states',
  'push_ledger',
  'audit_log',
];

/** History is written once: the application may add to these and read them, nothing else. */
const appendOnly = ['score_history', 'lifecycle_transitions', 'audit_log'];

// Roles belong to the cluster, not to the database: they may be there already.
const roles = `
  do $$ begin
    if not exists (select from pg_roles where rolname = 'leadloop_app') then create role leadloop_app nologin; end if;
    if not exists (select from pg_roles where rolname = 'leadloop_operator') then create role leadloop_operator nologin; end if;
  exception when duplicate_object or unique_violation then null;
  end $$;
  do $$ begin
    grant leadloop_app, leadloop_operator to current_user;
  -- Somebody else made the roles, and granted them to this login or not: the first transaction tells.
  exception when insufficient_privilege or unique_violation then null;
  end $$;

  -- Null outside a tenant transaction: then every policy below says no.
  create function current_org() returns uuid language sql stable parallel safe
    return nullif(current_setting('leadloop.org_id', true), '')::uuid;
`;

const tenancy = `
  create table orgs (
    id uuid primary key default gen_random_uuid(),
    slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name text not null,
    created_at timestamptz not null default now()
  );

  create table users (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    email varchar(255),
    name varchar(200),
    active boolean not null default true,
    created_at timestamptz not null default now(),
    unique (org_id, id),
    unique (org_id, email)
  );

  create table lead_sources (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    name varchar(200) not null,
    created_at timestamptz not null default now(),
    unique (org_id, id),
    unique (org_id, name)
  );

  create table connections (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    name text not null,
    kind text not null,
    base_url text,
    settings jsonb not null default '{}',
    -- AES-256-GCM; key_id names the key of LEADLOOP_KEY that sealed it, so that keys can be rotated.
    credentials_sealed bytea,
    credentials_key_id text,
    schedule text,
    quota jsonb not null default '{}',
    push_policy jsonb not null default '{"mode": "plan"}',
    -- The CRM account seen at the first check: a run on another one is refused.
    account_id text,
    paused_reason text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (org_id, id),
    unique (org_id, name)
  );

  create table opportunities (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    connection_id uuid,
    external_id text,
    name text,
    stage text,
    amount numeric,
    is_closed boolean,
    is_won boolean,
    created_at timestamptz not null default now(),
    unique (org_id, id),
    unique (org_id, connection_id, external_id),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
`;

const leads = `
  create type lead_status as enum ('new', 'engaged', 'mql', 'sql', 'opportunity', 'disqualified', 'recycled');

  create table leads (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    name varchar(200),
    email varchar(255),
    -- Under row level security only leakproof functions may search an index: text equality is one, lower() is not.
    email_key text generated always as (lower(email)) stored,
    company_name varchar(300),
    title varchar(200),
    state varchar(10),
    enrollment integer check (enrollment >= 0),
    segment varchar(50),
    source_id uuid,
    source_detail text,
    status lead_status not null default 'new',
    lead_score integer check (lead_score between 0 and 100),
    assigned_to uuid,
    mql_date timestamptz,
    sql_date timestamptz,
    opportunity_date timestamptz,
    opportunity_id uuid,
    website_visits integer not null default 0 check (website_visits >= 0),
    content_downloads integer not null default 0 check (content_downloads >= 0),
    email_opens integer not null default 0 check (email_opens >= 0),
    email_clicks integer not null default 0 check (email_clicks >= 0),
    demo_requested boolean not null default false,
    -- beyond the seed
    employee_count integer,
    industry varchar(200),
    company_domain varchar(255),
    crm_status text,
    -- The owner's id in the CRM, behind assigned_to.
    crm_owner varchar(100),
    -- Qualification episode and the counters at its beginning (set when the lead is recycled).
    episode integer not null default 0,
    baseline jsonb,
    merged_into uuid,
    erased_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    foreign key (org_id, source_id) references lead_sources (org_id, id),
    foreign key (org_id, assigned_to) references users (org_id, id),
    foreign key (org_id, opportunity_id) references opportunities (org_id, id)
  );
  -- The five indexes of the seed; org_id leads, because every query carries it.
  create index leads_status_idx on leads (org_id, status);
  create index leads_source_idx on leads (org_id, source_id);
  create index leads_assigned_idx on leads (org_id, assigned_to);
  create index leads_score_idx on leads (org_id, lead_score);
  create index leads_mql_date_idx on leads (org_id, mql_date);
  -- Identity: a person is found by address whatever its case.
  create index leads_email_idx on leads (org_id, email_key) where merged_into is null and email_key is not null;
  -- Last on purpose: while a new table has no statistics all of these look equally cheap, and the youngest is taken. Foreign
  -- keys look leads up by this one, and keep the plan of their first look-up (test/integration/db/plans.test.ts).
  alter table leads add unique (org_id, id);
  alter table leads add foreign key (org_id, merged_into) references leads (org_id, id);

  create table org_scoring_profiles (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    kind text not null check (kind in ('mql', 'plg')),
    name text not null,
    version integer not null,
    profile jsonb not null,
    active boolean not null default false,
    created_at timestamptz not null default now(),
    -- When all leads had been scored with it; null = a rescore is due.
    rescored_at timestamptz,
    unique (org_id, kind, version)
  );
  create unique index org_scoring_profiles_active_idx on org_scoring_profiles (org_id, kind) where active;
`;

const productLedGrowth = `
  create table developer_signups (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    email text not null,
    full_name text,
    company_domain text,
    signup_date timestamptz not null default now(),
    signup_source text,
    is_company_email boolean generated always as (
      email not like '%@gmail.com'
      and email not like '%@yahoo.com'
      and email not like '%@hotmail.com'
      and email not like '%@outlook.com'
      and email not like '%@icloud.com'
    ) stored,
    lead_id uuid,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    unique (org_id, id),
    unique (org_id, email),
    foreign key (org_id, lead_id) references leads (org_id, id)
  );
  create index developer_signups_domain_idx on developer_signups (org_id, company_domain);

  create table internal_signals (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    developer_id uuid not null,
    project_count int default 0,
    active_projects int default 0,
    uses_auth boolean default false,
    uses_storage boolean default false,
    uses_edge_functions boolean default false,
    uses_realtime boolean default false,
    uses_vector boolean default false,
    uses_cron boolean default false,
    billing_tier text default 'free',
    tier_upgraded_at timestamptz,
    team_member_count int default 1,
    team_members_added_last_30d int default 0,
    api_calls_30d bigint default 0,
    api_calls_prev_30d bigint default 0,
    api_call_growth_pct numeric generated always as (
      case
        when api_calls_prev_30d > 0
        then round(((api_calls_30d - api_calls_prev_30d)::numeric / api_calls_prev_30d) * 100, 1)
        else 0
      end
    ) stored,
    last_active_at timestamptz,
    dashboard_logins_30d int default 0,
    captured_at timestamptz default now(),
    foreign key (org_id, developer_id) references developer_signups (org_id, id) on delete cascade
  );
  create index internal_signals_latest_idx on internal_signals (org_id, developer_id, captured_at desc);

  create table company_enrichment (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    domain text not null,
    company_name text,
    industry text,
    employee_count int,
    employee_range text,
    company_type text,
    funding_stage text,
    total_funding_usd bigint,
    tech_stack jsonb default '[]',
    linkedin_url text,
    enriched_at timestamptz default now(),
    unique (org_id, domain)
  );

  create table stakeholders (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    company_domain text not null,
    full_name text not null,
    title text,
    department text,
    seniority text,
    linkedin_url text,
    is_decision_maker boolean default false,
    is_technical boolean default false,
    is_budget_holder boolean default false,
    enriched_at timestamptz default now(),
    foreign key (org_id, company_domain) references company_enrichment (org_id, domain) on delete cascade
  );
  create index stakeholders_domain_idx on stakeholders (org_id, company_domain);

  create table expansion_signals (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    company_domain text not null,
    signal_type text not null,
    signal_title text not null,
    signal_detail text,
    signal_date date,
    signal_strength text default 'medium',
    captured_at timestamptz default now(),
    foreign key (org_id, company_domain) references company_enrichment (org_id, domain) on delete cascade
  );
  create index expansion_signals_domain_idx on expansion_signals (org_id, company_domain);

  -- The weights are columns, so that a profile can change them in one statement; the defaults are the seed's.
  create table lead_scores (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    developer_id uuid not null,
    company_score int default 0,
    usage_score int default 0,
    expansion_score int default 0,
    champion_score int default 0,
    timing_score int default 0,
    company_weight numeric not null default 0.25,
    usage_weight numeric not null default 0.30,
    expansion_weight numeric not null default 0.20,
    champion_weight numeric not null default 0.15,
    timing_weight numeric not null default 0.10,
    total_score int generated always as (
      round(
        (company_score * company_weight) + (usage_score * usage_weight) + (expansion_score * expansion_weight)
        + (champion_score * champion_weight) + (timing_score * timing_weight)
      )
    ) stored,
    tier text generated always as (
      case
        when (company_score * company_weight + usage_score * usage_weight + expansion_score * expansion_weight
              + champion_score * champion_weight + timing_score * timing_weight) >= 80 then 'hot'
        when (company_score * company_weight + usage_score * usage_weight + expansion_score * expansion_weight
              + champion_score * champion_weight + timing_score * timing_weight) >= 60 then 'warm'
        when (company_score * company_weight + usage_score * usage_weight + expansion_score * expansion_weight
              + champion_score * champion_weight + timing_score * timing_weight) >= 40 then 'nurture'
        else 'monitor'
      end
    ) stored,
    suggested_action text,
    scored_at timestamptz default now(),
    unique (org_id, developer_id),
    foreign key (org_id, developer_id) references developer_signups (org_id, id) on delete cascade
  );
  create index lead_scores_total_idx on lead_scores (org_id, total_score desc nulls last);
`;

// security_invoker: the view reads with the rights of whoever asks, so row level security holds through it.
const dashboard = `
  create view lead_dashboard with (security_invoker = true) as
  select
    d.id as developer_id,
    d.email,
    d.full_name as champion_name,
    d.company_domain,
    d.is_company_email,
    c.company_name,
    c.industry,
    c.employee_count,
    c.employee_range,
    c.funding_stage,
    c.total_funding_usd,
    c.tech_stack,
    i.project_count,
    i.billing_tier,
    i.team_member_count,
    i.api_calls_30d,
    i.api_call_growth_pct,
    i.uses_auth,
    i.uses_edge_functions,
    i.uses_realtime,
    i.uses_vector,
    i.last_active_at,
    array_remove(array[
      case when i.uses_auth then 'Auth' end,
      case when i.uses_storage then 'Storage' end,
      case when i.uses_edge_functions then 'Edge Functions' end,
      case when i.uses_realtime then 'Realtime' end,
      case when i.uses_vector then 'Vector' end,
      case when i.uses_cron then 'Cron' end
    ], null) as features_used,
    s.total_score,
    s.tier,
    s.suggested_action,
    (select count(*) from stakeholders k where k.org_id = d.org_id and k.company_domain = d.company_domain)
      as stakeholder_count,
    (select count(*) from expansion_signals e where e.org_id = d.org_id and e.company_domain = d.company_domain)
      as signal_count
  from developer_signups d
  left join company_enrichment c on c.org_id = d.org_id and c.domain = d.company_domain
  -- Usage keeps its history; the dashboard shows the latest snapshot.
  left join lateral (
    select * from internal_signals u where u.org_id = d.org_id and u.developer_id = d.id
    order by u.captured_at desc limit 1
  ) i on true
  left join lead_scores s on s.org_id = d.org_id and s.developer_id = d.id
  where d.is_company_email = true
  order by s.total_score desc nulls last;
`;

const connections = `
  create table field_mappings (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    connection_id uuid not null,
    version integer not null,
    definition jsonb not null,
    active boolean not null default false,
    created_at timestamptz not null default now(),
    unique (org_id, connection_id, version),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
  create unique index field_mappings_active_idx on field_mappings (org_id, connection_id) where active;

  -- Answers of a CRM that may be an hour old: schemas, account, forms.
  create table crm_cache (
    org_id uuid not null references orgs on delete cascade,
    connection_id uuid not null,
    key text not null,
    value jsonb not null,
    stored_at timestamptz not null,
    primary key (org_id, connection_id, key),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );

  -- Calls by day of the CRM account's own time zone: the daily share survives restarts.
  create table api_usage (
    org_id uuid not null references orgs on delete cascade,
    connection_id uuid not null,
    day date not null,
    calls integer not null default 0,
    primary key (org_id, connection_id, day),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
`;

const records = `
  -- The last image of a CRM record: as pulled (fields), as mapped (mapped), and the lead or user that it belongs to.
  create table source_records (
    org_id uuid not null references orgs on delete cascade,
    connection_id uuid not null,
    object text not null,
    external_id text not null,
    kind text not null check (kind in ('lead', 'company', 'owner', 'engagement')),
    modified_at timestamptz not null,
    fields jsonb not null,
    mapped jsonb not null default '{}',
    mapping_version integer not null,
    company_id text,
    lead_id uuid,
    user_id uuid,
    -- Set when the CRM archived, merged or erased it; null = live.
    gone_at timestamptz,
    gone_reason text check (gone_reason in ('archived', 'merged', 'erased')),
    first_seen_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    -- The id before the object: whose company or owner it is, a record says by id alone.
    primary key (org_id, connection_id, external_id, object),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade,
    foreign key (org_id, lead_id) references leads (org_id, id),
    foreign key (org_id, user_id) references users (org_id, id)
  );
  create index source_records_lead_idx on source_records (org_id, lead_id) where lead_id is not null;
  create index source_records_company_idx on source_records (org_id, connection_id, company_id) where company_id is not null;

  -- Ids that a merge retired, and the record that lives on.
  create table record_aliases (
    org_id uuid not null references orgs on delete cascade,
    connection_id uuid not null,
    object text not null,
    alias_id text not null,
    external_id text not null,
    created_at timestamptz not null default now(),
    primary key (org_id, connection_id, alias_id, object),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );

  -- One row per event and person. lead_id is null until the person is known.
  create table engagement_events (
    org_id uuid not null references orgs on delete cascade,
    connection_id uuid not null,
    external_id text not null,
    -- The CRM id of the person, or 'email:' and the address where the source knows no id.
    person text not null,
    type text not null,
    occurred_at timestamptz not null,
    quantity integer not null default 1,
    detail text,
    lead_id uuid,
    primary key (org_id, connection_id, external_id, person),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade,
    foreign key (org_id, lead_id) references leads (org_id, id)
  );
  create index engagement_events_lead_idx on engagement_events (org_id, lead_id, type, occurred_at) where lead_id is not null;
  create index engagement_events_person_idx on engagement_events (org_id, connection_id, person) where lead_id is null;
`;

const erasures = `
  -- Addresses of people who were erased, as SHA-256: what a CRM still lists under them is not stored again.
  create table erased_addresses (
    org_id uuid not null references orgs on delete cascade,
    address_hash text not null,
    erased_at timestamptz not null default now(),
    primary key (org_id, address_hash)
  );
`;

const scores = `
  create table score_breakdowns (
    org_id uuid not null,
    lead_id uuid not null,
    kind text not null check (kind in ('mql', 'plg')),
    profile_version integer not null,
    total integer not null check (total between 0 and 100),
    tier text not null,
    reason text not null check (length(reason) <= 255),
    -- { components, contributions, mqlBy, segment }: see model/score.ts
    breakdown jsonb not null,
    scored_at timestamptz not null,
    primary key (org_id, lead_id, kind),
    foreign key (org_id, lead_id) references leads (org_id, id) on delete cascade
  );

  create table score_history (
    id bigint generated always as identity primary key,
    org_id uuid not null,
    lead_id uuid not null,
    kind text not null,
    profile_version integer not null,
    total_before integer,
    total integer not null,
    tier text not null,
    reason text not null,
    run_id uuid,
    at timestamptz not null,
    foreign key (org_id, lead_id) references leads (org_id, id) on delete cascade
  );
  create index score_history_lead_idx on score_history (org_id, lead_id, kind, id);

  create table lifecycle_transitions (
    id bigint generated always as identity primary key,
    org_id uuid not null,
    lead_id uuid not null,
    from_status lead_status not null,
    to_status lead_status not null,
    episode integer not null,
    cause jsonb not null,
    run_id uuid,
    at timestamptz not null,
    foreign key (org_id, lead_id) references leads (org_id, id) on delete cascade
  );
  create index lifecycle_transitions_lead_idx on lifecycle_transitions (org_id, lead_id, id);
`;

const runs = `
  create table sync_runs (
    id uuid primary key,
    org_id uuid not null references orgs on delete cascade,
    connection_id uuid,
    kind text not null check (kind in ('sync', 'push', 'rescore', 'replay', 'undo')),
    status text not null check (status in ('running', 'succeeded', 'partial', 'failed', 'cancelled')),
    counts jsonb not null default '{}',
    failure jsonb,
    started_at timestamptz not null,
    heartbeat_at timestamptz not null,
    ended_at timestamptz,
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
  create index sync_runs_connection_idx on sync_runs (org_id, connection_id, started_at desc);
  -- One live run a connection.
  create unique index sync_runs_live_idx on sync_runs (org_id, connection_id) where status = 'running';

  -- version moves by compare-and-set, in the transaction of the rows: a late worker changes nothing.
  create table sync_cursors (
    org_id uuid not null references orgs on delete cascade,
    connection_id uuid not null,
    object text not null,
    lane text not null check (lane in ('full', 'live', 'settled', 'archived')),
    cursor text,
    version integer not null default 0,
    -- When the pass began, and when one last came to its end; a lane without an end resumes.
    pass_started_at timestamptz,
    completed_at timestamptz,
    -- The mapping that the pass reads with: another one asks for other fields.
    mapping_version integer not null default 0,
    updated_at timestamptz not null default now(),
    primary key (org_id, connection_id, object, lane),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );

  -- Ids seen by a full pass that is under way: what it did not see is gone.
  create table pass_sightings (
    org_id uuid not null,
    connection_id uuid not null,
    object text not null,
    external_id text not null,
    primary key (org_id, connection_id, object, external_id),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );

  create table rejected_records (
    id bigint generated always as identity primary key,
    org_id uuid not null,
    connection_id uuid not null,
    object text not null,
    external_id text not null,
    stage text not null check (stage in ('decode', 'map', 'push')),
    -- '' where the whole record is meant.
    field text not null default '',
    code text not null,
    message text not null,
    effect text not null check (effect in ('reject', 'null')),
    fields jsonb not null default '{}',
    run_id uuid,
    times integer not null default 1,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    resolved_at timestamptz,
    unique (org_id, connection_id, object, external_id, stage, field),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
  create index rejected_records_open_idx on rejected_records (org_id, connection_id, id) where resolved_at is null;

  create table audit_log (
    id bigint generated always as identity primary key,
    org_id uuid not null references orgs on delete cascade,
    actor text not null,
    action text not null,
    subject text not null,
    before jsonb,
    after jsonb,
    at timestamptz not null
  );
`;

const pushing = `
  -- Push is state, not events: what we want the CRM to have, what it has, and what we last wrote.
  create table push_states (
    org_id uuid not null,
    connection_id uuid not null,
    object text not null,
    external_id text not null,
    lead_id uuid not null,
    wanted jsonb not null,
    remote jsonb not null default '{}',
    pushed jsonb not null default '{}',
    -- Fields where the CRM answered success and kept its own value: { field: { wanted, remote } }. Not tried again as is.
    kept jsonb not null default '{}',
    -- settled: nothing to write. pending: waits for a push. claimed: being written. dead: refused, waits for a person.
    state text not null check (state in ('settled', 'pending', 'claimed', 'dead')),
    -- 0 status or tier changed, 1 the score changed, 2 the rest.
    priority smallint not null default 2,
    claim_token uuid,
    claimed_until timestamptz,
    attempts integer not null default 0,
    available_at timestamptz not null default now(),
    last_error text,
    updated_at timestamptz not null default now(),
    primary key (org_id, connection_id, object, external_id),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade,
    foreign key (org_id, lead_id) references leads (org_id, id) on delete cascade
  );
  create index push_states_lead_idx on push_states (org_id, lead_id);
  create index push_states_queue_idx on push_states (org_id, connection_id, object, priority, external_id)
    where state in ('pending', 'claimed');

  -- Every write to a CRM, field by field, before it is sent. outcome is filled once, when the CRM has answered; while it
  -- is null the write is in doubt (the process died on the way).
  create table push_ledger (
    id bigint generated always as identity primary key,
    org_id uuid not null,
    connection_id uuid not null,
    run_id uuid not null,
    claim_token uuid not null,
    object text not null,
    external_id text not null,
    lead_id uuid not null,
    field text not null,
    before jsonb,
    after jsonb,
    why text not null,
    sent_at timestamptz not null,
    outcome text check (outcome in ('applied', 'kept', 'deferred', 'rejected', 'gone')),
    outcome_reason text,
    request_id text,
    settled_at timestamptz,
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
  create index push_ledger_record_idx on push_ledger (org_id, connection_id, object, external_id, id);
  create index push_ledger_run_idx on push_ledger (org_id, run_id);
  create index push_ledger_doubt_idx on push_ledger (org_id, claim_token) where outcome is null;

  create function settle_once() returns trigger language plpgsql as $$
  begin
    if old.outcome is not null then raise exception 'a ledger row is settled once' using errcode = 'restrict_violation'; end if;
    return new;
  end $$;
  create trigger push_ledger_settle_once before update on push_ledger for each row execute function settle_once();
`;

// As the owner, for only an owner may analyse. Until a table has been analysed once, the planner takes a thousand rows of one
// organisation for one, and reads all of them for each that it looks for; autovacuum comes a minute later at the earliest.
const statistics = `
  create function refresh_statistics() returns void language plpgsql security definer set search_path from current as $$
  begin
    analyze leads, source_records, engagement_events, score_breakdowns, score_history, push_states;
  end $$;
  revoke execute on function refresh_statistics() from public;
  grant execute on function refresh_statistics() to leadloop_app;
`;

const rowLevelSecurity = `
  do $$ declare t text; begin
    foreach t in array array[${tenantTables.map((table) => `'${table}'`).join(', ')}] loop
      execute format('alter table %I enable row level security', t);
      execute format('alter table %I force row level security', t);
      execute format('create policy tenant on %I using (org_id = current_org()) with check (org_id = current_org())', t);
    end loop;
  end $$;
  alter table orgs enable row level security;
  alter table orgs force row level security;
  create policy tenant on orgs for select using (id = current_org());
  -- The operator's directory: which organisations and connections exist. It reads and creates nothing else.
  create policy directory on orgs to leadloop_operator using (true) with check (true);
  create policy directory on connections for select to leadloop_operator using (true);
`;

const privileges = `
  grant select, insert, update, delete on ${tenantTables.filter((t) => t !== 'push_ledger' && !appendOnly.includes(t)).join(', ')} to leadloop_app;
  grant select, insert on ${[...appendOnly, 'push_ledger'].join(', ')} to leadloop_app;
  grant update (outcome, outcome_reason, request_id, settled_at) on push_ledger to leadloop_app;
  grant select on orgs, lead_dashboard to leadloop_app;
  grant select, insert, update, delete on orgs to leadloop_operator;
  grant select (id, org_id, name, kind, schedule, paused_reason) on connections to leadloop_operator;
`;
