import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from './database.ts';
import { sealingKey } from './loop.ts';

const cli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface CliProcess {
  /** Exit code; null = killed. */
  readonly ended: Promise<number | null>;
  readonly isRunning: () => boolean;
  /** What it has logged so far. */
  readonly log: () => string;
  /** That, and what it has answered. */
  readonly output: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
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
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    ended: once(child, 'exit').then(([code]) => code as number | null),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    log: () => log,
    output: () => output,
    signal: (name) => void child.kill(name),
  };
}
