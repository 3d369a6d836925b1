/** Calls to the CRM against the least that its API allows. */
import { plainSync, type RunReport, syncConnection } from '../../src/sync.ts';
import { addConnection, type BenchServer, openSession, startCrm } from './scene.ts';

export interface CallCount {
  readonly sync: 'first' | 'echo' | 'idle';
  readonly calls: number;
  /** By route, as the CRM saw them. */
  readonly routes: Readonly<Record<string, number>>;
  /** List calls of contacts and updates of contacts: as done, and at least. */
  readonly listed: number;
  readonly leastListed: number;
  readonly pushed: number;
  readonly leastPushed: number;
  readonly records: number;
  readonly changed: number;
}

/** HubSpot's largest page and largest batch. */
const pageSize = 100;

export async function countCalls(
  server: BenchServer,
  contacts: number,
  say: (line: string) => void,
): Promise<CallCount[]> {
  await using crm = await startCrm(contacts);
  await using scene = await server.database();
  await addConnection(scene, 'crm', crm.url);
  const counted: CallCount[] = [];
  for (const sync of ['first', 'echo', 'idle'] as const) {
    say(`calls: ${sync} sync of ${contacts} contacts`);
    await fetch(`${crm.url}/__sandbox/requests`, { method: 'DELETE' });
    await using session = await openSession(scene.database, scene.orgId, 'crm');
    const report = await syncConnection(session, {
      ...plainSync,
      acceptMissing: false,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    if (report.failure !== null) throw new Error(`the ${sync} sync failed: ${report.failure.message}`);
    const answer = await fetch(`${crm.url}/__sandbox/requests`);
    counted.push(countOf(sync, report, ((await answer.json()) as { counts: Record<string, number> }).counts));
  }
  return counted;
}

function countOf(sync: CallCount['sync'], report: RunReport, routes: Record<string, number>): CallCount {
  const sum = (pattern: RegExp): number =>
    Object.entries(routes).reduce((total, [route, calls]) => total + (pattern.test(route) ? calls : 0), 0);
  const records = report.objects.find(({ object, lane }) => object === 'contacts' && lane === 'full')?.records ?? 0;
  const changed = report.counts.pushed;
  return {
    sync,
    calls: sum(/./),
    routes,
    listed: sum(/^GET .*\/objects\/.*\/contacts$/),
    leastListed: Math.ceil(records / pageSize),
    pushed: sum(/^POST .*\/contacts\/batch\/update$/),
    leastPushed: Math.ceil(changed / pageSize),
    records,
    changed,
  };
}
