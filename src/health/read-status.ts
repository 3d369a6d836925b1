import { exhaustion } from '../connector-sdk/day.ts';
import type { OpenDatabase } from '../db/database.ts';
import { readUnsentAlerts } from '../db/queries/alerts.ts';
import { readHealths } from '../db/queries/health.ts';
import type { WaitingOfPriority } from '../db/queries/count-waiting.ts';
import { listOrgs } from '../db/queries/directory.ts';
import { pausesFor, type PauseRow, type PauseTarget, readPauses } from '../db/queries/pauses.ts';
import { type FreshnessRow, readFreshness } from '../db/queries/read-freshness.ts';
import { readQuotas } from '../db/queries/read-quotas.ts';
import { readConnectionStatus, readSourceStatus } from '../db/queries/read-status.ts';
import { readWebhookCounts, type WebhookCountRow } from '../db/queries/webhook-counts.ts';
import { readQueueFacts } from '../db/queue-facts.ts';
import type { Tx } from '../db/tx.ts';
import type { Health, Pause } from '../model/health.ts';
import type { PushPriority } from '../model/push.ts';
import { chooseOrg } from '../named-org.ts';
import { type QuotaState, quotaStateOf, type QuotaWait } from '../quota-state.ts';
import { runsAfter } from '../scheduler/calendar.ts';
import { queueRemedy } from './queue-standing.ts';
import {
  type ConnectionStatus,
  type Freshness,
  type OrgStatus,
  type QueueStatus,
  type QuotaStatus,
  type SourceStatus,
  type StatusReport,
  type WaitingByUrgency,
  type WebhookCounts,
  whoNeedsPerson,
} from './status-report.ts';
import { whatRuns } from './what-runs.ts';

export interface StatusSources {
  readonly database: OpenDatabase;
  readonly now: () => Date;
}

/** How everything stands, from the database alone: asks no CRM. `org`: slug; null = every organisation. */
export async function readStatus({ database, now }: StatusSources, org: string | null): Promise<StatusReport> {
  const only = org === null ? null : await chooseOrg(database, org);
  const entries = (await database.operator(listOrgs)).filter(({ id }) => only === null || id === only);
  const at = now();
  const orgs: OrgStatus[] = [];
  for (const { id, slug } of entries)
    orgs.push({ org: slug, ...(await database.transaction(id, (tx) => readOrgStatus(tx, at))) });
  const queue = await readQueue(database);
  return { at, orgs, queue, needsPerson: whoNeedsPerson(orgs, queue) };
}

async function readQueue(database: OpenDatabase): Promise<QueueStatus | null> {
  const facts = await readQueueFacts(database);
  return facts === null ? null : { ...facts, remedy: queueRemedy(facts) };
}

/** How the connections and sources of the transaction's organisation stand. */
export async function readOrgStatus(tx: Tx, at: Date): Promise<Omit<OrgStatus, 'org'>> {
  const pauses = await readPauses(tx);
  return {
    pauses: plain(pauses.filter(({ of }) => of === 'org')),
    connections: await connectionStatuses(tx, pauses, at),
    sources: await readSources(tx, pauses, at),
    alerts: await readUnsentAlerts(tx, at),
  };
}

/** How each connection of the organisation stands. `pauses`: all that the organisation has. */
export async function connectionStatuses(tx: Tx, pauses: readonly PauseRow[], at: Date): Promise<ConnectionStatus[]> {
  const healths = new Map((await readHealths(tx, 'connection')).map((row) => [row.id, row]));
  const quotas = new Map((await readQuotas(tx, at)).map((row) => [row.connectionId, quotaStateOf(row, at)]));
  const fresh = Map.groupBy(await readFreshness(tx, at), ({ connectionId }) => connectionId);
  const webhooks = Map.groupBy(await readWebhookCounts(tx, at), ({ connectionId }) => connectionId);
  return (await readConnectionStatus(tx)).map((row) => {
    const own = plain(pausesFor(pauses, { connectionId: row.id, sourceId: null }));
    const health = healthOf(healths.get(row.id));
    const quota = quotas.get(row.id);
    return {
      ...row,
      waiting: byUrgency(quota?.waiting ?? []),
      health,
      pauses: own,
      runs: whatRuns(own, health, at),
      nextRunAt: nextRunAt(row, at),
      quota: quotaOf(row.name, quota),
      freshness: freshnessOf(fresh.get(row.id) ?? []),
      webhooks: webhooksOf(webhooks.get(row.id) ?? []),
    };
  });
}

function byUrgency(waiting: readonly WaitingOfPriority[]): WaitingByUrgency {
  const of = (wanted: PushPriority): number => waiting.find(({ priority }) => priority === wanted)?.count ?? 0;
  return { urgent: of(0), hot: of(1), scores: of(2), rest: of(3) };
}

async function readSources(tx: Tx, pauses: readonly PauseRow[], at: Date): Promise<SourceStatus[]> {
  const healths = new Map((await readHealths(tx, 'source')).map((row) => [row.id, row]));
  return (await readSourceStatus(tx)).map((row) => {
    // A source is only read: what is not written of its organisation is nothing to it.
    const touching = pausesFor(pauses, { connectionId: null, sourceId: row.id }).filter(
      (one) => one.direction !== 'push',
    );
    const own = plain(touching);
    const health = healthOf(healths.get(row.id));
    return { ...row, health, pauses: own, runs: whatRuns(own, health, at), nextRunAt: nextRunAt(row, at) };
  });
}

function nextRunAt({ schedule, timeZone }: Pick<SourceStatus, 'schedule' | 'timeZone'>, at: Date): Date | null {
  return schedule === null ? null : (runsAfter({ expression: schedule, timeZone }, at, 1)[0] ?? null);
}

function quotaOf(name: string, state: QuotaState | undefined): QuotaStatus | null {
  if (state === undefined) return null;
  const { pool, waiting, waits } = state;
  return { pool, waiting, waits, remedy: waits === null ? null : remedyOf(waits.reason, name) };
}

function remedyOf(reason: QuotaWait['reason'], name: string): string {
  return reason === 'crm'
    ? `Wait: it goes on by itself. To try at once: leadloop sync ${name}`
    : exhaustion[reason].remedy;
}

function freshnessOf(rows: readonly FreshnessRow[]): Freshness | null {
  const at = (wanted: number): number | undefined => rows.find(({ quantile }) => quantile === wanted)?.seconds;
  const [p50Seconds, p95Seconds] = [at(0.5), at(0.95)];
  return p50Seconds === undefined || p95Seconds === undefined ? null : { p50Seconds, p95Seconds };
}

function webhooksOf(rows: readonly WebhookCountRow[]): WebhookCounts {
  return Object.fromEntries(rows.map(({ verdict, deliveries }) => [verdict, deliveries]));
}

/** What is for people; keys and versions are for the machine. */
function healthOf(row: Health | undefined): Health | null {
  if (row === undefined) return null;
  const { state, code, message, remedy, failuresInRow, since, tryAgainAt, lastSuccessAt } = row;
  return { state, code, message, remedy, failuresInRow, since, tryAgainAt, lastSuccessAt };
}

function plain(rows: readonly (PauseRow & PauseTarget)[]): readonly Pause[] {
  return rows.map(({ of, direction, reason, since }) => ({ of, direction, reason, since }));
}
