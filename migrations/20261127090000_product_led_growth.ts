import { Migration } from '@mikro-orm/migrations';

/**
 * Product-led growth joins the loop: signups, usage and companies come in again and again, so each row has an identity;
 * a company has a score of its own; and what comes in over HTTP needs a token and is taken in once.
 */
export class ProductLedGrowth extends Migration {
  override up(): void {
    this.addSql(identities);
    this.addSql(companies);
    this.addSql(scores);
    this.addSql(accounts);
    this.addSql(pushing);
    this.addSql(erasure);
    this.addSql(ingest);
    this.addSql(dashboardOrder('s.total_score desc nulls last, s.developer_id'));
    // After the view, which would take it in with all others and hold on to it.
    // Whether the calls before are those of an older snapshot: then they follow it.
    this.addSql('alter table internal_signals add column api_calls_prev_derived boolean not null default false;');
    this.addSql(statisticsOf(`${before}, ${more}`));
  }

  override down(): void {
    this.addSql(statisticsOf(before));
    this.addSql('alter table internal_signals drop column api_calls_prev_derived;');
    this.addSql(dashboardOrder('s.total_score desc nulls last'));
    this.addSql(`
      drop table ingest_requests, api_tokens, account_scores;
      drop function forget_sentences(uuid[], text[]);
      ${settleOnce('old.outcome is not null')}
      alter table push_states no force row level security;
      alter table push_ledger no force row level security;
      delete from push_states where lead_id is null;
      delete from push_ledger where lead_id is null;
      alter table push_states force row level security;
      alter table push_ledger force row level security;
      alter table push_states alter column lead_id set not null;
      alter table push_ledger alter column lead_id set not null;
      drop index source_records_domain_idx;
      alter table source_records drop column company_domain;
      drop index lead_scores_total_idx, lead_scores_tier_idx;
      create index lead_scores_total_idx on lead_scores (org_id, total_score desc nulls last);
      alter table lead_scores drop column confidence, drop column profile_version;
      alter table company_enrichment drop column crm_fills, drop column imported, drop column crm_wins;
      alter table stakeholders drop column identity, drop column external_id;
      create index stakeholders_domain_idx on stakeholders (org_id, company_domain);
      alter table expansion_signals drop column identity, drop column external_id;
      create index expansion_signals_domain_idx on expansion_signals (org_id, company_domain);
      create index internal_signals_latest_idx on internal_signals (org_id, developer_id, captured_at desc);
      alter table internal_signals drop constraint internal_signals_snapshot_key, alter column captured_at drop not null;
      drop index developer_signups_lead_idx, developer_signups_domain_idx;
      create index developer_signups_domain_idx on developer_signups (org_id, company_domain);
    `);
  }
}

const identities = `
  -- By company, for its roll-up and for rescoring; by lead, for whoever asks from the person's side.
  drop index developer_signups_domain_idx;
  create index developer_signups_domain_idx on developer_signups (org_id, company_domain, id);
  create index developer_signups_lead_idx on developer_signups (org_id, lead_id) where lead_id is not null;

  -- One snapshot of a signup at an instant: the same row again is the same snapshot. Read backwards, it finds the latest.
  drop index internal_signals_latest_idx;
  alter table internal_signals no force row level security;
  update internal_signals set captured_at = now() where captured_at is null;
  delete from internal_signals i using internal_signals k
    where i.org_id = k.org_id and i.developer_id = k.developer_id and i.captured_at = k.captured_at and i.ctid < k.ctid;
  alter table internal_signals force row level security;
  alter table internal_signals alter column captured_at set not null,
    add constraint internal_signals_snapshot_key unique (org_id, developer_id, captured_at);

  -- Who or what it is: the id at its source, where there is one, else what a person would tell it by.
  alter table stakeholders no force row level security;
  alter table stakeholders add column external_id text,
    add column identity text not null generated always as (coalesce('id ' || external_id, lower(full_name))) stored;
  delete from stakeholders s using stakeholders k
    where s.org_id = k.org_id and s.company_domain = k.company_domain and s.identity = k.identity and s.ctid < k.ctid;
  alter table stakeholders force row level security;
  alter table stakeholders add constraint stakeholders_identity_key unique (org_id, company_domain, identity);
  drop index stakeholders_domain_idx;

  alter table expansion_signals no force row level security;
  alter table expansion_signals add column external_id text,
    -- Days since 2000: how a date becomes text depends on a setting, which a generated column may not.
    add column identity text not null generated always as (coalesce('id ' || external_id,
      signal_type || ' ' || coalesce((signal_date - date '2000-01-01')::text, '') || ' ' || lower(signal_title))) stored;
  delete from expansion_signals s using expansion_signals k
    where s.org_id = k.org_id and s.company_domain = k.company_domain and s.identity = k.identity and s.ctid < k.ctid;
  alter table expansion_signals force row level security;
  alter table expansion_signals add constraint expansion_signals_identity_key unique (org_id, company_domain, identity);
  drop index expansion_signals_domain_idx;
`;

const companies = `
  -- What is known of a company has two sources. The columns are crm_fills || imported || crm_wins, the later key wins: so the
  -- order of arrival does not matter, and a side that takes its word back uncovers the other one's.
  alter table company_enrichment
    add column crm_fills jsonb not null default '{}',
    add column imported jsonb not null default '{}',
    add column crm_wins jsonb not null default '{}';

  -- Which CRM records are a company: found by its domain, as product signups know it.
  alter table source_records add column company_domain text
    generated always as (case when kind = 'company' then mapped->>'company_domain' end) stored;
  create index source_records_domain_idx on source_records (org_id, company_domain) where company_domain is not null;
`;

const scores = `
  alter table lead_scores
    -- Percent of the profile's weight that rests on known facts.
    add column confidence smallint not null default 0 check (confidence between 0 and 100),
    -- Of the profile that scored it; null = scored by hand.
    add column profile_version int;
  drop index lead_scores_total_idx;
  create index lead_scores_total_idx on lead_scores (org_id, total_score desc nulls last, developer_id);
  create index lead_scores_tier_idx on lead_scores (org_id, tier, total_score desc nulls last, developer_id);
`;

const weighted = ['company', 'usage', 'expansion', 'champion', 'timing']
  .map((name) => `${name}_score * ${name}_weight`)
  .join(' + ');

const accounts = `
  -- A company's signups taken together, scored by the same profile as each of them.
  create table account_scores (
    org_id uuid not null references orgs on delete cascade,
    company_domain text not null,
    company_score int not null default 0,
    usage_score int not null default 0,
    expansion_score int not null default 0,
    champion_score int not null default 0,
    timing_score int not null default 0,
    company_weight numeric not null default 0.25,
    usage_weight numeric not null default 0.30,
    expansion_weight numeric not null default 0.20,
    champion_weight numeric not null default 0.15,
    timing_weight numeric not null default 0.10,
    total_score int generated always as (round(${weighted})) stored,
    tier text generated always as (
      case when (${weighted}) >= 80 then 'hot' when (${weighted}) >= 60 then 'warm'
        when (${weighted}) >= 40 then 'nurture' else 'monitor' end
    ) stored,
    suggested_action text,
    confidence smallint not null default 0 check (confidence between 0 and 100),
    signup_count int not null,
    -- Who uses it most, and the percentage of the company's API calls that is this one person's; null = no usage is known.
    top_developer_id uuid,
    top_share_pct smallint check (top_share_pct between 0 and 100),
    profile_version int not null,
    scored_at timestamptz not null,
    primary key (org_id, company_domain),
    foreign key (org_id, top_developer_id) references developer_signups (org_id, id) on delete set null (top_developer_id)
  );
  create index account_scores_total_idx on account_scores (org_id, total_score desc nulls last, company_domain);
  create index account_scores_top_idx on account_scores (org_id, top_developer_id) where top_developer_id is not null;
  ${tenant('account_scores')}
`;

// A company's record has no lead: it is told the score of the account.
const pushing = `
  alter table push_states alter column lead_id drop not null;
  alter table push_ledger alter column lead_id drop not null;
`;

/** The trigger of the ledger; `settled` says when a change is refused. */
function settleOnce(settled: string): string {
  return `
    create or replace function settle_once() returns trigger language plpgsql as $$
    begin
      if ${settled} then raise exception 'a ledger row is settled once' using errcode = 'restrict_violation'; end if;
      return new;
    end $$;
  `;
}

// What we suggest to do names people, so it has to go with them. As the owner, for the application may not change a ledger; the
// policies hold for the owner too.
const erasure = `
  ${settleOnce('old.outcome is not null and (old.outcome, old.outcome_reason, old.request_id, old.settled_at) is distinct from (new.outcome, new.outcome_reason, new.request_id, new.settled_at)')}
  create function forget_sentences(leads uuid[], domains text[]) returns void language sql security definer
    set search_path from current as $$
    update push_ledger l set
      before = case when before #>> '{}' like '% %' then null else before end,
      after = case when after #>> '{}' like '% %' then null else after end
    where l.org_id = current_org() and (before #>> '{}' like '% %' or after #>> '{}' like '% %') and (
      l.lead_id = any(leads) or (l.connection_id, l.object, l.external_id) in (
        select s.connection_id, s.object, s.external_id from source_records s
        where s.org_id = current_org() and s.company_domain = any(domains)))
  $$;
  revoke execute on function forget_sentences(uuid[], text[]) from public;
  grant execute on function forget_sentences(uuid[], text[]) to leadloop_app;
`;

const ingest = `
  create table api_tokens (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    name text not null,
    -- SHA-256 of 256 random bits: there is nothing to guess, so nothing slow is needed.
    token_hash text not null unique,
    scopes text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    unique (org_id, name)
  );
  ${tenant('api_tokens')}
  -- Whoever presents a token has not said yet which organisation it is of.
  create policy directory on api_tokens for select to leadloop_operator using (true);
  grant select (id, org_id, token_hash, scopes, expires_at, revoked_at) on api_tokens to leadloop_operator;

  -- Requests that were taken in, by the key of whoever sent them: the same request again gets the same answer.
  create table ingest_requests (
    org_id uuid not null references orgs on delete cascade,
    idempotency_key text not null,
    kind text not null,
    body_hash text not null,
    answer jsonb not null,
    created_at timestamptz not null,
    primary key (org_id, idempotency_key)
  );
  create index ingest_requests_age_idx on ingest_requests (org_id, created_at);
  ${tenant('ingest_requests')}
`;

/** Forced row level security and the application's rights, as every tenant table has them. */
function tenant(table: string): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy tenant on ${table} using (org_id = current_org()) with check (org_id = current_org());
    grant select, insert, update, delete on ${table} to leadloop_app;
  `;
}

/** The view of the initial migration; ties have an order, so that pages do not overlap. */
function dashboardOrder(order: string): string {
  return `
    create or replace view lead_dashboard with (security_invoker = true) as
    select
      d.id as developer_id, d.email, d.full_name as champion_name, d.company_domain, d.is_company_email,
      c.company_name, c.industry, c.employee_count, c.employee_range, c.funding_stage, c.total_funding_usd, c.tech_stack,
      i.project_count, i.billing_tier, i.team_member_count, i.api_calls_30d, i.api_call_growth_pct,
      i.uses_auth, i.uses_edge_functions, i.uses_realtime, i.uses_vector, i.last_active_at,
      array_remove(array[
        case when i.uses_auth then 'Auth' end,
        case when i.uses_storage then 'Storage' end,
        case when i.uses_edge_functions then 'Edge Functions' end,
        case when i.uses_realtime then 'Realtime' end,
        case when i.uses_vector then 'Vector' end,
        case when i.uses_cron then 'Cron' end
      ], null) as features_used,
      s.total_score, s.tier, s.suggested_action,
      (select count(*) from stakeholders k where k.org_id = d.org_id and k.company_domain = d.company_domain)
        as stakeholder_count,
      (select count(*) from expansion_signals e where e.org_id = d.org_id and e.company_domain = d.company_domain)
        as signal_count
    from developer_signups d
    left join company_enrichment c on c.org_id = d.org_id and c.domain = d.company_domain
    left join lateral (
      select * from internal_signals u where u.org_id = d.org_id and u.developer_id = d.id
      order by u.captured_at desc limit 1
    ) i on true
    left join lead_scores s on s.org_id = d.org_id and s.developer_id = d.id
    where d.is_company_email = true
    order by ${order};
  `;
}

/** Tables whose statistics were refreshed until now, and those that follow. */
const before =
  'leads, source_records, engagement_events, score_breakdowns, score_history, push_states, opportunities, opportunity_links';
const more =
  'developer_signups, internal_signals, company_enrichment, stakeholders, expansion_signals, lead_scores, account_scores';

/** As the initial migration has it: whoever may call it still may. */
function statisticsOf(tables: string): string {
  return `
    create or replace function refresh_statistics() returns void language plpgsql security definer
      set search_path from current as $$
    begin
      analyze ${tables};
    end $$;
  `;
}
