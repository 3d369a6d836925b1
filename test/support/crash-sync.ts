import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from './database.ts';
import { sealingKey } from './loop.ts';

/** `leadloop sync` in a process of its own, on a test database. */
export interface SyncProcess {
  /** Exit code; null = killed. */
  readonly ended: Promise<number | null>;
  readonly output: () => string;
  /** Stops it where it is, tells what its transactions were doing, and kills it. */
  kill(): Promise<{ readonly wasRunning: boolean; readonly openTransactions: number }>;
}

const cli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export function startSync(
  db: TestDatabase,
  target: { readonly connection: string; readonly home: string; readonly name: string },
): SyncProcess {
  const url = new URL(db.url);
  url.searchParams.set('application_name', target.name);
  const child = spawn(process.execPath, ['--conditions=source', cli, 'sync', target.connection, '--json'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: url.href,
      LEADLOOP_HOME: target.home,
      LEADLOOP_KEY: `test:${sealingKey.toString('base64')}`,
      LOG_LEVEL: 'error',
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    ended,
    output: () => output,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return { wasRunning: false, openTransactions: 0 };
      child.kill('SIGSTOP');
      const rows = await db.sql(
        `select 1 from pg_stat_activity where application_name = $1 and xact_start is not null`,
        [target.name],
      );
      child.kill('SIGKILL');
      await ended;
      // The server notices when it next reads from the connection; until then the dead one still holds its locks.
      for (;;) {
        const left = await db.sql(`select 1 from pg_stat_activity where application_name = $1`, [target.name]);
        if (left.length === 0) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return { wasRunning: true, openTransactions: rows.length };
    },
  };
}
