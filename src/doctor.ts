import type { CheckFinding } from './connector-sdk/connector.ts';
import { listConnections } from './db/queries/directory.ts';
import type { OpenDatabase } from './db/database.ts';
import { pendingMigrations } from './db/migrate.ts';

export interface Patient {
  readonly database: OpenDatabase;
  readonly now: () => Date;
  readonly keySource: string;
}

/** Seconds between our clock and the database's that still do no harm: far below the settled lane's lag. */
const maxSkewSeconds = 30;

/** Whether this machine can run leadloop at all: database, schema, clock, key, connections. Asks no CRM (`check` does). */
export async function examine(patient: Patient): Promise<CheckFinding[]> {
  const { database } = patient;
  const pending = await pendingMigrations(database);
  if (pending.length > 0) {
    const message = `${pending.length} migrations have not run`;
    return [{ level: 'failure', subject: 'schema', message, remedy: 'Run: leadloop migrate' }];
  }
  const facts = await database.operator(async (tx) => ({
    server: await tx.query<{ version: string; now: Date }>(
      `select current_setting('server_version') as version, clock_timestamp() as now`,
    ),
    connections: await listConnections(tx),
  }));
  const [server] = facts.server;
  const skew = Math.abs((server?.now.getTime() ?? 0) - patient.now().getTime()) / 1_000;
  return [
    ok('database', `PostgreSQL ${server?.version ?? 'unknown'}`),
    ok('schema', 'current'),
    skew <= maxSkewSeconds
      ? ok('clock', `${skew.toFixed(1)} s from the database's`)
      : {
          level: 'failure',
          subject: 'clock',
          message: `${skew.toFixed(0)} s from the database's`,
          remedy: 'Turn on NTP on both machines.',
        },
    ok('key', patient.keySource),
    ...connectionFindings(facts.connections),
  ];
}

function connectionFindings(
  connections: readonly { org: string; name: string; pausedReason: string | null }[],
): CheckFinding[] {
  if (connections.length === 0) {
    const remedy = 'Run: leadloop apply config/leadloop.yaml';
    return [{ level: 'warning', subject: 'connections', message: 'none', remedy }];
  }
  return connections.map(({ org, name, pausedReason }) =>
    pausedReason === null
      ? ok(`connection ${org}/${name}`, 'active')
      : {
          level: 'warning',
          subject: `connection ${org}/${name}`,
          message: `paused: ${pausedReason}`,
          remedy: `Mend the cause, then run: leadloop check ${name}`,
        },
  );
}

function ok(subject: string, message: string): CheckFinding {
  return { level: 'ok', subject, message, remedy: '' };
}
