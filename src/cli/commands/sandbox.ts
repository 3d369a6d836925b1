import { AppError, exitCodes } from '../../model/errors.ts';
import type { Command, Invocation } from '../command.ts';

export const sandboxCommand: Command = {
  usage: 'sandbox',
  summary: 'run a HubSpot on this machine, with data and a menu of faults, to try leadloop without a CRM',
  description: 'Needs no database. The data lives in memory and is the same for the same --seed.',
  options: [
    ['--contacts <number>', 'how many contacts it begins with (default 250)'],
    ['--seed <number>', 'which contacts (default 1)'],
    ['--port <number>', 'port to listen on, 0 for any (default 9001)'],
  ],
  examples: ['leadloop sandbox', 'leadloop sandbox --contacts 10000 --port 9101'],
  async runAlone({ io, options, signal }) {
    // Loaded here: no other command needs it.
    const { runHubSpotSandbox, DEFAULT_TOKEN } = await import('../../sandbox/hubspot/index.ts');
    const { sandbox, banner } = await runHubSpotSandbox(sandboxOptions(options));
    await using _ = sandbox;
    io.answer({ url: sandbox.url, token: DEFAULT_TOKEN }, ({ url, token }) =>
      [...banner, '', ...examples(url, token)].join('\n'),
    );
    await aborted(signal);
    io.note('stopped');
    return exitCodes.done;
  },
};

function sandboxOptions(
  options: Invocation['options'],
): Readonly<Partial<Record<'contacts' | 'seed' | 'port', number>>> {
  const names = ['contacts', 'seed', 'port'] as const;
  const given = names.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, wholeNumber(name, options[name])]));
}

function wholeNumber(name: string, text: unknown): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new AppError('usage', `--${name} is no whole number.`, {
    recovery: 'fix-config',
    remedy: 'Run: leadloop sandbox --help',
  });
}

/** Three faults to begin with; the menu names all of them. */
function examples(url: string, token: string): string[] {
  const order = (fault: object): string =>
    `  curl -X POST ${url}/__sandbox/faults -H 'content-type: application/json' -d '${JSON.stringify(fault)}'`;
  return [
    'Point a connection at it with `baseUrl` and this token, then try a fault:',
    order({ name: '429-ten-secondly', count: 3 }),
    order({ name: '503', count: 1 }),
    order({ name: '207-some-rows-failed', count: 1 }),
    '',
    `  curl -H 'authorization: Bearer ${token}' '${url}/crm/objects/2026-09/contacts?limit=3'`,
    '',
    'Ctrl-C stops it.',
  ];
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
