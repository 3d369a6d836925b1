/** Calls to the CRM against the least that its API allows. */
import type { Lane } from '../../src/model/run.ts';
import { plainSync, type RunReport, syncConnection } from '../../src/sync.ts';
import { type CrmName, crms } from './crms.ts';
import { addConnection, type BenchServer, openSession, startCrm } from './scene.ts';

export interface CallCount {
  readonly sync: 'first' | 'echo' | 'idle';
  readonly calls: number;
  /** By route, as the CRM saw them. */
  readonly routes: Readonly<Record<string, number>>;
  /** Objects and lanes that were read: the least of a sync that finds nothing new. */
  readonly lanes: number;
  /** How people were read. */
  readonly read: readonly ReadCount[];
  /** People who were written, in how many calls, and at least. */
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
  for (const sync of ['first', 'echo', 'idle'] as const) {
    say(`calls: ${sync} sync of ${people} people of ${name}`);
    await using session = await openSession(scene.database, scene.orgId);
    const report = await syncConnection(session, {
      ...plainSync,
      acceptMissing: false,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    if (report.failure !== null) throw new Error(`the ${sync} sync failed: ${report.failure.message}`);
    counted.push({ sync, ...countOf(name, report, await crm.takeCalls()) });
  }
  return counted;
}

function countOf(name: CrmName, report: RunReport, routes: Readonly<Record<string, number>>): Omit<CallCount, 'sync'> {
  const { people, leastRead, write } = crms[name];
  const changed = report.counts.pushed;
  return {
    calls: sumOf(routes, /./),
    routes,
    lanes: report.objects.length,
    read: report.objects
      .filter(({ object }) => object === people)
      .map(({ lane, records, calls }) => ({ lane, records, calls, least: leastRead[lane](records) })),
    changed,
    pushed: sumOf(routes, write.route),
    leastPushed: Math.ceil(changed / write.records),
  };
}

export function sumOf(routes: Readonly<Record<string, number>>, pattern: RegExp): number {
  return Object.entries(routes).reduce((total, [route, calls]) => total + (pattern.test(route) ? calls : 0), 0);
}
