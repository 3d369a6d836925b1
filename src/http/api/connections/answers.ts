/** PURE. What is known of connections, as the API tells it. */
import type { ConnectionCheck } from '../../../check.ts';
import { loginForms, settingsForm } from '../../../connections/forms.ts';
import type { ConnectionDetail as Detail, ListedConnection } from '../../../connections/read.ts';
import type { ConnectorDefinition } from '../../../connector-sdk/connector.ts';
import { countedUpTo } from '../../../db/queries/bounded-count.ts';
import type { PoolSummary } from '../../../quota-state.ts';
import type { Configuration, Connection, ConnectionDetail, ConnectorForms, Finding, Pool } from './schemas.ts';

export function connectorAnswer(definition: ConnectorDefinition): ConnectorForms {
  return {
    kind: definition.kind,
    label: definition.label,
    objects: definition.objects.map(({ object, push }) => ({ object, isWritten: push !== null })),
    settings: [...settingsForm(definition)],
    logins: loginForms(definition).map((form) => ({
      ...form,
      brought: form.title === definition.consent?.login ? definition.consent.brings : null,
    })),
  };
}

/** Findings of the CRM and of its fields, what is worst first. */
export function findingsOf({ findings, mapping }: ConnectionCheck): Finding[] {
  const fields = (mapping ?? []).map(({ object, field, message, remedy }): Finding => {
    return { level: 'warning', subject: `field ${object}.${field}`, message, remedy };
  });
  const ranks = ['failure', 'warning', 'ok'];
  return [...findings, ...fields].toSorted((a, b) => ranks.indexOf(a.level) - ranks.indexOf(b.level));
}

export function connectionAnswer(row: ListedConnection): Connection {
  const { name, kind, label, version, schedule, timeZone, pushMode, health, runs, pauses, lastRun, waiting } = row;
  return {
    name,
    kind,
    label,
    version,
    schedule,
    timezone: timeZone,
    pushMode,
    health: health && {
      state: health.state,
      message: health.message,
      remedy: health.remedy,
      since: health.since.toISOString(),
      tryAgainAt: textOf(health.tryAgainAt),
    },
    runs: { ...runs, until: textOf(runs.until) },
    pauses: pauses.map((pause) => ({ ...pause, since: pause.since.toISOString() })),
    nextRunAt: textOf(row.nextRunAt),
    lastRun: lastRun && runAnswer(lastRun),
    lastSuccessAt: textOf(row.lastSuccessAt),
    waiting: Math.min(countedUpTo, waiting.urgent + waiting.hot + waiting.scores + waiting.rest),
    refused: row.dead,
    rejected: row.rejected,
    countedUpTo,
    pool: poolAnswer(row.quota?.pool ?? null),
    waitsUntil: textOf(row.quota?.waits?.until ?? null),
  };
}

function runAnswer({ id, kind, status, startedAt, endedAt, failure }: NonNullable<ListedConnection['lastRun']>) {
  return {
    id,
    kind,
    status,
    startedAt: startedAt.toISOString(),
    endedAt: textOf(endedAt),
    failure: failure?.message ?? null,
  };
}

function poolAnswer(pool: PoolSummary | null): Pool | null {
  if (pool === null) return null;
  const { max, share, used, left, reserve, resetAt, accountRemaining, observedAt } = pool;
  return {
    max,
    share,
    used,
    left,
    reserve,
    resetAt: resetAt.toISOString(),
    accountRemaining,
    observedAt: textOf(observedAt),
  };
}

export function detailAnswer(detail: Detail): ConnectionDetail {
  const { parts, credentials, accountId, createdAt, nextRuns } = detail;
  return {
    connection: connectionAnswer(detail),
    configuration: configurationAnswer(parts),
    credentials: {
      ...credentials,
      secrets: [...credentials.secrets],
      references: [...credentials.references],
      since: textOf(credentials.since),
    },
    accountId,
    createdAt: createdAt.toISOString(),
    nextRuns: nextRuns.map((at) => at.toISOString()),
  };
}

function configurationAnswer({ pull, push, settings, ...parts }: Detail['parts']): Configuration {
  return {
    ...parts,
    pull: { ...pull, objects: pull.objects === null ? null : [...pull.objects] },
    push: { ...push, blastRadius: { ...push.blastRadius } },
    settings: settings as Configuration['settings'],
  };
}

function textOf(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
