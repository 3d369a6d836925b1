import { ConnectorError } from '../connector-sdk/index.ts';
import { AppError, placeOf } from '../model/errors.ts';
import type { EndedRun } from '../record-run.ts';
import type { SchedulerLog } from './log.ts';
import type { Queue } from './queue.ts';
import { type Wakeup, type WakeupKind, wakeupKinds } from './wakeup.ts';

/** What a worker does about a wake-up; null = there was nothing to do. */
export type Look = (wakeup: Wakeup, signal: AbortSignal) => Promise<EndedRun | null>;

export interface WorkerOptions {
  readonly queue: Pick<Queue, 'work'>;
  readonly looks: Readonly<Record<WakeupKind, Look>>;
  readonly slots: Readonly<Record<WakeupKind, number>>;
  readonly log: SchedulerLog;
  readonly signal: AbortSignal;
}

/** Looks at wake-ups until the queue stops. A run that fails is recorded and logged with its remedy, and never ends the worker. */
export async function startWorker({ queue, looks, slots, log, signal }: WorkerOptions): Promise<void> {
  for (const kind of wakeupKinds) {
    await queue.work(kind, slots[kind], async (wakeup) => lookAt(wakeup, { look: looks[kind], log, signal }));
  }
}

/** @throws where somebody else shall look at it again: this process ends, or something unexpected happened. */
async function lookAt(
  wakeup: Wakeup,
  { look, log, signal }: { readonly look: Look } & Pick<WorkerOptions, 'log' | 'signal'>,
): Promise<void> {
  const { kind, orgId, subjectId } = wakeup;
  const fields = { kind, orgId, subjectId };
  signal.throwIfAborted();
  try {
    const ended = await look(wakeup, signal);
    if (ended !== null) say(log, ended, fields);
    if (ended?.status === 'cancelled') signal.throwIfAborted();
  } catch (error) {
    if (isAbort(error, signal)) {
      log('info', 'run stopped; another process goes on with it', fields);
      throw error;
    }
    if (error instanceof AppError && isHarmless(kind, error)) {
      log('debug', 'nothing to do', { ...fields, code: error.code });
      return;
    }
    const told = described(error);
    log('warn', 'run failed', { ...fields, ...told });
    // The queue keeps what it is thrown, causes and all: a database's own words may quote a person's row.
    // oxlint-disable-next-line preserve-caught-error -- that is what this leaves out
    if (isWorthAnotherTry(error)) throw new Error(`${told.code}: ${told.message}`);
  }
}

/** It was deleted meanwhile, the tick has been run, or somebody else runs it: the schedule comes again, a person asks but once. */
function isHarmless(kind: WakeupKind, { code }: AppError): boolean {
  return harmless.has(code) || (code === 'run-active' && kind !== 'asked');
}

const harmless: ReadonlySet<string> = new Set(['tick-done', 'connection-unknown', 'source-unknown']);

/** What a person has to mend waits for the next tick. */
function isWorthAnotherTry(error: unknown): boolean {
  return !(error instanceof AppError || error instanceof ConnectorError) || error.recovery === 'retry';
}

function say(log: SchedulerLog, ended: EndedRun, fields: Readonly<Record<string, unknown>>): void {
  const { runId, status, counts, failure, nextTryAt } = ended;
  if (failure === null) {
    const { pulled, scored, pushed, rejected, apiCalls } = counts;
    log('info', 'run ended', { ...fields, runId, status, pulled, scored, pushed, rejected, apiCalls });
    return;
  }
  const { code, recovery, remedy } = failure;
  log('warn', 'run failed', {
    ...fields,
    runId,
    status,
    code,
    recovery,
    remedy,
    notBefore: nextTryAt?.toISOString(),
  });
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));
}

function described(error: unknown) {
  if (error instanceof AppError || error instanceof ConnectorError) {
    const { code, message, recovery, remedy } = error;
    return { code, message, recovery, remedy };
  }
  return {
    code: 'unexpected',
    message: placeOf(error),
    recovery: 'report-bug',
    remedy: 'Report it with this line; nothing that was committed is lost, and it is tried again.',
  };
}
