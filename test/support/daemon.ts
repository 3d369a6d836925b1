import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from './database.ts';
import { sealingKey } from './loop.ts';

/** `leadloop serve` in a process of its own, on a test database. */
export interface DaemonProcess {
  readonly pid: number;
  /** Exit code; null = killed. */
  readonly ended: Promise<number | null>;
  /** Everything that it has said so far. */
  log(): string;
  signal(name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void;
}

const cli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface DaemonPlace {
  readonly home: string;
  readonly roles?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function startDaemon(
  db: Pick<TestDatabase, 'url'>,
  { home, roles = 'scheduler,worker', env = {} }: DaemonPlace,
): DaemonProcess {
  const child = spawn(process.execPath, ['--conditions=source', cli, 'serve', '--roles', roles, '--port', '0'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: db.url,
      LEADLOOP_HOME: home,
      LEADLOOP_KEY: `test:${sealingKey.toString('base64')}`,
      LOG_LEVEL: 'info',
      NO_COLOR: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    pid: child.pid ?? 0,
    ended,
    log: () => output,
    signal: (name) => void child.kill(name),
  };
}

/** Resolves when `holds` does; it is asked again and again. */
export async function until(what: string, holds: () => Promise<boolean>, patienceMs = 60_000): Promise<void> {
  const start = Date.now();
  while (!(await holds())) {
    if (Date.now() - start > patienceMs) throw new Error(`waited ${patienceMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
