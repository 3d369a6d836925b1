/** Calls to the CRM against the least that its API allows. */
import type { Lane } from '../../src/model/run.ts';
import { plainSync, type RunReport } from '../../src/sync/options.ts';
import { syncConnection } from '../../src/sync/sync-connection.ts';
import { type CrmName, crms } from './crms.ts';
import { addConnection, type BenchServer, openSession, startCrm } from './scene.ts';

/**
 * What comes in a sync, and how many minutes after the one before. The echo of the first one's writes comes to the live lane at
 * once and to the settled lane when it has settled; then nothing is new, nor recent enough to be read twice on purpose.
 */
const syncs = { first: 0, echo: 0, settled: 20, idle: 20 } as const;

export interface CallCount {
  readonly sync: keyof typeof syncs;
  readonly calls: number;
  /** By route, as the CRM saw them. */
  readonly routes: Readonly<Record<string, number>>;
  /** Objects and lanes that were read: the least of a sync that finds nothing new. */
  readonly lanes: number;
  /** How people were read. */
  readonly read: readonly ReadCount[];
  /** Records that were written, in how many calls, and at least. */
  readonly changed: number;
  readonly pushed: number;
  readonly leastPushed: number;
}

export interface ReadCount {
  readonly lane: Lane;
  readonly records: number;
  readonly calls: number;
  readonly least: number;
}

export async function countCalls(
  server: BenchServer,
  name: CrmName,
  { people, say }: { readonly people: number; readonly say: (line: string) => void },
): Promise<CallCount[]> {
  await using crm = await startCrm(name, people);
  await using scene = await server.database();
  // As calls, however many wait.
  await addConnection(scene, crm, people + 1);
  const counted: CallCount[] = [];
  let aheadMs = 0;
  for (const [sync, minutes] of Object.entries(syncs) as [CallCount['sync'], number][]) {
    await crm.advance(minutes * 60_000);
    aheadMs += minutes * 60_000;
    say(`calls: ${sync} sync of ${people} people of ${name}`);
    await using session = await openSession(scene.database, scene.orgId, aheadMs);
    const written = new Map<string, number>();
    const report = await syncConnection(session, {
      ...plainSync,
      acceptMissing: false,
      signal: new AbortController().signal,
      onProgress: ({ phase, object, done }) => void (phase === 'push' && written.set(object, done)),
    });
    if (report.failure !== null) throw new Error(`the ${sync} sync failed: ${report.failure.message}`);
    counted.push({ sync, ...countOf(name, { report, written, routes: await crm.takeCalls() }) });
  }
  return counted;
}

interface Synced {
  readonly report: RunReport;
  /** Records that were written, by object. */
  readonly written: ReadonlyMap<string, number>;
  readonly routes: Readonly<Record<string, number>>;
}

function countOf(name: CrmName, { report, written, routes }: Synced): Omit<CallCount, 'sync'> {
  const { people, leastRead, write } = crms[name];
  return {
    calls: sumOf(routes, /./),
    routes,
    lanes: report.objects.length,
    read: report.objects
      .filter(({ object }) => object === people)
      .map(({ lane, records, calls }) => ({ lane, records, calls, least: leastRead[lane](records) })),
    changed: report.counts.pushed,
    pushed: sumOf(routes, write.route),
    leastPushed: [...written.values()].reduce((calls, records) => calls + Math.ceil(records / write.records), 0),
  };
}

export function sumOf(routes: Readonly<Record<string, number>>, pattern: RegExp): number {
  return Object.entries(routes).reduce((total, [route, calls]) => total + (pattern.test(route) ? calls : 0), 0);
}
