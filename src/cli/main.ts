#!/usr/bin/env node
import { readEnvironment } from '../config/environment.ts';
import { exitCodes } from '../model/errors.ts';
import { runCommandLine } from './program.ts';

const controller = new AbortController();
let isStopping = false;

// The first signal asks for a clean end, the second one does not wait for it.
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (isStopping) process.exit(exitCodes.failed);
    isStopping = true;
    process.stderr.write('\nstopping after the work under way; once more to stop at once\n');
    controller.abort(new DOMException(`stopped by ${name}`, 'AbortError'));
  });
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  environment: readEnvironment,
  signal: controller.signal,
  // Loaded when a command needs it: the sandbox and --help do without database and connectors.
  openApp: async (options) => (await import('../app.ts')).openApp(options),
});
