import type { ProgressEvent } from './app-port.ts';
import { count, duration, grouped } from './text.ts';

/** Milliseconds between two writes: ten a second are smooth; a log wants a line every few seconds. */
const redrawMs = 100;
const lineMs = 5_000;
/** Before that a rate says nothing. */
const settledMs = 1_000;

export interface ProgressOutput {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Columns of the terminal. */
  readonly width: () => number;
  readonly now: () => number;
}

/** Shows events: one line that is redrawn on a terminal, else a line every few seconds. */
export function createProgress(output: ProgressOutput): { report: (event: ProgressEvent) => void; end: () => void } {
  const paceMs = output.isTerminal ? redrawMs : lineMs;
  let part = '';
  let startedAt = 0;
  let first = 0;
  let shownAt = -Infinity;
  let pending: ProgressEvent | null = null;
  const show = (event: ProgressEvent): void => {
    const elapsedMs = output.now() - startedAt;
    const line = formatProgress(event, { elapsedMs, fresh: event.done - first });
    output.write(output.isTerminal ? `\r\u001b[K${line.slice(0, Math.max(1, output.width() - 1))}` : `${line}\n`);
    shownAt = output.now();
    pending = null;
  };
  return {
    report(event) {
      const current = `${event.phase} ${event.object} ${event.lane ?? ''}`;
      if (current !== part) {
        if (pending !== null) show(pending);
        // A terminal keeps the last line of each part.
        if (part !== '' && output.isTerminal) output.write('\n');
        [part, startedAt, first] = [current, output.now(), event.done];
      }
      pending = event;
      if (output.now() - shownAt >= paceMs) show(event);
    },
    end() {
      if (pending !== null) show(pending);
      if (part !== '' && output.isTerminal) output.write('\n');
      part = '';
    },
  };
}

export interface Pace {
  readonly elapsedMs: number;
  /** Done since this part began: what came before (a resumed pass) was not done at this speed. */
  readonly fresh: number;
}

/** `pull contacts (full)  12,300 of 50,000  25 %  1,230/s  31 s left  125 calls` */
export function formatProgress(event: ProgressEvent, { elapsedMs, fresh }: Pace): string {
  const { phase, object, lane, done, total, apiCalls } = event;
  const share = shareOf(event);
  const perSecond = elapsedMs >= settledMs ? (fresh * 1000) / elapsedMs : null;
  const parts = [
    `${phase} ${object}${lane === null ? '' : ` (${lane})`}`,
    total === null ? grouped(done) : `${grouped(done)} of ${grouped(total)}`,
    share === null ? '' : `${Math.min(100, Math.floor(share * 100))} %`,
    perSecond === null ? '' : `${rate(perSecond)}/s`,
    share === null || perSecond === null ? '' : timeLeft(done / share - done, perSecond),
    apiCalls === 0 ? '' : count(apiCalls, 'call'),
  ];
  return parts.filter((text) => text !== '').join('  ');
}

/** Null where nobody can tell how far it is. */
function shareOf({ done, total, share = null }: ProgressEvent): number | null {
  if (total === null) return share;
  return total === 0 ? null : done / total;
}

function rate(perSecond: number): string {
  return perSecond >= 10 ? grouped(Math.round(perSecond)) : perSecond.toFixed(1);
}

function timeLeft(left: number, perSecond: number): string {
  if (!(left > 0) || perSecond <= 0) return '';
  return `${duration((left * 1000) / perSecond)} left`;
}
