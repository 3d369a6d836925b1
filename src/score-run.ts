import type { SessionServices } from './connection.ts';
import { listOrgs, readSlug } from './db/queries/directory.ts';
import { markRescored, readRules, type StoredRules } from './db/queries/read-rules.ts';
import type { ProfileKind } from './model/profile.ts';
import { addCounts, noCounts } from './model/run.ts';
import type { OrgId, RunId } from './model/values.ts';
import { chooseOrg } from './named-org.ts';
import { rescoreSignups } from './plg/rescore-signups.ts';
import { scoringContext } from './pull/prepare.ts';
import { rescoreAll, rescoreForProfile } from './pull/rescore.ts';
import { type EndedRun, recordRun } from './record-run.ts';
import { isTimeDependent } from './scoring/compile.ts';

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

/**
 * What the daemon does each night, and after a change of a profile: brings an organisation's scores to the present, in bounded
 * transactions beside its pulls, recorded as a run. Null where neither profiles nor time have changed any: that is noted.
 */
export async function rescoreIfDue(
  services: SessionServices,
  orgId: OrgId,
  signal: AbortSignal,
): Promise<EndedRun | null> {
  const { database, now } = services;
  const rules = await database.transaction(orgId, readRules);
  const due = rules.profiles.filter(isOutdated).map(({ kind }) => kind);
  if (due.length > 0) return rescore(services, { orgId, rules, due, signal });
  await database.transaction(orgId, async (tx) => {
    for (const { kind, version } of rules.profiles) await markRescored(tx, { kind, version }, now());
  });
  return null;
}

function isOutdated({ profile, rescoredAt }: StoredRules['profiles'][number]): boolean {
  return rescoredAt === null || isTimeDependent(profile);
}

interface Rescoring {
  readonly orgId: OrgId;
  readonly rules: StoredRules;
  readonly due: readonly ProfileKind[];
  readonly signal: AbortSignal;
}

async function rescore(
  { database, definitions, now, newId, observe }: SessionServices,
  { orgId, rules, due, signal }: Rescoring,
): Promise<EndedRun> {
  let counts = noCounts;
  const work = async (runId: RunId, signal: AbortSignal): Promise<void> => {
    const context = scoringContext(rules, { orgId, runId, at: now() }, definitions);
    const run = { signal, onProgress: () => undefined };
    const scored = { database, orgId, now };
    // Product scores first: the marketing profile may ask for them.
    if (due.includes('plg')) counts = addCounts(counts, await rescoreSignups(scored, context, run));
    if (due.includes('mql')) counts = addCounts(counts, await rescoreForProfile(scored, context, run));
    for (const { kind, version } of rules.profiles.filter((one) => !due.includes(one.kind))) {
      await database.transaction(orgId, (tx) => markRescored(tx, { kind, version }, now()));
    }
  };
  const org = await database.transaction(orgId, readSlug);
  const place = { org, connection: 'rescore', crm: 'rescore' };
  return recordRun(
    { database, orgId, now, newId, observe: (event) => observe?.(place, event) },
    { subject: { type: 'org', id: orgId, name: 'rescore' }, kind: 'rescore', signal, counts: () => counts },
    (run) => work(run.runId, run.signal),
  );
}
