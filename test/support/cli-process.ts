import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from './database.ts';
import { sealingKey } from './loop.ts';

const cli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface CliProcess {
  readonly ended: Promise<number | null>;
  /** What it has logged so far. */
  readonly log: () => string;
  stop(): Promise<number | null>;
}

/** The command line in a process of its own, on a test database. */
export function startCli(
  db: Pick<TestDatabase, 'url'>,
  given: readonly string[],
  { home, variables = {} }: { readonly home: string; readonly variables?: Readonly<Record<string, string>> },
): CliProcess {
  const child = spawn(process.execPath, ['--conditions=source', cli, ...given], {
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: db.url,
      LEADLOOP_HOME: home,
      LEADLOOP_KEY: `test:${sealingKey.toString('base64')}`,
      NO_COLOR: '1',
      ...variables,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    ended,
    log: () => log,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
