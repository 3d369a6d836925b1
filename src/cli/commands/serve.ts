import { exitCodes } from '../../model/errors.ts';
import type { Command, Invocation } from '../command.ts';
import { portOf } from '../port.ts';

export const serveCommand: Command = {
  usage: 'serve',
  summary: 'run the daemon: scheduler, workers, API and console',
  description:
    'Runs until SIGTERM or Ctrl-C, then finishes the batches under way. Any number of daemons may share one database.',
  options: [
    ['--roles <list>', 'what this process does, separated by commas (default: everything)'],
    ['--port <number>', 'port of the API and console'],
    ['--host <address>', 'address to listen on'],
  ],
  logLevel: 'info',
  examples: ['leadloop serve', 'leadloop serve --roles worker'],
  async run(app, { options, signal }) {
    await app.serve({ roles: rolesOf(options), port: portOf(options), host: textOf(options, 'host'), signal });
    return exitCodes.done;
  },
};

function rolesOf(options: Invocation['options']): readonly string[] | null {
  const roles = textOf(options, 'roles')
    ?.split(',')
    .map((role) => role.trim());
  return roles?.filter((role) => role !== '') ?? null;
}

function textOf(options: Invocation['options'], name: string): string | null {
  return typeof options[name] === 'string' ? options[name] : null;
}
