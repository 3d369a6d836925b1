import { ConnectorError } from '../connector-sdk/index.ts';
import { AppError, placeOf } from '../model/errors.ts';
import type { EndedRun } from '../record-run.ts';

/** Constant message, variables in `fields`: ids and counts only. */
export type SchedulerLog = (
  level: 'debug' | 'info' | 'warn',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

export interface LoopPort {
  readonly now: () => Date;
  readonly log: SchedulerLog;
  readonly signal: AbortSignal;
}

/** What has to be done again and again. */
export interface Job {
  /** Null = not paused. */
  readonly pausedReason: string | null;
  readonly run: (signal: AbortSignal) => Promise<EndedRun>;
}

/** The runs of one job, one at a time. No failure of a run ends it. */
export class JobLoop {
  readonly #key: string;
  readonly #port: LoopPort;
  #running: Promise<void> | null = null;
  #notBefore: Date | null = null;

  constructor(key: string, port: LoopPort) {
    this.#key = key;
    this.#port = port;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Resolves when no run is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Starts a run, unless there is a reason not to; resolves with its end. */
  async run(job: Job): Promise<void> {
    const reason = this.#reasonToSkip(job.pausedReason);
    if (reason !== null) {
      this.#port.log('info', `tick skipped: ${reason}`, { job: this.#key });
      return;
    }
    this.#running = this.#once(job).finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  #reasonToSkip(pausedReason: string | null): string | null {
    if (this.#port.signal.aborted) return 'shutting down';
    if (this.#running !== null) return 'the run before is still under way';
    if (pausedReason !== null) return 'it is paused';
    if (this.#notBefore !== null && this.#port.now() < this.#notBefore) return 'waiting for the quota';
    return null;
  }

  async #once({ run }: Job): Promise<void> {
    try {
      const report = await run(this.#port.signal);
      this.#notBefore = report.nextTryAt;
      this.#say(report);
    } catch (error) {
      this.#explain(error);
    }
  }

  #say({ runId, status, counts, failure, nextTryAt }: EndedRun): void {
    const fields = { job: this.#key, runId, status };
    if (failure === null) {
      const { pulled, scored, pushed, rejected, apiCalls } = counts;
      this.#port.log('info', 'run ended', { ...fields, pulled, scored, pushed, rejected, apiCalls });
      return;
    }
    const { code, recovery, remedy } = failure;
    this.#port.log('warn', 'run failed', { ...fields, code, recovery, remedy, notBefore: nextTryAt?.toISOString() });
  }

  #explain(error: unknown): void {
    const fields = { job: this.#key };
    if (isAbort(error, this.#port.signal)) this.#port.log('info', 'run stopped', fields);
    else if (error instanceof AppError && error.code === 'run-active')
      this.#port.log('info', 'tick skipped: another process runs it', fields);
    else this.#port.log('warn', 'run failed', { ...fields, ...described(error) });
  }
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));
}

function described(error: unknown): Record<string, string> {
  if (error instanceof AppError || error instanceof ConnectorError) {
    const { code, message, recovery, remedy } = error;
    return { code, message, recovery, remedy };
  }
  return {
    code: 'unexpected',
    message: placeOf(error),
    recovery: 'report-bug',
    remedy: 'Report it with this line; nothing that was committed is lost, and the next tick goes on.',
  };
}
