import { startCli } from './cli-process.ts';
import type { TestDatabase } from './database.ts';

/** `leadloop sync` in a process of its own, on a test database. */
export interface SyncProcess {
  /** Exit code; null = killed. */
  readonly ended: Promise<number | null>;
  readonly output: () => string;
  /** Stops it where it is, tells what its transactions were doing, and kills it. */
  kill(): Promise<{ readonly wasRunning: boolean; readonly openTransactions: number }>;
}

export function startSync(
  db: TestDatabase,
  target: { readonly connection: string; readonly home: string; readonly name: string },
): SyncProcess {
  const url = new URL(db.url);
  url.searchParams.set('application_name', target.name);
  const { ended, output, isRunning, signal } = startCli({ url: url.href }, ['sync', target.connection, '--json'], {
    home: target.home,
    variables: { LOG_LEVEL: 'error' },
  });
  return {
    ended,
    output,
    async kill() {
      if (!isRunning()) return { wasRunning: false, openTransactions: 0 };
      signal('SIGSTOP');
      const rows = await db.sql(
        `select 1 from pg_stat_activity where application_name = $1 and xact_start is not null`,
        [target.name],
      );
      signal('SIGKILL');
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
