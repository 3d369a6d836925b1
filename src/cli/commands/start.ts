import { atSandboxes, demoOf } from '../../config/demo.ts';
import type { Settings } from '../../config/settings.ts';
import { defaultHttpPort } from '../../http/server.ts';
import { exitCodes } from '../../model/errors.ts';
import { sandboxes } from '../../sandbox/index.ts';
import type { SyncReport } from '../app-port.ts';
import type { Command, ExitCode, Invocation } from '../command.ts';
import { exitOf } from '../exit.ts';
import { portOf, refuseTakenPort } from '../port.ts';
import { saySetUp } from '../render/accounts.ts';
import { renderSyncReport } from '../render/sync-report.ts';
import { type DemoSandbox, startSandbox } from '../start/demo.ts';
import { someLeads } from '../start/leads.ts';
import { prepare } from '../start/prepare.ts';
import { renderStart, type StartReport } from '../start/report.ts';
import { step } from '../start/step.ts';

/** Somebody who has just changed a contact looks at the page now. */
const demoSchedule = '*/10 * * * * *';

export const startCommand: Command = {
  usage: 'start',
  summary: 'from nothing to scores in the CRM: migrate, apply, sync, and serve the console (this is `npm start`)',
  description:
    'A connection whose baseUrl is on this machine and whose secret is not set means a sandbox: one comes along, filled with ' +
    'people, and the loop runs every ten seconds. The HubSpot and the Salesforce of the configuration that comes with ' +
    'leadloop share two thirds of their people. With the secret set and baseUrl deleted the same command runs on your own ' +
    'CRM, on the schedule of the configuration; what still means a sandbox in that organisation is then left out.',
  options: [
    ['--once', 'do all of it once, print the result and end'],
    ['--port <number>', `port of the console, 0 for any free one (default ${defaultHttpPort})`],
  ],
  examples: ['leadloop start', 'leadloop start --once', 'leadloop start --port 8080'],
  async run(app, invocation) {
    const { io, options, signal, configFile } = invocation;
    const port = portOf(options);
    if (port !== null) await refuseTakenPort(port);
    const configured = await app.settings(configFile);
    const { addresses, leftOut } = demoOf(configured, sandboxes);
    if (leftOut.length > 0) io.note(sayLeftOut(leftOut, configFile));
    await using stack = new AsyncDisposableStack();
    const places = await openSandboxes(addresses, invocation, stack);
    const stage = { places, leftOut };
    const settings = atSandboxes(configured, stage);
    const isDemo = isAllPlayed(settings, places);
    const runs = await prepare(app, invocation, { settings, stage, isDemo });
    const failed = runs.find(({ failure }) => failure !== null);
    if (failed !== undefined) return fail(failed, invocation);
    const report: StartReport = { runs, ...(await someLeads(app, settings, places)) };
    if (options['once'] === true) {
      io.answer(report, renderStart);
      return exitCodes.done;
    }
    await app.serve({
      roles: null,
      port: port ?? defaultHttpPort,
      isPortFixed: port !== null,
      host: null,
      schedule: isDemo ? demoSchedule : null,
      signal,
      onReport: (report) => sayRun(report, io),
      onListening: (url) => {
        io.answer({ ...report, url }, renderStart);
        io.note(`\nready  ${url}  ${isDemo ? 'the next run is within ten seconds; ' : ''}Ctrl-C stops it`);
      },
      onSetUp: (url) => io.note(saySetUp(url)),
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

function sayLeftOut(names: readonly string[], file: string): string {
  const [is, it] = names.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return (
    `${names.join(', ')} ${is} left out: only a sandbox could answer there, and its made-up people must not meet those of your ` +
    `CRM. Delete ${it} from ${file}, or set the secret and delete baseUrl.`
  );
}

async function openSandboxes(
  addresses: ReadonlyMap<string, URL>,
  invocation: Invocation,
  stack: AsyncDisposableStack,
): Promise<readonly DemoSandbox[]> {
  const opened: DemoSandbox[] = [];
  for (const sandbox of sandboxes) {
    const address = addresses.get(sandbox.kind);
    if (address === undefined) continue;
    const open = () => startSandbox(sandbox, address, invocation.environment.home);
    opened.push(stack.use(await step(invocation, 'sandbox', open, sayOpened)));
  }
  return opened;
}

function sayOpened({ label, contents, url, movedFrom }: DemoSandbox): string {
  const why = movedFrom === null ? '' : `, because something else listens on port ${movedFrom}`;
  return `${label} with ${contents} at ${url}${why}`;
}

function isAllPlayed({ orgs }: Settings, places: readonly DemoSandbox[]): boolean {
  return orgs.every(({ connections }) => connections.every(({ baseUrl }) => places.some(({ url }) => url === baseUrl)));
}

function fail(report: SyncReport, { io }: Invocation): ExitCode {
  io.answer(report, renderSyncReport);
  return exitOf(report);
}
