import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { IngestKind } from '../../ingest/rows.ts';
import type { App } from '../app-port.ts';
import type { Invocation } from '../command.ts';

/** What the product knows of five people whom the sandboxes have: files beside the configuration. */
const samples: readonly (readonly [kind: IngestKind, file: string])[] = [
  ['companies', 'companies.ndjson'],
  ['signups', 'signups.csv'],
  ['usage', 'usage.csv'],
  ['stakeholders', 'stakeholders.csv'],
  ['expansion-signals', 'expansion-signals.csv'],
];

/** Takes them into every organisation of the demo; a second time it changes nothing. Returns the rows that were new. */
export async function importSamples(app: App, { configFile, signal }: Invocation, { orgs }: Settings): Promise<number> {
  const directory = join(dirname(configFile), 'examples', 'plg');
  let created = 0;
  for (const { slug: org } of existsSync(directory) ? orgs : []) {
    for (const [kind, file] of samples) {
      const path = join(directory, file);
      const report = await app.import({
        org,
        kind,
        path,
        stdin: nothing(),
        format: null,
        dryRun: false,
        rejectedPath: `${path}.rejected.ndjson`,
        signal,
        onProgress: () => undefined,
      });
      created += report.created;
    }
  }
  return created;
}

// oxlint-disable-next-line require-yield -- an input that has nothing
async function* nothing(): AsyncGenerator<Uint8Array, void, void> {}
