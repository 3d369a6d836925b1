import { addAlert } from '../db/queries/alerts.ts';
import { type HealthOf, type HealthRow, isNewerRun, readHealth, saveHealth, seesLess } from '../db/queries/health.ts';
import type { Database, Tx } from '../db/tx.ts';
import { type Health, spokenName } from '../model/health.ts';
import type { OrgId, RunId } from '../model/values.ts';
import { describeFailure } from '../record-run.ts';
import { alertWords } from './alert-words.ts';
import { type HealthChange, type HealthOutcome, nextHealth, outcomeOf, type RunEnd } from './next-health.ts';

export interface HealthServices {
  readonly database: Database;
  readonly now: () => Date;
  readonly newId: () => string;
}

/** A connection or a source. */
export interface HealthSubject extends HealthOf {
  readonly orgId: OrgId;
  /** Slug. */
  readonly org: string;
  readonly name: string;
}

export interface RecordedEnd extends RunEnd {
  /** Null = it failed before there was a run: without credentials, say. */
  readonly runId: RunId | null;
}

export interface RecordedHealth {
  readonly health: Health;
  /** What people are told of; null = nothing has changed. */
  readonly change: HealthChange | null;
}

/** More are not at it at once: a run of a connection or a source is the only one. */
const maxAttempts = 5;

/**
 * Takes the end of a run (an EndedRun is one) into account: how its subject fares and, where that changes, the alert commit
 * together. To be called after each run; a run that is told twice, or after a later one, changes nothing.
 */
export async function recordHealth(
  services: HealthServices,
  subject: HealthSubject,
  ended: RecordedEnd,
): Promise<RecordedHealth | null> {
  if (outcomeOf(ended).type === 'nothing') return null;
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const recorded = await services.database.transaction(subject.orgId, (tx) =>
      recordOnce(tx, services, { subject, ended }),
    );
    if (recorded !== 'lost') return recorded;
  }
  throw new Error('the health was changed by others each time');
}

/**
 * Does `work`, and takes its end into account, whatever that is; also where it fails before there is a run. `onRecorded` hears what
 * that has come to.
 */
export async function withHealth<End extends RecordedEnd>(
  services: HealthServices,
  subject: HealthSubject,
  { work, onRecorded }: { readonly work: () => Promise<End>; readonly onRecorded?: () => Promise<void> },
): Promise<End> {
  const record = async (ended: RecordedEnd): Promise<void> => {
    if ((await recordHealth(services, subject, ended)) !== null) await onRecorded?.();
  };
  let ended: End;
  try {
    ended = await work();
  } catch (error) {
    await record(endOfError(error));
    throw error;
  }
  await record(ended);
  return ended;
}

/** What ended before there was a run, such as a connection that could not be opened, in the form of a run's end. */
export function endOfError(error: unknown): RecordedEnd {
  const failure = describeFailure(error);
  return { runId: null, status: failure === null ? 'cancelled' : 'failed', failure, nextTryAt: null };
}

async function recordOnce(
  tx: Tx,
  { now, newId }: HealthServices,
  { subject, ended }: { readonly subject: HealthSubject; readonly ended: RecordedEnd },
): Promise<RecordedHealth | null | 'lost'> {
  const { org, type, name } = subject;
  const { runId } = ended;
  const before = await readHealth(tx, subject);
  if (before !== null && ((await isNoNews(tx, before, ended)) || (await isNoCure(tx, before, ended)))) return null;
  const at = now();
  const { health, change } = nextHealth(before, withRemedy(outcomeOf(ended), name), at);
  if (!(await saveHealth(tx, { of: subject, health, runId, version: before?.version ?? null }))) return 'lost';
  if (change !== null)
    await addAlert(tx, {
      ...alertWords(`${org}/${spokenName(type, name)}`, change, health),
      id: newId(),
      of: subject,
      now: at,
    });
  return { health, change };
}

/** The run that was recorded last, or one that began before it: both can come again after a crash. */
async function isNoNews(tx: Tx, { lastRunId }: HealthRow, { runId }: RecordedEnd): Promise<boolean> {
  if (runId === null || lastRunId === null) return false;
  return runId === lastRunId || !(await isNewerRun(tx, runId, lastRunId));
}

/** A look that went well does not heal what a sync has found. */
async function isNoCure(tx: Tx, { state, failuresInRow, lastRunId }: HealthRow, ended: RecordedEnd): Promise<boolean> {
  if (outcomeOf(ended).type !== 'succeeded' || (state === 'healthy' && failuresInRow === 0)) return false;
  return ended.runId !== null && lastRunId !== null && seesLess(tx, ended.runId, lastRunId);
}

/** A CRM's fault may know none: then the check finds it. */
function withRemedy(outcome: HealthOutcome, name: string): HealthOutcome {
  if (outcome.type !== 'failed' || outcome.failure.remedy !== '') return outcome;
  return { ...outcome, failure: { ...outcome.failure, remedy: `Run: leadloop check ${name}` } };
}
