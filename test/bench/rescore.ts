/** A rescore of every lead against one plain UPDATE of the same rows. */
import { randomUUID } from 'node:crypto';
import { readRules } from '../../src/db/queries/read-rules.ts';
import type { ScoringProfile } from '../../src/model/profile.ts';
import { scoringContext } from '../../src/pull/prepare.ts';
import { rescoreAll } from '../../src/pull/rescore.ts';
import { compileProfile } from '../../src/scoring/compile.ts';
import { defaultMqlProfile } from '../../src/scoring/defaults.ts';
import { crms } from './crms.ts';
import { type Cost, measure, sayQuarters, type StatementCost, watch } from './meter.ts';
import { addConnection, type BenchServer, type Scene } from './scene.ts';

export interface RescoreSpeed {
  readonly leads: number;
  /** Every lead gets another score, with receipt, history and wanted values. */
  readonly changed: Cost;
  /** Nothing changes: what decay costs on a quiet day. */
  readonly unchanged: Cost;
  /** `update leads set lead_score = …` of the same rows. */
  readonly update: Cost;
  readonly statements: { readonly changed: readonly StatementCost[]; readonly unchanged: readonly StatementCost[] };
}

export async function measureRescore(
  server: BenchServer,
  leads: number,
  say: (line: string) => void,
): Promise<RescoreSpeed> {
  await using scene = await server.database();
  say(`rescore: making ${leads} leads`);
  await makeLeads(scene, await addConnection(scene, { name: 'hubspot', url: 'http://127.0.0.1:9' }), leads);
  const database = watch(scene.database);
  const rules = await database.transaction(scene.orgId, readRules);
  const run = async (profile: ScoringProfile, what: string): Promise<Cost> => {
    const base = { orgId: scene.orgId, runId: randomUUID(), at };
    const context = {
      ...scoringContext(rules, base, [crms.hubspot.definition]),
      profile: compileProfile(profile),
    };
    const onProgress = sayQuarters(leads, (done) => say(`rescore: ${what}, ${done} of ${leads}`));
    const rescore = { database, context, signal: new AbortController().signal, onProgress };
    const { result, cost } = await measure(server.postmaster, async () => rescoreAll(rescore));
    if (result.scored !== leads) throw new Error(`${result.scored} of ${leads} leads were scored`);
    return cost;
  };
  await run(defaultMqlProfile, 'first scores');
  await vacuum(scene);
  database.reset();
  const changed = await run(dearer, 'every score changes');
  const changedStatements = database.statements();
  database.reset();
  const unchanged = await run(dearer, 'nothing changes');
  const statements = { changed: changedStatements, unchanged: database.statements() };
  await vacuum(scene);
  const { cost: update } = await measure(server.postmaster, async () =>
    scene.client.query('update leads set lead_score = (lead_score + 1) % 101'),
  );
  return { leads, changed, unchanged, update, statements };
}

const at = new Date();

/** Another profile under which nearly every lead has another total. */
const dearer: ScoringProfile = {
  ...defaultMqlProfile,
  version: defaultMqlProfile.version + 1,
  components: defaultMqlProfile.components.map((component) => ({
    ...component,
    weightPercent: Math.round(component.weightPercent * 0.8),
  })),
};

async function vacuum({ client }: Scene): Promise<void> {
  await client.query('vacuum analyze leads, source_records, score_breakdowns, score_history, push_states');
}

/** Leads with one CRM record each, as a pull of contacts without companies leaves them, but unscored. */
async function makeLeads({ client, orgId }: Scene, connectionId: string, leads: number): Promise<void> {
  await client.query(
    `insert into leads (id, org_id, email, name)
     select md5('lead ' || n)::uuid, $1, 'person' || n || '@district' || n % 997 || '.example', 'Person ' || n
     from generate_series(1, $2::int) n`,
    [orgId, leads],
  );
  await client.query(
    `insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapped, mapping_version, lead_id)
     select $1, $2, 'contacts', 100000 + n, 'lead', now(), '{}', jsonb_build_object(
         'email', 'person' || n || '@district' || n % 997 || '.example', 'name', 'Person ' || n,
         'title', (array['Superintendent', 'Director of Technology', 'Teacher'])[1 + n % 3],
         'website_visits', n % 40, 'email_opens', n % 25, 'email_clicks', n % 9, 'enrollment', (n * 7919::bigint) % 60000),
       0, md5('lead ' || n)::uuid
     from generate_series(1, $3::int) n`,
    [orgId, connectionId, leads],
  );
  await client.query('vacuum analyze leads, source_records');
}
