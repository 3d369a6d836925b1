import { sandboxAddress } from '../../config/demo.ts';
import { defaultHttpPort } from '../../http/server.ts';
import { AppError, exitCodes } from '../../model/errors.ts';
import type { App, SyncReport } from '../app-port.ts';
import type { Command, ExitCode, Invocation } from '../command.ts';
import { exitOf } from '../exit.ts';
import { portOf } from '../port.ts';
import { renderSyncReport } from '../render/sync-report.ts';
import { type DemoSandbox, startDemo } from '../start/demo.ts';
import { renderStart, renderStep, type StartReport } from '../start/report.ts';
import { plain } from '../style.ts';
import { count } from '../text.ts';

/** Somebody who has just changed a contact looks at the page now. */
const demoSchedule = '*/10 * * * * *';

/** Of the leads in the report. */
const best = 10;

export const startCommand: Command = {
  usage: 'start',
  summary: 'from nothing to scores in the CRM: migrate, apply, sync, and serve the page (this is `npm start`)',
  description:
    'Where the configuration points at the sandbox and its token is not set, a HubSpot sandbox with 250 contacts comes along, ' +
    'and the loop runs every ten seconds. With HUBSPOT_TOKEN set and no baseUrl the same command runs on your own HubSpot, on ' +
    'the schedule of the configuration.',
  options: [
    ['--once', 'do all of it once, print the result and end'],
    ['--port <number>', `port of the page, 0 for any free one (default ${defaultHttpPort})`],
  ],
  examples: ['leadloop start', 'leadloop start --once', 'leadloop start --port 8080'],
  async run(app, invocation) {
    await using demo = await openDemo(app, invocation);
    const runs = await prepare(app, invocation, demo);
    const failed = runs.find(({ failure }) => failure !== null);
    if (failed !== undefined) return fail(failed, invocation);
    const { io, options, signal } = invocation;
    const report: StartReport = { runs, ...(await someLeads(app)), sandboxUrl: demo?.url ?? null };
    if (options['once'] === true) {
      io.answer(report, renderStart);
      return exitCodes.done;
    }
    const port = portOf(options);
    await app.serve({
      roles: null,
      port: port ?? defaultHttpPort,
      isPortFixed: port !== null,
      host: null,
      schedule: demo === null ? null : demoSchedule,
      runAtStart: false,
      signal,
      onReport: (report) => sayRun(report, io),
      onListening: (url) => {
        io.answer({ ...report, url }, renderStart);
        io.note(`\nready  ${url}  ${demo === null ? '' : 'the next run is within ten seconds; '}Ctrl-C stops it`);
      },
    });
    io.note('stopped');
    return exitCodes.done;
  },
};

/** The loop in one line, for whoever has left the terminal open; nothing where nothing happened. */
function sayRun({ connection, counts, failure }: SyncReport, io: Invocation['io']): void {
  const at = new Date().toISOString().slice(11, 19);
  if (failure !== null) io.note(`${at}  ${connection}: ${failure.message} ${failure.remedy}`);
  else if (counts.changed + counts.scored + counts.pushed > 0)
    io.note(`${at}  ${connection}: ${counts.changed} changed, ${counts.scored} scored, ${counts.pushed} written`);
}

async function openDemo(app: App, invocation: Invocation): Promise<DemoSandbox | null> {
  const settings = await app.settings(invocation.configFile);
  const address = sandboxAddress(settings);
  if (address === null) return null;
  const demo = await step(
    invocation,
    'sandbox',
    () => startDemo(address, invocation.environment.home),
    (started) =>
      `HubSpot with ${count(started.contacts, 'contact')} at ${started.url}${
        started.hasMoved ? `, because something else listens on port ${address.port}` : ''
      }`,
  );
  return demo;
}

async function prepare(app: App, invocation: Invocation, demo: DemoSandbox | null): Promise<readonly SyncReport[]> {
  const { io, configFile, signal } = invocation;
  await step(
    invocation,
    'database',
    () => app.migrate(),
    (done) => (done.length === 0 ? 'current' : count(done.length, 'migration')),
  );
  const sandbox = demo === null ? {} : { sandbox: demo };
  const changes = await step(
    invocation,
    'configuration',
    () => app.apply(configFile, { dryRun: false, ...sandbox }),
    (done) => count(done.filter(({ action }) => action === 'create' || action === 'update').length, 'change'),
  );
  const names = changes.filter(({ subject }) => subject === 'connection').map(({ org, name }) => `${org}/${name}`);
  if (names.length === 0) throw noConnection(configFile);
  const runs: SyncReport[] = [];
  for (const name of new Set(names)) {
    const progress = io.progress();
    const options = {
      full: false,
      acceptMissing: false,
      pullOnly: false,
      dryRun: false,
      signal,
      onProgress: progress.report,
    };
    const run = await step(
      invocation,
      'sync',
      () => app.sync(name, options).finally(progress.end),
      () => name,
    );
    runs.push(run);
  }
  return runs;
}

/** One line when a step is done: what it was, how long it took, what came out. */
async function step<T>(
  { io }: Invocation,
  name: string,
  work: () => Promise<T>,
  say: (result: T) => string,
): Promise<T> {
  const began = performance.now();
  const result = await work();
  io.note(renderStep(name, performance.now() - began, say(result), plain));
  return result;
}

async function someLeads(app: App): Promise<Pick<StartReport, 'leads' | 'cool'>> {
  const [org] = await app.page.orgs();
  if (org === undefined) return { leads: [], cool: null };
  const all = { status: null, tier: null, search: null, after: null };
  const { leads } = await app.page.leads(org.id, all);
  const engaged = await app.page.leads(org.id, { ...all, status: 'engaged' });
  return {
    leads: leads.slice(0, best),
    cool: engaged.leads.findLast(({ crm, name }) => crm.length > 0 && name !== null) ?? null,
  };
}

function fail(report: SyncReport, { io }: Invocation): ExitCode {
  io.answer(report, renderSyncReport);
  return exitOf(report);
}

function noConnection(file: string): AppError {
  return new AppError('no-connection', `The configuration ${file} names no connection.`, {
    recovery: 'fix-config',
    remedy: 'Add one under orgs[].connections; docs/configuration.md shows how.',
  });
}
