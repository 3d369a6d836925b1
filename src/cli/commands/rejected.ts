import { AppError, exitCodes } from '../../model/errors.ts';
import type { Command, ExitCode, Invocation } from '../command.ts';
import type { App } from '../app-port.ts';
import { exitOf } from '../exit.ts';
import { renderRejected } from '../render/rejected.ts';
import { renderSyncReport } from '../render/sync-report.ts';

const fallbackLimit = 50;

export const rejectedCommand: Command = {
  usage: 'rejected [retry]',
  summary: 'list the records that could not be read, mapped or written, or try them again',
  description:
    'A rejected record is kept with its reason and stops nothing else. Mend the cause (a mapping, the record), then retry.',
  options: [
    ['--connection <name>', 'of this connection only'],
    ['--limit <number>', `the most to list (default ${fallbackLimit})`],
  ],
  examples: ['leadloop rejected --connection acme-hubspot', 'leadloop rejected retry'],
  async run(app, invocation) {
    const [action] = invocation.arguments;
    if (action !== undefined && action !== 'retry') throw unknownAction(action);
    return action === 'retry' ? retry(app, invocation) : list(app, invocation);
  },
};

async function list(app: App, { io, options }: Invocation): Promise<ExitCode> {
  const limit = options['limit'] === undefined ? fallbackLimit : Number(options['limit']);
  if (!Number.isInteger(limit) || limit < 1) throw unknownAction(`--limit ${String(options['limit'])}`);
  const rejected = await app.rejected.list({ connection: connectionOf(options), limit });
  io.answer({ rejected }, ({ rejected }, style) => renderRejected(rejected, style));
  return exitCodes.done;
}

async function retry(app: App, { io, options, signal }: Invocation): Promise<ExitCode> {
  const report = await io.reporting((onProgress) => app.rejected.retry(connectionOf(options), { signal, onProgress }));
  io.answer(report, renderSyncReport);
  return exitOf(report);
}

function connectionOf(options: Invocation['options']): string | null {
  return typeof options['connection'] === 'string' ? options['connection'] : null;
}

function unknownAction(action: string): AppError {
  return new AppError('usage', `"${action}" is nothing that this command knows.`, {
    recovery: 'fix-config',
    remedy: 'Run: leadloop rejected --help',
  });
}
