import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from './database.ts';

export interface SoakSample {
  /** Everything that is alive after a collection. */
  readonly objects: number;
  /** What keeps the process alive, by kind: sockets, timers. */
  readonly resources: Readonly<Record<string, number>>;
}

export interface SoakLine {
  /** Of the simulated clock. */
  readonly at: number;
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type SoakOrder = { readonly type: 'clock' | 'tick' | 'sample' | 'stop'; readonly at: number };
export type SoakWord =
  | { readonly type: 'up'; readonly url: string }
  | ({ readonly type: 'said' } & SoakLine)
  | { readonly type: 'sample'; readonly sample: SoakSample };

/** A daemon whose time is in the test's hand. */
export interface SoakDaemon {
  readonly url: string;
  /** Exit code. */
  readonly ended: Promise<number | null>;
  /** Everything that it has logged, from `info` on. */
  readonly lines: readonly SoakLine[];
  moveTo(at: number): void;
  /** Moves its clock and fires the schedules of that instant. */
  tick(at: number): void;
  sample(at: number): Promise<SoakSample>;
  stop(at: number): void;
  kill(): void;
}

const script = fileURLToPath(new URL('soak-daemon.ts', import.meta.url));

export async function startSoakDaemon(
  db: TestDatabase,
  { alertUrl, start }: { readonly alertUrl: string; readonly start: number },
): Promise<SoakDaemon> {
  const child = fork(script, {
    execArgv: ['--conditions=source', '--expose-gc'],
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: db.url,
      LEADLOOP_ALERT_URL: alertUrl,
      SOAK_START: String(start),
    },
  });
  const lines: SoakLine[] = [];
  const up = Promise.withResolvers<string>();
  let sampled = Promise.withResolvers<SoakSample>();
  child.on('message', (word: SoakWord) => {
    if (word.type === 'up') up.resolve(word.url);
    if (word.type === 'said') lines.push(word);
    if (word.type === 'sample') sampled.resolve(word.sample);
  });
  const order = (type: SoakOrder['type'], at: number): void => void child.send({ type, at } satisfies SoakOrder);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  void ended.then((code) => up.reject(new Error(`the daemon ended with ${code} before it was up`)));
  return {
    url: await up.promise,
    ended,
    lines,
    moveTo: (at) => order('clock', at),
    tick: (at) => order('tick', at),
    async sample(at) {
      sampled = Promise.withResolvers();
      order('sample', at);
      return sampled.promise;
    },
    stop: (at) => order('stop', at),
    kill: () => void child.kill('SIGKILL'),
  };
}
