import { randomUUID } from 'node:crypto';
import { readRules } from '../../src/db/queries/read-rules.ts';
import type { ScoringProfile } from '../../src/model/profile.ts';
import { rescoreAllSignups } from '../../src/plg/rescore-signups.ts';
import { scoringContext } from '../../src/pull/prepare.ts';
import { compileProfile } from '../../src/scoring/compile.ts';
import { defaultPlgProfile } from '../../src/scoring/defaults.ts';
import { makeSignups } from './made-signups.ts';
import { type Cost, measure, sayQuarters, type StatementCost, watch } from './meter.ts';
import type { BenchServer, Scene } from './scene.ts';

export interface SignupRescore {
  readonly signups: number;
  /** Every signup gets another score; their companies too. */
  readonly changed: Cost;
  readonly unchanged: Cost;
  /** `update lead_scores set usage_score = …` of the same rows: PostgreSQL computes total and tier as well. */
  readonly update: Cost;
  /** New weights for all rows in one statement. */
  readonly weights: Cost;
  readonly statements: { readonly changed: readonly StatementCost[]; readonly unchanged: readonly StatementCost[] };
}

/** A rescore of every signup against one plain UPDATE of the same rows. */
export async function measureSignupRescore(
  server: BenchServer,
  signups: number,
  say: (line: string) => void,
): Promise<SignupRescore> {
  await using scene = await server.database();
  say(`signups: making ${signups}, eight to a company`);
  await makeSignups(scene, signups);
  const database = watch(scene.database);
  const rules = await database.transaction(scene.orgId, readRules);
  const run = async (profile: ScoringProfile, what: string): Promise<Cost> => {
    const base = { orgId: scene.orgId, runId: randomUUID(), at };
    const context = { ...scoringContext(rules, base, []), plg: { profile: compileProfile(profile), version: null } };
    const onProgress = sayQuarters(signups, (done) => say(`signups: ${what}, ${done} of ${signups}`));
    const rescore = { signal: new AbortController().signal, onProgress };
    const { result, cost } = await measure(server.postmaster, async () =>
      rescoreAllSignups(database, context, rescore),
    );
    if (result.scored !== signups) throw new Error(`${result.scored} of ${signups} signups were scored`);
    return cost;
  };
  await run(defaultPlgProfile, 'first scores');
  await vacuum(scene);
  database.reset();
  const changed = await run(dearer, 'every score changes');
  const changedStatements = database.statements();
  database.reset();
  const unchanged = await run(dearer, 'nothing changes');
  const statements = { changed: changedStatements, unchanged: database.statements() };
  await vacuum(scene);
  const { cost: update } = await measure(server.postmaster, async () =>
    scene.client.query('update lead_scores set usage_score = (usage_score + 1) % 101'),
  );
  await vacuum(scene);
  const { cost: weights } = await measure(server.postmaster, async () =>
    scene.client.query('update lead_scores set company_weight = 0.3, usage_weight = 0.25'),
  );
  return { signups, changed, unchanged, update, weights, statements };
}

const at = new Date();

/** Another profile under which every signup has another component. */
const dearer: ScoringProfile = {
  ...defaultPlgProfile,
  components: defaultPlgProfile.components.map((component) => ({
    ...component,
    rules: component.rules.map((rule) =>
      rule.type === 'per-unit' && rule.of === 'project_count' ? { ...rule, points: rule.points - 2 } : rule,
    ),
  })),
};

async function vacuum({ client }: Scene): Promise<void> {
  await client.query(
    'vacuum analyze leads, developer_signups, internal_signals, company_enrichment, lead_scores, account_scores, score_history',
  );
}
