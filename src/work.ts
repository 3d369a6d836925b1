/** What a worker of the daemon does about each kind of wake-up. */
import { openConnection, type SessionServices } from './connection.ts';
import { nameOfConnection } from './db/queries/directory.ts';
import { nameOfSource } from './db/queries/data-sources.ts';
import { AppError } from './model/errors.ts';
import type { Look } from './scheduler/worker.ts';
import type { Wakeup, WakeupKind } from './scheduler/wakeup.ts';
import { rescoreIfDue } from './score-run.ts';
import { runSource } from './source/run-source.ts';
import { plainSync, type RunReport, syncConnection } from './sync.ts';

export interface WorkOptions {
  readonly onReport: (report: RunReport) => void;
  /** An organisation's scores have changed: its connections may have something to write. */
  readonly onRescored: (orgId: string) => Promise<void>;
}

const onProgress = (): void => undefined;

export function looksOf(services: SessionServices, options: WorkOptions): Readonly<Record<WakeupKind, Look>> {
  return {
    sync: async (wakeup, signal) => {
      await using session = await openOf(services, wakeup);
      const report = await syncConnection(session, {
        ...plainSync,
        isRescoring: false,
        tickAt: tickOf(wakeup),
        onProgress,
        signal,
      });
      options.onReport(report);
      return report;
    },
    hints: async () => null,
    rescore: async ({ orgId }, signal) => {
      const ended = await rescoreIfDue(services, orgId, signal);
      if (ended !== null && ended.counts.scored > 0) await options.onRescored(orgId);
      return ended;
    },
    import: async (wakeup, signal) => {
      const { orgId, subjectId: id } = wakeup;
      const name = await services.database.transaction(orgId, (tx) => nameOfSource(tx, id));
      if (name === null) throw unknown('source');
      return runSource(services, { orgId, id, name }, { full: false, tickAt: tickOf(wakeup), signal, onProgress });
    },
  };
}

async function openOf(services: SessionServices, { orgId, subjectId }: Wakeup) {
  const name = await services.database.transaction(orgId, (tx) => nameOfConnection(tx, subjectId));
  if (name === null) throw unknown('connection');
  return openConnection(services, orgId, name);
}

function tickOf({ tickAt }: Wakeup): Date | null {
  return tickAt === null ? null : new Date(tickAt);
}

function unknown(what: 'connection' | 'source'): AppError {
  return new AppError(`${what}-unknown`, `The ${what} is not there any more.`, {
    recovery: 'fix-config',
    remedy: 'Nothing has to be done, where it was deleted on purpose.',
  });
}
