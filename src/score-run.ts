import type { SessionServices } from './connection.ts';
import { listOrgs } from './db/queries/directory.ts';
import { markRescored, readRules } from './db/queries/read-rules.ts';
import type { OrgId } from './model/values.ts';
import { chooseOrg } from './named-org.ts';
import { rescoreSignups } from './plg/rescore-signups.ts';
import { scoringContext } from './pull/prepare.ts';
import { rescoreAll } from './pull/rescore.ts';

export interface ScoreRun {
  /** Slug; null = every organisation. */
  readonly org: string | null;
  readonly signal: AbortSignal;
  readonly onProgress: (object: 'signups' | 'leads', done: number) => void;
}

export interface ScoredOrg {
  readonly org: string;
  readonly signups: number;
  readonly leads: number;
}

/**
 * Brings every score to the present profiles and the present day, as a sync does when it is due: for who has no connection, or
 * cannot wait. What changes is written to CRMs by their next sync. Idempotent.
 * @throws AppError `org-unknown` (fix-config)
 */
export async function scoreOrgs(services: SessionServices, run: ScoreRun): Promise<readonly ScoredOrg[]> {
  const { database } = services;
  const only = run.org === null ? null : await chooseOrg(database, run.org);
  const orgs = await database.operator(listOrgs);
  const scored: ScoredOrg[] = [];
  for (const { id, slug } of orgs.filter((org) => only === null || org.id === only)) {
    scored.push({ org: slug, ...(await scoreOrg(services, id, run)) });
  }
  return scored;
}

async function scoreOrg(
  { database, definitions, now, newId }: SessionServices,
  orgId: OrgId,
  { signal, onProgress }: ScoreRun,
): Promise<Omit<ScoredOrg, 'org'>> {
  const rules = await database.transaction(orgId, readRules);
  const context = scoringContext(rules, { orgId, runId: newId(), at: now() }, definitions);
  const progress = (object: 'signups' | 'leads') => ({
    signal,
    onProgress: (done: number) => onProgress(object, done),
  });
  // Product scores first: the marketing profile may ask for them.
  const signups = await rescoreSignups({ database, orgId, now }, context, progress('signups'));
  const leads = await rescoreAll({ database, context, ...progress('leads') });
  await database.transaction(orgId, (tx) => markRescored(tx, context.profile.definition, now()));
  return { signups: signups.scored, leads: leads.scored };
}
