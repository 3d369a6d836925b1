import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../connection.ts';
import { reportRun } from '../db/queries/runs.ts';
import type { RunDetail, SyncCounts } from '../model/run.ts';
import type { RunId } from '../model/values.ts';

/** How often somebody looks whether there is anything new, and how often a run says that it lives all the same, in ms. */
const pauses = { look: 1_000, sign: 10_000 };

export interface SoFar {
  readonly counts: SyncCounts;
  readonly detail: RunDetail;
}

/**
 * Keeps how far a run has come while it is under way: who watches it sees that. One small update a second at most, beside the work and
 * never in its way.
 */
export function tellProgress(
  session: Pick<Session, 'database' | 'orgId' | 'now'>,
  runId: RunId,
  soFar: () => SoFar,
): AsyncDisposable {
  const ending = new AbortController();
  const telling = tell(session, { runId, soFar, signal: ending.signal });
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await telling;
    },
  };
}

interface Telling {
  readonly runId: RunId;
  readonly soFar: () => SoFar;
  readonly signal: AbortSignal;
}

async function tell(
  { database, orgId, now }: Pick<Session, 'database' | 'orgId' | 'now'>,
  { runId, soFar, signal }: Telling,
): Promise<void> {
  let told = '';
  let sinceSign = 0;
  while (await isPausedOut(signal)) {
    const state = soFar();
    const text = JSON.stringify(state);
    sinceSign += pauses.look;
    if (text === told && sinceSign < pauses.sign) continue;
    const run = { id: runId, ...state, now: now() };
    const isKept = await database
      .transaction(orgId, (tx) => reportRun(tx, run))
      .then(
        () => true,
        // A database that is away stops the run itself.
        () => false,
      );
    if (!isKept) continue;
    told = text;
    sinceSign = 0;
  }
}

/** False = it is over. */
async function isPausedOut(signal: AbortSignal): Promise<boolean> {
  return sleep(pauses.look, undefined, { signal }).then(
    () => true,
    () => false,
  );
}
