import { type CliProcess, startCli } from './cli-process.ts';
import type { TestDatabase } from './database.ts';

/** `leadloop serve` in a process of its own, on a test database. */
export type DaemonProcess = CliProcess;

export interface DaemonPlace {
  readonly home: string;
  readonly roles?: string;
}

export function startDaemon(
  db: Pick<TestDatabase, 'url'>,
  { home, roles = 'scheduler,worker' }: DaemonPlace,
): DaemonProcess {
  return startCli(db, ['serve', '--roles', roles, '--port', '0'], { home, variables: { LOG_LEVEL: 'info' } });
}

/** Resolves when `holds` does; it is asked again and again. */
export async function until(what: string, holds: () => Promise<boolean>, patienceMs = 60_000): Promise<void> {
  const start = Date.now();
  while (!(await holds())) {
    if (Date.now() - start > patienceMs) throw new Error(`waited ${patienceMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
