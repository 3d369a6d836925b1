import type { CallCount } from './api-calls.ts';
import type { MemoryCurve } from './memory.ts';
import type { Cost } from './meter.ts';
import type { PullSpeed, Speed } from './pull-contacts.ts';
import type { RescoreSpeed } from './rescore.ts';

/** Null where a section was not asked for. */
export interface Figures {
  readonly engineMicros: number | null;
  readonly pull: PullSpeed | null;
  readonly calls: readonly CallCount[] | null;
  readonly memory: MemoryCurve | null;
  readonly rescore: RescoreSpeed | null;
}

type Row = readonly [what: string, figure: string];

export function describe({ engineMicros, pull, calls, memory, rescore }: Figures): string {
  const rows: Row[] = [
    ...(engineMicros === null
      ? []
      : [['scoring engine alone', `${engineMicros.toFixed(1)} µs of CPU a lead`] as const]),
    ...(pull === null ? [] : pullRows(pull)),
    ...(calls ?? []).flatMap(callRows),
    ...(memory === null ? [] : memoryRows(memory)),
    ...(rescore === null ? [] : rescoreRows(rescore)),
  ];
  const width = Math.max(...rows.map(([what]) => what.length));
  return rows.map(([what, figure]) => `${what.padEnd(width)}  ${figure}`).join('\n');
}

function pullRows({ contacts, http, memory, floorMs, wholeFloorMs }: PullSpeed): Row[] {
  const perSecond = (ms: number): string => `${Math.round((contacts / ms) * 1_000).toLocaleString('en')} contacts/s`;
  const ratio = (ms: number): string => `${(memory.cost.wallMs / ms).toFixed(1)} times`;
  const pace = ({ cost, transactionMs }: Speed): string =>
    `${perSecond(cost.wallMs)}; ${costs(cost, contacts)}; ${share(cost.wallMs - transactionMs, cost.wallMs)} waiting for pages`;
  return [
    ['pull → commit over HTTP', pace(http)],
    ['pull → commit, pages in memory', pace(memory)],
    ['floor: COPY of records and leads', `${perSecond(floorMs)}; pull takes ${ratio(floorMs)} as long`],
    ['floor: COPY of all six tables', `${perSecond(wholeFloorMs)}; pull takes ${ratio(wholeFloorMs)} as long`],
  ];
}

function callRows(count: CallCount): Row[] {
  const { sync, calls, listed, leastListed, pushed, leastPushed, changed } = count;
  const contacts = `contacts listed in ${listed} (least ${leastListed}), ${changed} written in ${pushed} (least ${leastPushed})`;
  const routes = Object.entries(count.routes).sort(([, a], [, b]) => b - a);
  return [
    [`calls of the ${sync} sync`, `${calls}; ${contacts}`],
    ...routes.map(([route, times]): Row => [`  ${route}`, String(times)]),
  ];
}

function memoryRows({ contacts, at, peak, wallMs }: MemoryCurve): Row[] {
  const curve = at.map(({ share: part, rss }) => `${megabytes(rss)} at ${part * 100} %`).join(', ');
  return [[`memory, ${contacts} contacts`, `${curve}; peak ${megabytes(peak)} (${(wallMs / 1_000).toFixed(0)} s)`]];
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

function costs({ ownCpuMs, databaseCpuMs }: Cost, units: number): string {
  const micros = (ms: number): string => `${Math.round((ms * 1_000) / units)} µs`;
  return `CPU each: ours ${micros(ownCpuMs)}, database ${databaseCpuMs === null ? 'unknown' : micros(databaseCpuMs)}`;
}

const share = (part: number, whole: number): string => `${Math.round((part / whole) * 100)} %`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
