import type { Stage } from '../../config/demo.ts';
import type { Settings } from '../../config/settings.ts';
import { AppError } from '../../model/errors.ts';
import type { App, SyncReport } from '../app-port.ts';
import type { Invocation } from '../command.ts';
import { count } from '../text.ts';
import { refuseDemoLeads, refuseSilence } from './demo.ts';
import { importSamples } from './samples.ts';
import { step } from './step.ts';

/** The database as the configuration says, and every connection's first turn of the loop. */
export async function prepare(
  app: App,
  invocation: Invocation,
  { settings, stage, isDemo }: { readonly settings: Settings; readonly stage: Stage; readonly isDemo: boolean },
): Promise<readonly SyncReport[]> {
  const { configFile, environment } = invocation;
  const names = settings.orgs.flatMap(({ slug, connections }) => connections.map(({ name }) => `${slug}/${name}`));
  if (names.length === 0) throw noConnection(configFile);
  await refuseSilence(settings);
  await step(
    invocation,
    'database',
    () => app.migrate(),
    (done) => (done.length === 0 ? 'current' : count(done.length, 'migration')),
  );
  await refuseDemoLeads(app, settings, environment);
  await step(
    invocation,
    'configuration',
    () => app.apply(configFile, { dryRun: false, stage }),
    (done) => count(done.filter(({ action }) => action === 'create' || action === 'update').length, 'change'),
  );
  if (isDemo) {
    await step(
      invocation,
      'signups',
      () => importSamples(app, invocation, settings),
      (created) => (created === 0 ? 'as they were' : `five developer signups, ${count(created, 'row')} of examples`),
    );
  }
  const runs: SyncReport[] = [];
  for (const name of names) runs.push(await turn(app, invocation, name, name));
  if (runs.some(({ failure }) => failure !== null)) return runs;
  for (const name of await waiting(app, names.slice(0, -1)))
    runs.push(await turn(app, invocation, name, `${name} again, for what the other CRM has added`));
  return runs;
}

async function turn(app: App, invocation: Invocation, name: string, note: string): Promise<SyncReport> {
  const { io, signal } = invocation;
  const options = { full: false, acceptMissing: false, pullOnly: false, dryRun: false, signal };
  return step(
    invocation,
    'sync',
    () => io.reporting((onProgress) => app.sync(name, { ...options, onProgress })),
    () => note,
  );
}

/** A lead that has records in several CRMs is written to those before as soon as a later one says more of it. */
async function waiting(app: App, names: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  const { orgs } = names.length === 0 ? { orgs: [] } : await app.status(null);
  for (const { org, connections } of orgs) {
    for (const { name, pushMode, waiting } of connections)
      if (pushMode === 'auto' && Object.values(waiting).some((count) => count > 0)) found.add(`${org}/${name}`);
  }
  return names.filter((name) => found.has(name));
}

function noConnection(file: string): AppError {
  return new AppError('no-connection', `The configuration ${file} names no connection.`, {
    recovery: 'fix-config',
    remedy: 'Add one under orgs[].connections; docs/configuration.md shows how.',
  });
}
