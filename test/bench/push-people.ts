/** The speed of the first push: everything that the first pull has left waiting, call by call and as a mass write. */
import { plainSync, type RunReport } from '../../src/sync/options.ts';
import { syncConnection } from '../../src/sync/sync-connection.ts';
import { sumOf } from './api-calls.ts';
import { type CrmName, crms } from './crms.ts';
import { type Cost, measure } from './meter.ts';
import { addConnection, type BenchServer, openSession, startCrm } from './scene.ts';

export interface PushSpeed {
  readonly way: 'calls' | 'job';
  readonly records: number;
  readonly cost: Cost;
  readonly calls: number;
}

/** From how many waiting records on they go as a job. */
const massFrom = { calls: 1_000_000_000, job: 1 } as const;

export async function measurePush(
  server: BenchServer,
  name: CrmName,
  { people, say }: { readonly people: number; readonly say: (line: string) => void },
): Promise<PushSpeed[]> {
  const { write, massWrite } = crms[name];
  const ways = [
    { way: 'calls', route: write.route },
    ...(massWrite === null ? [] : [{ way: 'job', route: massWrite.route } as const]),
  ] as const;
  const speeds: PushSpeed[] = [];
  for (const { way, route } of ways) {
    say(`push: ${people} people of ${name} by ${way}`);
    await using crm = await startCrm(name, people);
    await using scene = await server.database();
    await addConnection(scene, crm, massFrom[way]);
    await using session = await openSession(scene.database, scene.orgId);
    const run = async (part: 'pullOnly' | 'pushOnly'): Promise<RunReport> => {
      const report = await syncConnection(session, {
        ...plainSync,
        [part]: true,
        signal: new AbortController().signal,
        onProgress: () => undefined,
      });
      if (report.failure !== null) throw new Error(`${part} failed: ${report.failure.message}`);
      return report;
    };
    await run('pullOnly');
    await crm.takeCalls();
    const { result, cost } = await measure(server.postmaster, async () => run('pushOnly'));
    speeds.push({ way, records: result.counts.pushed, cost, calls: sumOf(await crm.takeCalls(), route) });
  }
  return speeds;
}
