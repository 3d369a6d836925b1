import { Command as Program, CommanderError } from 'commander';
import type { Environment } from '../config/environment.ts';
import { exitCodes } from '../model/errors.ts';
import type { OpenApp } from './app-port.ts';
import type { Command, ExitCode, Invocation } from './command.ts';
import { accountCommand } from './commands/account.ts';
import { applyCommand } from './commands/apply.ts';
import { checkCommand } from './commands/check.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { migrateCommand } from './commands/migrate.ts';
import { pauseCommand } from './commands/pause.ts';
import { planCommand } from './commands/plan.ts';
import { pushCommand } from './commands/push.ts';
import { rejectedCommand } from './commands/rejected.ts';
import { resumeCommand } from './commands/resume.ts';
import { sandboxCommand } from './commands/sandbox.ts';
import { scoreCommand } from './commands/score.ts';
import { serveCommand } from './commands/serve.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { syncCommand } from './commands/sync.ts';
import { tokenCommand } from './commands/token.ts';
import { type Failure, failureOf, renderFailure } from './failure.ts';
import { commandHelp, generalHelp } from './help.ts';
import { createIo, type Streams } from './io.ts';
import { coloured, plain, type Style } from './style.ts';

/** In the order of --help: set up, run, look, serve. */
const commands: readonly Command[] = [
  migrateCommand,
  applyCommand,
  exportCommand,
  checkCommand,
  syncCommand,
  planCommand,
  pushCommand,
  importCommand,
  explainCommand,
  rejectedCommand,
  scoreCommand,
  startCommand,
  serveCommand,
  statusCommand,
  pauseCommand,
  resumeCommand,
  accountCommand,
  tokenCommand,
  sandboxCommand,
  doctorCommand,
];

export interface Surroundings extends Streams {
  readonly environment: () => Environment;
  readonly signal: AbortSignal;
  readonly openApp: OpenApp;
}

/** Runs one command line, without the program's name, and resolves with its exit code. */
export async function runCommandLine(line: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { out, err } = surroundings;
  let exitCode: ExitCode = exitCodes.done;
  const program = new Program('leadloop')
    .description('Pulls from the CRM, scores in Postgres, pushes the score back, and explains it.')
    .option('--config <file>', 'the configuration', 'config/leadloop.yaml')
    .option('--json', 'print one JSON document on stdout; logs go to stderr')
    .addHelpText('after', generalHelp)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(leadloop --help explains)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => void out.write(text), writeErr: (text) => void err.write(text) });
  for (const command of commands) {
    addCommand(program, command, async (invocation) => {
      exitCode = await execute(command, invocation, surroundings);
    });
  }
  try {
    await program.parseAsync(line, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said already what is wrong; asked for help it ends with 0.
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.done;
    if (line.includes('--json')) out.write(`${JSON.stringify({ error: misused(error) }, null, 2)}\n`);
    return exitCodes.usage;
  }
}

function misused({ message }: CommanderError) {
  return { code: 'usage', message, recovery: 'fix-config', remedy: 'Run: leadloop --help' };
}

type Called = Pick<Invocation, 'arguments' | 'options'>;

function addCommand(program: Program, command: Command, action: (called: Called) => Promise<void>): void {
  const sub = program
    .command(command.usage)
    .summary(command.summary)
    .description(`${command.summary}\n\n${command.description}`)
    .addHelpText('after', commandHelp(command));
  for (const [flags, description] of command.options ?? []) sub.option(flags, description);
  sub.action(() => action({ arguments: sub.args, options: sub.optsWithGlobals() }));
}

async function execute(command: Command, called: Called, surroundings: Surroundings): Promise<ExitCode> {
  const { signal, out } = surroundings;
  const isJson = called.options['json'] === true;
  const configFile = String(called.options['config']);
  let isColourless = true;
  try {
    const environment = surroundings.environment();
    isColourless = environment.isColourless;
    const io = createIo(surroundings, { isJson, style: styleFor(out, isColourless) });
    const invocation: Invocation = { ...called, configFile, environment, io, signal };
    if ('runAlone' in command) return await command.runAlone(invocation);
    await using app = await surroundings.openApp({
      configFile,
      environment,
      logLevel: command.logLevel ?? 'warn',
      logTo: 'stderr',
    });
    return await command.run(app, invocation);
  } catch (error) {
    const failure = failureOf(error, signal);
    if (failure !== null) report(failure, surroundings, { isJson, isColourless });
    return failure?.exitCode ?? exitCodes.failed;
  }
}

/** For people on stderr; for scripts also on stdout, where they expect one document. */
function report(
  { exitCode: _exitCode, ...failure }: Failure,
  { out, err }: Streams,
  how: { isJson: boolean; isColourless: boolean },
): void {
  if (how.isJson) out.write(`${JSON.stringify({ error: failure }, null, 2)}\n`);
  err.write(`${renderFailure(failure, styleFor(err, how.isColourless))}\n`);
}

function styleFor(stream: Streams['out'], isColourless: boolean): Style {
  return stream.isTTY === true && !isColourless ? coloured : plain;
}
