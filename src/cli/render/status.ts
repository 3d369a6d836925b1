import type { StatusRun } from '../../db/queries/read-status.ts';
import { pauseText } from '../../health/what-runs.ts';
import {
  type ConnectionStatus,
  isHeld,
  type OrgStatus,
  type SourceStatus,
  type Standing,
} from '../../health/status-report.ts';
import { spokenName } from '../../model/health.ts';
import type { StatusReport } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, count, duration, grouped, indented, instant, shown, table } from '../text.ts';
import { paintedStatus } from './run-status.ts';
import { countedText, pushesText, quotaText, waitsText } from './status-quota.ts';
import { queueText } from './status-queue.ts';

/** How everything stands: organisation by organisation, what is wrong with its remedy below it. */
export function renderStatus({ at, orgs, queue, needsPerson }: StatusReport, style: Style): string {
  if (orgs.length === 0) return 'There is no organisation yet. To begin: leadloop apply config/leadloop.yaml';
  return blocks([
    ...orgs.map((org) => renderOrg(org, at, style)),
    queue === null ? '' : `${style.dim('queue')}  ${queueText(queue)}${remedyLine(queue.remedy, style)}`,
    needsPerson.length === 0
      ? style.good('nothing needs a person')
      : style.bad(`needs a person: ${needsPerson.map(shown).join(', ')}`),
  ]);
}

function renderOrg({ org, pauses, connections, sources, alerts }: OrgStatus, at: Date, style: Style): string {
  const paused = pauses.map((one) => style.warn(shown(pauseText(one)))).join('\n');
  const resume = pauses.length === 0 ? '' : remedyLine(`leadloop resume --org ${org}`, style);
  const parts = [
    ...connections.map((connection) => renderConnection(connection, { at, org, style })),
    ...sources.map((source) => renderSource(source, { at, org, style })),
    renderAlerts(alerts, style),
  ];
  const empty = connections.length + sources.length === 0;
  return blocks([
    [style.bold(shown(org)), paused].filter((line) => line !== '').join('\n') + resume,
    empty ? '  It has no connection yet. Add one to the configuration and run: leadloop apply' : '',
    ...parts.map((part) => indented(part)),
  ]);
}

interface Looks {
  readonly at: Date;
  readonly org: string;
  readonly style: Style;
}

function renderConnection(connection: ConnectionStatus, { at, org, style }: Looks): string {
  const { name, kind } = connection;
  const facts: (readonly [string, string])[] = [
    ['last run', runText(connection.lastRun, at, style)],
    ['last success', connection.lastSuccessAt === null ? 'none yet' : ago(connection.lastSuccessAt, at)],
    ['schedule', scheduleText(connection)],
    ['fresh', freshText(connection.freshness)],
    ['waiting', waitingText(connection, style)],
    ['rejected', connection.rejected === 0 ? '' : `${countedText(connection.rejected)}: leadloop rejected`],
    ['refused', connection.dead === 0 ? '' : `${refusedText(connection.dead)}: leadloop rejected retry ${name}`],
    ['webhooks', webhooksText(connection.webhooks)],
    ['quota', quotaText(connection.quota)],
    ['waits', waitsText(connection) === '' ? '' : style.warn(waitsText(connection))],
  ];
  const held = isHeld(connection.lastRun) ? heldText(connection, style) : '';
  return [
    `${style.bold(shown(name))}  ${kind}  ${stateText(connection, at, style)}`,
    ...standingLines(connection, { name, org, style }),
    held,
    indented(factTable(facts, style)),
    connection.quota?.remedy ? indented(remedyLine(connection.quota.remedy, style).trimStart()) : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** What is wrong and when it is tried again, and what people have paused. */
function standingLines(
  { health, pauses, runs }: Standing,
  { name, org, style }: Omit<Looks, 'at'> & { readonly name: string },
): string[] {
  const own = pauses.filter(({ of }) => of !== 'org');
  return [
    ...(health === null || health.state === 'healthy'
      ? []
      : [indented(shown(health.message) + remedyLine(health.remedy, style) + tryLine(runs, { name, org, style }))]),
    ...own.map((one) => indented(style.warn(shown(pauseText(one))) + remedyLine(`leadloop resume ${name}`, style))),
  ];
}

function stateText(
  { health, pauses, lastRun }: Pick<SourceStatus, 'health' | 'pauses' | 'lastRun'>,
  at: Date,
  style: Style,
): string {
  if (health !== null && health.state === 'paused')
    return style.bad(`PAUSED ${ago(health.since, at)} [${shown(health.code)}]`);
  if (health !== null && health.state === 'failing')
    return style.bad(
      `failing since ${ago(health.since, at)}, ${health.failuresInRow} in a row [${shown(health.code)}]`,
    );
  if (pauses.length > 0) return style.warn('paused by a person');
  if (lastRun?.status === 'running') return style.good('running');
  return health === null && lastRun === null ? style.dim('no run has ended yet') : style.good('healthy');
}

function tryLine(
  { until }: Standing['runs'],
  { name, org, style }: Omit<Looks, 'at'> & { readonly name: string },
): string {
  if (until === null) return '';
  const when = `by its schedule tried again after ${instant(until)} UTC; by its next tick:`;
  return `\n${style.dim(when)} leadloop resume ${name} --org ${org}`;
}

function heldText({ name, lastRun }: ConnectionStatus, style: Style): string {
  return indented(
    `${style.warn('push held')} ${shown(lastRun?.failure?.message)}${remedyLine(`leadloop plan ${name}`, style)}${remedyLine(`leadloop push ${name}`, style)}`,
  );
}

function renderSource(source: SourceStatus, { at, org, style }: Looks): string {
  const { name, kind, lastRun, lastSuccessAt, rejected } = source;
  const facts: (readonly [string, string])[] = [
    ['last run', runText(lastRun, at, style)],
    ['last success', lastSuccessAt === null ? 'none yet' : ago(lastSuccessAt, at)],
    ['schedule', scheduleText(source)],
    ['rejected', rejected === 0 ? '' : `${countedText(rejected)}: leadloop rejected`],
  ];
  return [
    `${style.bold(shown(name))}  source of ${kind}  ${stateText(source, at, style)}`,
    ...standingLines(source, { name: spokenName('source', name), org, style }),
    indented(factTable(facts, style)),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function renderAlerts({ waiting, givenUp, lastError }: OrgStatus['alerts'], style: Style): string {
  if (waiting + givenUp === 0) return '';
  const parts = [
    waiting === 0 ? '' : `${count(waiting, 'alert')} to be sent`,
    givenUp === 0 ? '' : `${count(givenUp, 'alert')} given up`,
  ].filter((part) => part !== '');
  const why = lastError === null ? '' : `: ${shown(lastError)}`;
  return style.warn(`${parts.join(', ')}${why}`);
}

function runText(run: StatusRun | null, at: Date, style: Style): string {
  if (run === null) return 'none yet';
  const { pulled = 0, scored = 0, pushed = 0 } = run.counts;
  const did = [
    pulled === 0 ? '' : `${grouped(pulled)} read`,
    scored === 0 ? '' : `${grouped(scored)} scored`,
    pushed === 0 ? '' : `${grouped(pushed)} written`,
  ].filter((part) => part !== '');
  const what = did.length === 0 ? 'nothing new' : did.join(', ');
  return `${ago(run.endedAt ?? run.startedAt, at)}  ${run.kind} ${paintedStatus(run.status, style)}: ${what}`;
}

function scheduleText({
  schedule,
  timeZone,
  nextRunAt,
}: Pick<SourceStatus, 'schedule' | 'timeZone' | 'nextRunAt'>): string {
  if (schedule === null) return 'by hand only';
  const next = nextRunAt === null ? '' : `, next ${instant(nextRunAt)} UTC`;
  return `${shown(schedule)} (${shown(timeZone)})${next}`;
}

function refusedText(writes: number): string {
  return `${countedText(writes)} ${writes === 1 ? 'write' : 'writes'}`;
}

function waitingText({ waiting, pushMode }: ConnectionStatus, style: Style): string {
  const { urgent, hot, scores, rest } = waiting;
  const parts = [
    style.bold(pushesText([{ priority: 0, count: urgent }])),
    pushesText([
      { priority: 1, count: hot },
      { priority: 2, count: scores },
      { priority: 3, count: rest },
    ]),
  ].filter((part) => part !== '');
  if (parts.length === 0) return '';
  return `${parts.join(', ')}${pushMode === 'plan' ? ' (push.mode is plan)' : ''}`;
}

/** From a change in the CRM to its score there. */
function freshText(freshness: ConnectionStatus['freshness']): string {
  if (freshness === null) return '';
  const [half, most] = [freshness.p50Seconds, freshness.p95Seconds].map((seconds) => duration(seconds * 1_000));
  return `half within ${half}, 95 of 100 within ${most}, in the last hour`;
}

function webhooksText(webhooks: ConnectionStatus['webhooks']): string {
  const counts = Object.entries(webhooks).filter(([, deliveries]) => deliveries > 0);
  if (counts.length === 0) return '';
  return `today ${counts.map(([verdict, deliveries]) => `${grouped(deliveries)} ${verdict}`).join(', ')}`;
}

function factTable(facts: readonly (readonly [string, string])[], style: Style): string {
  return table(facts.filter(([, text]) => text !== '').map(([label, text]) => [style.dim(label), text]));
}

function remedyLine(remedy: string | null, style: Style): string {
  return remedy === null || remedy === '' ? '' : `\n${style.dim('→')} ${shown(remedy)}`;
}

function ago(date: Date, at: Date): string {
  const ms = at.getTime() - date.getTime();
  return `${instant(date)} UTC${ms < 0 ? '' : ` (${duration(ms)} ago)`}`;
}
