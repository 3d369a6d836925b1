import type { CallCount } from './api-calls.ts';
import { boundMs, type ConsoleSpeed } from './console.ts';
import type { CrmName } from './crms.ts';
import type { DashboardSpeed } from './dashboard.ts';
import type { ImportRun, ImportSpeed } from './import.ts';
import type { MemoryCurve } from './memory.ts';
import type { Cost } from './meter.ts';
import type { PullSpeed, Speed } from './pull-people.ts';
import type { PushSpeed } from './push-people.ts';
import type { RescoreSpeed } from './rescore.ts';
import type { SignupRescore } from './signups.ts';

/** Null where a section was not asked for. */
export interface Figures {
  readonly engineMicros: number | null;
  readonly crms: Readonly<Partial<Record<CrmName, CrmFigures>>>;
  readonly rescore: RescoreSpeed | null;
  readonly signups: SignupRescore | null;
  readonly dashboard: DashboardSpeed | null;
  readonly usageImport: ImportSpeed | null;
  readonly console: ConsoleSpeed | null;
}

export interface CrmFigures {
  readonly pull: PullSpeed | null;
  readonly calls: readonly CallCount[] | null;
  readonly push: readonly PushSpeed[] | null;
  readonly memory: MemoryCurve | null;
}

type Row = readonly [what: string, figure: string];

export function describe(figures: Figures): string {
  const { engineMicros, crms, rescore, signups, dashboard, usageImport } = figures;
  const rows: Row[] = [
    ...(engineMicros === null
      ? []
      : [['scoring engine alone', `${engineMicros.toFixed(1)} µs of CPU a lead`] as const]),
    ...Object.entries(crms).flatMap(([name, of]): Row[] => [[name, ''], ...crmRows(of)]),
    ...(rescore === null ? [] : rescoreRows(rescore)),
    ...(signups === null ? [] : signupRows(signups)),
    ...(dashboard === null ? [] : dashboardRows(dashboard)),
    ...(usageImport === null ? [] : importRows(usageImport)),
    ...(figures.console === null ? [] : consoleRows(figures.console)),
  ];
  const width = Math.max(...rows.map(([what]) => what.length));
  return rows.map(([what, figure]) => `${what.padEnd(width)}  ${figure}`.trimEnd()).join('\n');
}

function crmRows({ pull, calls, push, memory }: CrmFigures): Row[] {
  return [
    ...(pull === null ? [] : pullRows(pull)),
    ...(calls ?? []).flatMap(callRows),
    ...(push ?? []).map(pushRow),
    ...(memory === null ? [] : memoryRows(memory)),
  ];
}

function pullRows({ people, http, fetching, memory, floorMs, wholeFloorMs }: PullSpeed): Row[] {
  const ratio = (ms: number): string => `pull takes ${(memory.cost.wallMs / ms).toFixed(1)} times as long`;
  const pace = ({ cost, transactionMs }: Speed): string =>
    `${perSecond(people, cost.wallMs)}; ${costs(cost, people)}; ${share(Math.max(0, cost.wallMs - transactionMs), cost.wallMs)} waiting for pages`;
  return [
    [`pull → commit over HTTP, ${people} people`, pace(http)],
    ['fetched and decoded alone', `${perSecond(people, fetching.wallMs)}; ${costs(fetching, people)}`],
    ['pull → commit, pages in memory', pace(memory)],
    ['floor: COPY of records and leads', `${perSecond(people, floorMs)}; ${ratio(floorMs)}`],
    ['floor: COPY of all six tables', `${perSecond(people, wholeFloorMs)}; ${ratio(wholeFloorMs)}`],
  ];
}

function callRows({ sync, calls, lanes, read, changed, pushed, leastPushed, routes }: CallCount): Row[] {
  const byRoute = Object.entries(routes).sort(([, a], [, b]) => b - a);
  return [
    [
      `calls of the ${sync} sync`,
      `${calls}; ${lanes} objects and lanes; ${changed} written in ${pushed} (least ${leastPushed})`,
    ],
    ...read.map(({ lane, records, calls: own, least }): Row => [
      `  people, ${lane}`,
      `${records} read in ${own} (least ${least})`,
    ]),
    ...byRoute.map(([route, times]): Row => [`  ${route}`, String(times)]),
  ];
}

const ways = { calls: 'first push, call by call', job: 'first push, as a job' } as const;

function pushRow({ way, records, cost, calls }: PushSpeed): Row {
  return [ways[way], `${perSecond(records, cost.wallMs)}; ${costs(cost, records)}; ${calls} calls`];
}

function memoryRows({ people, at, peak, wallMs }: MemoryCurve): Row[] {
  const curve = at.map(({ share: part, rss }) => `${megabytes(rss)} at ${part * 100} %`).join(', ');
  return [[`memory, ${people} people`, `${curve}; peak ${megabytes(peak)} (${(wallMs / 1_000).toFixed(0)} s)`]];
}

function rescoreRows({ leads, changed, unchanged, update }: RescoreSpeed): Row[] {
  const pace = (cost: Cost): string => `${(cost.wallMs / 1_000).toFixed(1)} s; ${costs(cost, leads)}`;
  const ratio = (cost: Cost): string => `${pace(cost)}; ${(cost.wallMs / update.wallMs).toFixed(1)} times the UPDATE`;
  return [
    [`one UPDATE of ${leads} scores`, pace(update)],
    ['rescore, every score changes', ratio(changed)],
    ['rescore, nothing changes', ratio(unchanged)],
  ];
}

function signupRows({ signups, changed, unchanged, update, weights }: SignupRescore): Row[] {
  const pace = (cost: Cost): string => `${(cost.wallMs / 1_000).toFixed(1)} s; ${costs(cost, signups)}`;
  const ratio = (cost: Cost): string => `${pace(cost)}; ${(cost.wallMs / update.wallMs).toFixed(1)} times the UPDATE`;
  return [
    [`one UPDATE of ${signups} product scores`, pace(update)],
    ['product rescore, every score changes', ratio(changed)],
    ['product rescore, nothing changes', ratio(unchanged)],
    ['other weights for all', ratio(weights)],
  ];
}

function dashboardRows({ signups, pages }: DashboardSpeed): Row[] {
  return [
    [`dashboard of ${signups} signups`, ''],
    ...pages.map(({ page, rows, firstMs, ms, touched }): Row => [
      `  ${page}`,
      `${ms.toFixed(1)} ms (the first time ${firstMs.toFixed(1)}); ${rows} rows, at most ${touched} touched in a step`,
    ]),
  ];
}

function consoleRows({ leads, signups, floor, pages }: ConsoleSpeed): Row[] {
  const late = pages.filter(({ p95 }) => p95 > boundMs);
  return [
    [
      `console of ${leads} leads, ${signups} of them signups`,
      late.length === 0 ? '' : `${late.length} pages over ${boundMs} ms`,
    ],
    ['  floor: who asks, and one row', `${floor.p50.toFixed(1)} ms, 95 of 100 in ${floor.p95.toFixed(1)}`],
    ...pages.map(({ page, firstMs, p50, p95, slowest }): Row => [
      `  ${page}`,
      `${p50.toFixed(0)} ms, ${(p50 / floor.p50).toFixed(0)} times the floor; 95 of 100 in ${p95.toFixed(0)}, the first in ${firstMs.toFixed(0)}${p95 > boundMs ? ` (${slowest})` : ''}`,
    ]),
  ];
}

function importRows({ rows, first, again, floorMs, parts }: ImportSpeed): Row[] {
  const pace = (run: ImportRun): string =>
    `${ofRows(rows, run.wallMs)}; ${costs(run, rows)}; ${(run.wallMs / floorMs).toFixed(1)} times the COPY`;
  const memory = ({ rss, peak }: ImportRun): string =>
    `${rss.map(({ share: part, bytes }) => `${megabytes(bytes)} at ${part * 100} %`).join(', ')}; peak ${megabytes(peak)}`;
  const each = (ms: number): string => `${Math.round((ms * 1_000) / parts.rows)} µs`;
  return [
    [`import of ${rows} rows of usage`, pace(first)],
    ['  resident memory', memory(first)],
    ['the same file again', pace(again)],
    ['  resident memory', memory(again)],
    ['floor: COPY of the same rows', ofRows(rows, floorMs)],
    [
      `the next snapshot of ${parts.rows}`,
      `${ofRows(parts.rows, parts.cost.wallMs)}; statements: writing ${each(parts.writingMs)}, scoring ${each(parts.scoringMs)}`,
    ],
  ];
}

function ofRows(rows: number, ms: number): string {
  return `${Math.round((rows / ms) * 1_000).toLocaleString('en')} rows/s`;
}

function perSecond(records: number, ms: number): string {
  return `${Math.round((records / ms) * 1_000).toLocaleString('en')} people/s`;
}

function costs({ ownCpuMs, databaseCpuMs }: Omit<Cost, 'wallMs'>, units: number): string {
  const micros = (ms: number): string => `${Math.round((ms * 1_000) / units)} µs`;
  return `CPU each: ours ${micros(ownCpuMs)}, database ${databaseCpuMs === null ? 'unknown' : micros(databaseCpuMs)}`;
}

const share = (part: number, whole: number): string => `${Math.round((part / whole) * 100)} %`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
