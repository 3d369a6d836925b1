/** Resident memory of a syncing process, in a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type CrmName, crms } from './crms.ts';
import { addConnection, type BenchServer, startCrm } from './scene.ts';

export interface MemoryCurve {
  readonly people: number;
  /** Bytes after so large a part of the people, and the peak of the whole process. */
  readonly at: readonly { readonly share: number; readonly rss: number }[];
  readonly peak: number;
  readonly wallMs: number;
}

interface Sample {
  readonly done: number;
  readonly rss: number;
  readonly peak?: number;
}

const shares = [0.1, 0.5, 1];

// With gigabytes to spare V8 collects late, and its heap says nothing about what is needed: a bound, in MB, brings it out.
const flags = ['--max-old-space-size=128'];

export async function measureMemory(
  server: BenchServer,
  name: CrmName,
  { people, say }: { readonly people: number; readonly say: (line: string) => void },
): Promise<MemoryCurve> {
  await using crm = await startCrm(name, people);
  await using scene = await server.database();
  await addConnection(scene, crm);
  const start = performance.now();
  const script = fileURLToPath(new URL('memory-process.ts', import.meta.url));
  const child = fork(script, [scene.database.url, scene.orgId, crms[name].people], {
    execArgv: [...process.execArgv, ...flags],
  });
  const samples: Sample[] = [];
  let said = 0;
  child.on('message', (sample: Sample) => {
    samples.push(sample);
    if (sample.peak !== undefined || sample.done < said + people / 10) return;
    said = sample.done;
    say(`memory: ${sample.done} of ${people} people of ${name}, ${Math.round(sample.rss / 2 ** 20)} MB`);
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  const peak = samples.at(-1)?.peak;
  if (code !== 0 || peak === undefined) throw new Error(`the syncing process ended with ${code}`);
  const pulled = samples.slice(0, -1);
  const total = pulled.at(-1)?.done ?? 0;
  const at = shares.map((share) => ({ share, rss: pulled.find(({ done }) => done >= total * share)?.rss ?? 0 }));
  return { people: total, at, peak, wallMs: performance.now() - start };
}
