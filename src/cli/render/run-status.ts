import type { RunStatus } from '../../model/run.ts';
import type { Style } from '../style.ts';

/** What became of a run, in its colour. */
export function paintedStatus(status: RunStatus, style: Style): string {
  const paint = {
    succeeded: style.good,
    partial: style.warn,
    failed: style.bad,
    cancelled: style.warn,
    running: style.dim,
  };
  return paint[status](status);
}
