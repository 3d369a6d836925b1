import type { UnsentAlerts } from '../db/queries/alerts.ts';
import type { ConnectionStatusRow, SourceStatusRow } from '../db/queries/read-status.ts';
import type { ConnectionHealth, Pause } from '../model/health.ts';
import { isOpen } from './next-health.ts';
import type { WhatRuns } from './what-runs.ts';

/** One line of what is known elsewhere: of the quota, of the queue. */
export interface StatusNote {
  readonly text: string;
  /** Null = nothing has to be done. */
  readonly remedy: string | null;
}

export interface ConnectionStatus extends ConnectionStatusRow {
  /** Null = it has ended no run yet. */
  readonly health: ConnectionHealth | null;
  /** Its own and the organisation's. */
  readonly pauses: readonly Pause[];
  readonly runs: WhatRuns;
  /** Null = nobody in this process knows, or it has no schedule. */
  readonly nextRunAt: Date | null;
  readonly quota: StatusNote | null;
}

export interface SourceStatus extends SourceStatusRow {
  readonly pauses: readonly Pause[];
  readonly nextRunAt: Date | null;
}

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
  readonly queue: StatusNote | null;
  /** `org/name` of what does not go on without a person, or has not for a while. */
  readonly needsPerson: readonly string[];
}

/**
 * What needs a person: a connection that is paused for a fault or keeps failing, a push that is held for a person's word, a
 * source that cannot be read, alerts that reached nobody. What a person has paused on purpose does not; nor do records that were
 * rejected, of which there always are some. Pure.
 */
export function whoNeedsPerson(orgs: readonly OrgStatus[]): readonly string[] {
  return orgs.flatMap(({ org, connections, sources, alerts }) => [
    ...connections.filter(connectionNeedsPerson).map(({ name }) => `${org}/${name}`),
    ...sources.filter(sourceNeedsPerson).map(({ name }) => `${org}/${name}`),
    ...(alerts.givenUp > 0 ? [`${org}/alerts`] : []),
  ]);
}

function connectionNeedsPerson({ health, lastRun }: ConnectionStatus): boolean {
  return (health !== null && isOpen(health)) || isHeld(lastRun);
}

/** An automatic push that waits until a person has looked at it. */
export function isHeld(lastRun: ConnectionStatus['lastRun']): boolean {
  return lastRun?.failure?.code === 'push-held';
}

function sourceNeedsPerson({ lastRun }: SourceStatus): boolean {
  const recovery = lastRun?.failure?.recovery;
  return recovery === 'fix-config' || recovery === 'reauthorise';
}
