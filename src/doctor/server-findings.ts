import type { CheckFinding } from '../connector-sdk/connector.ts';
import type { ServerFacts } from '../db/server-facts.ts';
import { failure, ok, warning } from './findings.ts';

/** Seconds between our clock and the database's that still do no harm: far below the settled lane's lag. */
const maxSkewSeconds = 30;

/** `unique nulls not distinct` came with it. */
const oldestVersion = 150_000;

/** What one more process opens: 10 of its pool, 5 of the queue, a lock for each of 23 runs, and one for a moment. */
const roomForOne = 39;

/** A batch, or a statement over all scores, takes seconds; so short a limit would end it in the middle. */
const shortestStatementMs = 60_000;

/** Locks are held by connections that say something every few seconds; a shorter limit takes them away. */
const shortestIdleMs = 60_000;

/** What the server is, and what of its settings would hurt. Pure. */
export function serverFindings(server: ServerFacts, now: Date): CheckFinding[] {
  return [...versionFindings(server), clockFinding(server, now), roomFinding(server), ...settingFindings(server)];
}

const primary = 'Point DATABASE_URL at the primary, or at a name or a proxy that follows it.';

function versionFindings({ version, versionNumber, isReplica, isReadOnly }: ServerFacts): CheckFinding[] {
  if (versionNumber < oldestVersion)
    return [
      failure(
        'database',
        `PostgreSQL ${version} is too old`,
        'Point DATABASE_URL at a PostgreSQL of version 15 or newer.',
      ),
    ];
  if (isReplica) return [failure('database', `PostgreSQL ${version} is a replica, which takes no writes`, primary)];
  if (isReadOnly) {
    const remedy = psql('alter role current_user set default_transaction_read_only = off');
    return [failure('database', `PostgreSQL ${version} is set to read-only`, remedy)];
  }
  return [ok('database', `PostgreSQL ${version}`)];
}

function clockFinding({ now: theirs }: ServerFacts, ours: Date): CheckFinding {
  const skew = Math.abs(theirs.getTime() - ours.getTime()) / 1_000;
  return skew <= maxSkewSeconds
    ? ok('clock', `${skew.toFixed(1)} s from the database's`)
    : failure('clock', `${skew.toFixed(0)} s from the database's`, 'On both machines: timedatectl set-ntp true');
}

function roomFinding({ connections, maxConnections }: ServerFacts): CheckFinding {
  const message = `${connections} of ${maxConnections} connections are in use`;
  if (maxConnections - connections >= roomForOne) return ok('connections of the database', message);
  const wanted = Math.ceil((connections + 2 * roomForOne) / 50) * 50;
  const remedy = `As superuser: ${psql(`alter system set max_connections = ${wanted}`)}, then restart PostgreSQL.`;
  return warning('connections of the database', `${message}: too little room for one more process`, remedy);
}

function settingFindings({ statementTimeoutMs, idleSessionTimeoutMs, isUnsafe }: ServerFacts): CheckFinding[] {
  const found: CheckFinding[] = [];
  if (statementTimeoutMs > 0 && statementTimeoutMs < shortestStatementMs)
    found.push(
      warning(
        'statement_timeout',
        `${statementTimeoutMs} ms ends statements over many leads in the middle`,
        psql('alter role current_user set statement_timeout = 0'),
      ),
    );
  if (idleSessionTimeoutMs > 0 && idleSessionTimeoutMs < shortestIdleMs)
    found.push(
      warning(
        'idle_session_timeout',
        `${idleSessionTimeoutMs} ms takes the lock of a run away while it waits for the CRM`,
        psql('alter role current_user set idle_session_timeout = 0'),
      ),
    );
  if (isUnsafe)
    found.push(
      failure(
        'durability',
        'fsync or full_page_writes is off: a crash of the machine loses or breaks what was committed',
        `As superuser: ${psql('alter system set fsync = on', 'alter system set full_page_writes = on', 'select pg_reload_conf()')}`,
      ),
    );
  return found;
}

/** A command that can be pasted. */
export function psql(...statements: readonly string[]): string {
  return `psql "$DATABASE_URL" ${statements.map((statement) => `-c '${statement}'`).join(' ')}`;
}
