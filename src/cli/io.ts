import type { Io } from './command.ts';
import { createProgress } from './progress.ts';
import type { Style } from './style.ts';

/** A stream as far as we need it; `process.stdout` is one. */
export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Streams {
  readonly out: Stream;
  readonly err: Stream;
}

export interface IoOptions {
  readonly isJson: boolean;
  readonly style: Style;
}

export function createIo({ out, err }: Streams, { isJson, style }: IoOptions): Io {
  return {
    answer(value, render) {
      out.write(`${isJson ? JSON.stringify(value, null, 2) : render(value, style)}\n`);
    },
    note(text) {
      if (!isJson) err.write(`${text}\n`);
    },
    async reporting(work) {
      if (isJson) return work(() => undefined);
      const progress = createProgress({
        write: (text) => void err.write(text),
        isTerminal: err.isTTY === true,
        width: () => err.columns ?? 80,
        now: () => performance.now(),
      });
      try {
        return await work(progress.report);
      } finally {
        progress.end();
      }
    },
  };
}
