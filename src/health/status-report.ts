import type { UnsentAlerts } from '../db/queries/alerts.ts';
import type { ConnectionStatusRow, SourceStatusRow } from '../db/queries/read-status.ts';
import type { WebhookVerdictName } from '../db/queries/webhook-counts.ts';
import type { QueueFacts } from '../db/queue-facts.ts';
import { type Health, type Pause, spokenName } from '../model/health.ts';
import type { QuotaState } from '../quota-state.ts';
import { isOpen } from './next-health.ts';
import { isForsaken } from './queue-standing.ts';
import type { WhatRuns } from './what-runs.ts';

/** The day's calls, and what waits for them. */
export interface QuotaStatus extends Pick<QuotaState, 'pool' | 'waiting' | 'waits'> {
  /** Null = nothing waits for calls. */
  readonly remedy: string | null;
}

/** From a change in the CRM to its score in the CRM: of the last hour's writes. */
export interface Freshness {
  readonly p50Seconds: number;
  readonly p95Seconds: number;
}

/** Wake-ups of all organisations, and who looks at them. */
export interface QueueStatus extends QueueFacts {
  /** Null = nothing has to be done. */
  readonly remedy: string | null;
}

/** Records that wait to be written, by how much they matter; of each, up to `countedUpTo`. */
export interface WaitingByUrgency {
  /** Status or tier has changed. */
  readonly urgent: number;
  /** The score of a hot lead has changed. */
  readonly hot: number;
  /** Another score has. */
  readonly scores: number;
  readonly rest: number;
}

/** How a connection or a source stands, and why. */
export interface Standing {
  /** Null = it has ended no run yet. */
  readonly health: Health | null;
  /** Its own and the organisation's. */
  readonly pauses: readonly Pause[];
  readonly runs: WhatRuns;
  /** By its schedule, whatever holds it; null = it has none. */
  readonly nextRunAt: Date | null;
}

export interface ConnectionStatus extends ConnectionStatusRow, Standing {
  readonly waiting: WaitingByUrgency;
  readonly quota: QuotaStatus | null;
  /** Null = no change in the CRM has led to a write in the last hour. */
  readonly freshness: Freshness | null;
  /** Deliveries of today, in UTC, by what came of them; empty = none has come. */
  readonly webhooks: WebhookCounts;
}

export type WebhookCounts = Readonly<Partial<Record<WebhookVerdictName, number>>>;

export interface SourceStatus extends SourceStatusRow, Standing {}

export interface OrgStatus {
  readonly org: string;
  readonly pauses: readonly Pause[];
  readonly connections: readonly ConnectionStatus[];
  readonly sources: readonly SourceStatus[];
  readonly alerts: UnsentAlerts;
}

export interface StatusReport {
  readonly at: Date;
  readonly orgs: readonly OrgStatus[];
  /** Null = no daemon has made it yet. */
  readonly queue: QueueStatus | null;
  /** `org/name`, or `org/sources/name`, of what does not go on without a person, or has not for a while; `queue` where nobody looks at it. */
  readonly needsPerson: readonly string[];
}

/**
 * What needs a person: a connection or a source that is paused for a fault or keeps failing, a push that is held for a person's
 * word, alerts that reached nobody. What a person has paused on purpose does not; nor do records that were
 * rejected, of which there always are some, or what waits for the day's calls. Pure.
 */
export function whoNeedsPerson(orgs: readonly OrgStatus[], queue: QueueStatus | null): readonly string[] {
  const ofOrgs = orgs.flatMap(({ org, connections, sources, alerts }) => [
    ...connections.filter(connectionNeedsPerson).map(({ name }) => `${org}/${name}`),
    ...sources.filter(isIll).map(({ name }) => `${org}/${spokenName('source', name)}`),
    ...(alerts.givenUp > 0 ? [`${org}/alerts`] : []),
  ]);
  return queue !== null && isForsaken(queue) ? [...ofOrgs, 'queue'] : ofOrgs;
}

function connectionNeedsPerson({ health, lastRun }: ConnectionStatus): boolean {
  return isIll({ health }) || isHeld(lastRun);
}

function isIll({ health }: Pick<Standing, 'health'>): boolean {
  return health !== null && isOpen(health);
}

/** An automatic push that waits until a person has looked at it. */
export function isHeld(lastRun: ConnectionStatus['lastRun']): boolean {
  return lastRun?.failure?.code === 'push-held';
}
