import { exitCodes } from '../model/errors.ts';
import type { EndedRun } from '../record-run.ts';
import type { ExitCode } from './command.ts';
import { exitFor } from './failure.ts';

/** The exit code of a run. */
export function exitOf({ status, failure, nextTryAt, counts }: EndedRun): ExitCode {
  if (nextTryAt !== null) return exitCodes.tryLater;
  if (failure !== null && status !== 'partial') return exitFor(failure.recovery);
  if (status === 'failed' || status === 'cancelled') return exitCodes.failed;
  return status === 'partial' || counts.rejected + counts.pushRejected > 0 ? exitCodes.partial : exitCodes.done;
}
