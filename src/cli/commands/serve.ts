import { exitCodes } from '../../model/errors.ts';
import type { Command, Invocation } from '../command.ts';
import { portOf } from '../port.ts';
import { saySetUp } from '../render/accounts.ts';

export const serveCommand: Command = {
  usage: 'serve',
  summary: 'run the daemon: every connection on its schedule, the console and the API',
  description:
    'Runs until SIGTERM or Ctrl-C; what is under way then stops at its next checkpoint and goes on in another process, or ' +
    'at the next start. Any number of daemons may share one database, with the same roles or with different ones: a tick ' +
    'runs once, and a connection has one run at a time. Whatever its roles, a process serves /healthz, /readyz and /metrics.',
  options: [
    [
      '--roles <list>',
      'what this process does: scheduler (fires), worker (runs), http (= api, hooks, console); default: everything',
    ],
    ['--port <number>', 'port of the console and the API (default: 7400)'],
    [
      '--host <address>',
      'address to listen on; other than of this machine: the console then needs LEADLOOP_PUBLIC_URL',
    ],
  ],
  logLevel: 'info',
  examples: [
    'leadloop serve',
    'leadloop serve --roles worker --port 0',
    'leadloop serve --roles scheduler,api,hooks --host 0.0.0.0',
  ],
  async run(app, { options, signal, io }) {
    await app.serve({
      roles: rolesOf(options),
      port: portOf(options),
      host: textOf(options, 'host'),
      signal,
      onSetUp: (url) => io.note(saySetUp(url)),
    });
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
