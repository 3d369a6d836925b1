/**
 * An organisation of very many leads, as years of use leave it: some people came from a real sync with the sandbox, all others are
 * copies of them under other names, written set by set. One in twenty is a product signup.
 */
import { Client } from 'pg';
import { makeScores, makeSignups } from './made-signups.ts';
import type { Scene } from './scene.ts';

export interface OrgSize {
  /** All of them, signups among them. */
  readonly leads: number;
  readonly signups: number;
}

/** The second CRM of the organisation: it has a tenth of the people, and is never asked. */
const secondConnection = 'second';

/** Fills the organisation of a scene whose connection has been synced once. */
export async function makeOrg(
  scene: Scene,
  { leads, signups }: OrgSize,
  { connectionId, say }: { readonly connectionId: string; readonly say: (line: string) => void },
): Promise<void> {
  say(`console: making ${signups} signups`);
  await makeSignups(scene, signups);
  await makeScores(scene, signups);
  // A superuser may leave foreign keys unchecked: these rows are right by construction.
  const client = new Client({ connectionString: scene.superuserUrl });
  await client.connect();
  try {
    await client.query(
      `set session_replication_role = replica; set work_mem = '256MB'; set maintenance_work_mem = '512MB'`,
    );
    await client.query('insert into connections (org_id, name, kind) values ($1, $2, $3)', [
      scene.orgId,
      secondConnection,
      'salesforce',
    ]);
    for (const [what, statement] of Object.entries(statements(scene.orgId, connectionId, { leads, signups }))) {
      say(`console: making ${what}`);
      await client.query(statement);
    }
    say('console: vacuum');
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

const literal = (text: string): string => `'${text}'::uuid`;

/** The parts in the order in which they are made. Names and numbers of ours alone go into these texts. */
function statements(org: string, connection: string, { leads, signups }: OrgSize): Readonly<Record<string, string>> {
  return {
    people: people(literal(org), literal(connection), { leads, signups }),
    leads: leadRows(literal(org)),
    records: recordRows(literal(org), literal(connection)),
    receipts: receiptRows(literal(org)),
    'what they did': historyRows(literal(org), literal(connection)),
    writes: pushRows(literal(org), literal(connection)),
    'runs and what went wrong': runRows(literal(org), literal(connection)),
  };
}

/**
 * `model`: the people of the sandbox. `person`: everybody else, each like one of them; n = 0 … are the signups, whose leads are there.
 * Few have high scores, and one in a hundred was merged into somebody else.
 */
const people = (org: string, connection: string, { leads, signups }: OrgSize): string => `
  create temporary table model as
    select row_number() over (order by s.external_id) - 1 as m, l.title, l.company_name, l.state, l.enrollment, l.assigned_to,
      l.website_visits, l.email_opens, l.email_clicks, s.fields, s.mapped, s.mapping_version, s.company_id,
      b.breakdown, b.reason, p.wanted
    from source_records s
    join leads l on l.id = s.lead_id
    join score_breakdowns b on b.lead_id = l.id and b.kind = 'mql'
    join push_states p on p.connection_id = s.connection_id and p.object = s.object and p.external_id = s.external_id
    where s.org_id = ${org} and s.connection_id = ${connection} and s.object = 'contacts';
  create temporary table person as
    select n, md5('lead ' || n)::uuid as id, n % (select count(*) from model) as m,
      least(100, floor(101 * power((n * 7919::bigint % 1000003) / 1000003.0, 3)))::int as score,
      n >= ${signups} and n % 100 = 50 as is_merged, n >= ${signups} and n % 1000 = 51 as is_erased
    from generate_series(0, ${leads} - 1) n;
  alter table person add column tier text, add column status lead_status;
  update person set tier = case when score >= 80 then 'hot' when score >= 60 then 'warm' when score >= 40 then 'nurture' else 'monitor' end,
    status = case
      when n % 40 = 7 then 'disqualified' when n % 60 = 11 then 'recycled'
      when score >= 70 then (array['mql', 'mql', 'mql', 'sql', 'sql', 'opportunity'])[1 + n % 6]
      when score >= 15 then 'engaged' else 'new' end::lead_status;
  analyze model; analyze person;
`;

const leadRows = (org: string): string => `
  update leads l set lead_score = p.score, tier = p.tier, status = p.status,
    mql_date = case when p.status in ('mql', 'sql', 'opportunity') then now() - p.n % 300 * interval '1 day' end
  from person p where l.org_id = ${org} and l.id = p.id;
  insert into leads (id, org_id, name, email, company_name, title, state, enrollment, segment, status, lead_score, tier, assigned_to,
    mql_date, website_visits, email_opens, email_clicks, company_domain, merged_into, erased_at)
  select p.id, ${org}, 'Person ' || n, 'person' || n || '@district' || n % 997 || '.example', m.company_name, m.title, m.state,
    m.enrollment, (array['Enterprise', 'Mid-Market', 'SMB', 'unknown'])[1 + n % 4], p.status, p.score, p.tier, m.assigned_to,
    case when p.status in ('mql', 'sql', 'opportunity') then now() - n % 300 * interval '1 day' end,
    m.website_visits, m.email_opens, m.email_clicks, 'district' || n % 997 || '.example',
    case when p.is_merged then md5('lead ' || n - 1)::uuid end, case when p.is_erased then now() end
  from person p join model m using (m)
  on conflict do nothing;
`;

// CRM ids that stand before those of the sandbox: whoever asks for the latest records gets some that the CRM has.
const externalId = `'0' || lpad(n::text, 9, '0')`;

const recordRows = (org: string, connection: string): string => `
  insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapped, mapping_version,
    company_id, lead_id)
  select ${org}, ${connection}, 'contacts', ${externalId}, 'lead', now() - n % 500 * interval '1 hour', m.fields, m.mapped,
    m.mapping_version, m.company_id, p.id
  from person p join model m using (m) where not p.is_erased;
  insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapped, mapping_version, lead_id)
  select ${org}, c.id, 'Contact', ${externalId}, 'lead', now(), '{}', '{}', 0, p.id
  from person p, connections c where c.org_id = ${org} and c.name = '${secondConnection}' and n % 10 = 3 and not p.is_erased;
`;

const receiptRows = (org: string): string => `
  insert into score_breakdowns (org_id, lead_id, kind, profile_version, total, tier, reason, breakdown, scored_at)
  select ${org}, p.id, 'mql', 0, p.score, p.tier, m.reason, m.breakdown, now()
  from person p join model m using (m) where not p.is_erased;
`;

const historyRows = (org: string, connection: string): string => `
  insert into score_history (org_id, lead_id, kind, profile_version, total_before, total, tier, reason, at)
  select ${org}, p.id, 'mql', 0, case k when 1 then null else score / 2 end, case k when 1 then score / 2 else score end, tier,
    'because', now() - interval '1 day' * (3 - k)
  from person p, generate_series(1, 2) k;
  insert into lifecycle_transitions (org_id, lead_id, from_status, to_status, episode, cause, at)
  select ${org}, p.id, 'new', p.status, 0, '{"type": "engagement"}', now() - interval '1 day' from person p where status <> 'new';
  insert into engagement_events (org_id, connection_id, external_id, person, type, occurred_at, lead_id)
  select ${org}, ${connection}, 'event ' || n, ${externalId}, 'email_click', now() - n % 90 * interval '1 day', p.id
  from person p where n % 2 = 0;
  insert into opportunities (org_id, connection_id, external_id, name, stage, amount)
  select ${org}, ${connection}, n, 'Deal ' || n, 'open', n * 10 from generate_series(1, 5000) n on conflict do nothing;
  insert into lead_days (org_id, day, statuses, tiers, counted_at)
  select ${org}, current_date - d, '{"new": 600000, "engaged": 300000}', '{"hot": 70000, "warm": 85000}', now()
  from generate_series(1, 90) d on conflict do nothing;
`;

/** A profile has changed of late: three writes in ten wait. */
const pushRows = (org: string, connection: string): string => `
  insert into push_states (org_id, connection_id, object, external_id, lead_id, wanted, remote, pushed, state, priority, parent,
    available_at, last_error, pushed_at)
  select ${org}, ${connection}, 'contacts', ${externalId}, p.id, m.wanted,
    case when n % 10 < 3 then '{}' else m.wanted end, m.wanted,
    case when n % 500 = 9 then 'dead' when n % 10 < 3 then 'pending' else 'settled' end,
    case when n % 100 < 3 then 0 when p.tier = 'hot' then 1 when n % 3 > 0 then 2 else 3 end, coalesce(m.company_id, ''),
    now() - interval '1 hour', case when n % 500 = 9 then 'The CRM has refused it.' end, now() - interval '1 day'
  from person p join model m using (m) where not p.is_erased;
  insert into push_states (org_id, connection_id, object, external_id, lead_id, wanted, remote, pushed, state, priority)
  select ${org}, c.id, 'Contact', ${externalId}, p.id, m.wanted, m.wanted, m.wanted,
    case when n % 500 = 3 then 'pending' else 'settled' end, 2
  from person p join model m using (m), connections c
  where c.org_id = ${org} and c.name = '${secondConnection}' and n % 10 = 3 and not p.is_erased;
  insert into push_ledger (org_id, connection_id, run_id, claim_token, object, external_id, lead_id, field, before, after, why, sent_at,
    outcome, settled_at, changed_at)
  select ${org}, ${connection}, md5('run ' || n % 2000)::uuid, md5('claim ' || n / 100)::uuid, 'contacts', ${externalId}, p.id,
    'lead_score', '1', '2', 'differs', at - interval '3 seconds', 'applied', at, at - interval '40 seconds'
  from (select *, now() - n / 7 * interval '1 second' as at from person where n % 2 = 0) p where not p.is_erased;
`;

const runRows = (org: string, connection: string): string => `
  insert into sync_runs (id, org_id, connection_id, kind, status, counts, started_at, heartbeat_at, ended_at)
  select md5('run ' || n)::uuid, ${org}, ${connection}, case when n % 60 = 0 then 'sync' else 'live' end,
    case when n % 977 = 0 then 'failed' else 'succeeded' end, '{"pulled": 120, "scored": 118, "pushed": 40}',
    at, at, at + interval '20 seconds'
  from (select n, now() - n * interval '1 minute' as at from generate_series(1, 100000) n) r;
  insert into rejected_records (org_id, connection_id, object, external_id, stage, field, code, message, effect, fields,
    first_seen_at, last_seen_at, resolved_at)
  select ${org}, ${connection}, 'contacts', ${externalId}, case n % 7 when 0 then 'push' else 'map' end,
    (array['email', 'phone', 'enrollment', 'state'])[1 + n % 4], (array['invalid-value', 'too-long', 'not-a-number'])[1 + n % 3],
    'It is not what it should be.', 'null', '{"email": "nobody"}', now(), now(), case when n % 3 = 0 then now() end
  from generate_series(1, 50000) n;
  insert into audit_log (org_id, actor, action, subject, before, after, at)
  select ${org}, 'person@console.example', 'connection.change', 'connection crm', '{"schedule": null}', '{"schedule": "0 * * * *"}',
    now() - n * interval '1 minute' from generate_series(1, 20000) n;
`;
