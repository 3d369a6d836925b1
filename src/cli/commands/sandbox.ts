import { isInUse, portInUse } from '../../http/server.ts';
import { AppError, exitCodes } from '../../model/errors.ts';
import { type OpenSandbox, type SandboxKind, type SandboxOptions, sandboxes } from '../../sandbox/index.ts';
import type { Command, Invocation } from '../command.ts';
import { portOf } from '../port.ts';

const [usual] = sandboxes;

export const sandboxCommand: Command = {
  usage: 'sandbox [crm]',
  summary:
    'run a HubSpot or a Salesforce on this machine, with data and a menu of faults, to try leadloop without a CRM',
  description:
    `CRM is ${sandboxes.map(({ kind }) => kind).join(' or ')} (default ${usual?.kind}). Needs no database. The data lives in ` +
    'memory and is the same for the same --seed; with the same one, two thirds of the people of the HubSpot are in the ' +
    'Salesforce, too.',
  options: [
    ...sizeNames().map((size): [string, string] => [
      `--${size} <number>`,
      `how many ${size} it begins with (${usually(size)})`,
    ]),
    ['--seed <number>', 'which people (default 1)'],
    [
      '--port <number>',
      `port to listen on, 0 for any (${sandboxes.map(({ kind, port }) => `${kind}: ${port}`).join(', ')})`,
    ],
  ],
  examples: [
    'leadloop sandbox',
    'leadloop sandbox hubspot --contacts 10000 --port 9101',
    'leadloop sandbox salesforce --leads 1000 --contacts 500',
  ],
  async runAlone({ io, arguments: [crm = usual?.kind], options, signal }) {
    const kind = sandboxes.find((one) => one.kind === crm);
    if (kind === undefined) throw misused(`"${crm}" is no CRM that can be played here.`);
    const chosen = sandboxOptions(kind, options);
    await using sandbox = await kind.open(chosen).catch((error: unknown) => {
      throw isInUse(error) ? portInUse(chosen.port) : error;
    });
    const { url, token } = sandbox;
    const { credentials } = kind;
    io.answer({ kind: kind.kind, url, credentials, token }, () =>
      [...sandbox.banner, '', ...advice(kind, sandbox)].join('\n'),
    );
    await aborted(signal);
    io.note('stopped');
    return exitCodes.done;
  },
};

function sizeNames(): readonly string[] {
  return [...new Set(sandboxes.flatMap(({ sizes }) => Object.keys(sizes)))];
}

/** `hubspot: 250, salesforce: 100` */
function usually(size: string): string {
  return sandboxes.flatMap(({ kind, sizes }) => (size in sizes ? [`${kind}: ${sizes[size]}`] : [])).join(', ');
}

function sandboxOptions(
  { label, port, sizes }: SandboxKind,
  options: Invocation['options'],
): SandboxOptions & { port: number } {
  const foreign = sizeNames().find((size) => options[size] !== undefined && !(size in sizes));
  if (foreign !== undefined) throw misused(`${label} has no ${foreign}.`);
  const given = Object.keys(sizes).filter((size) => options[size] !== undefined);
  return {
    port: portOf(options) ?? port,
    sizes: Object.fromEntries(given.map((size) => [size, wholeNumber(size, options[size])])),
    ...(options['seed'] !== undefined && { seed: wholeNumber('seed', options['seed']) }),
  };
}

function wholeNumber(name: string, text: unknown): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw misused(`--${name} is no whole number.`);
}

function misused(message: string): AppError {
  return new AppError('usage', message, { recovery: 'fix-config', remedy: 'Run: leadloop sandbox --help' });
}

/** How to connect, some faults to begin with, and a call of the vendor's API. */
function advice({ kind, credentials }: SandboxKind, { url, token, firstCall, firstFaults }: OpenSandbox): string[] {
  const order = (fault: object): string =>
    `  curl -X POST ${url}/__sandbox/faults -H 'content-type: application/json' -d '${JSON.stringify(fault)}'`;
  const secrets = Object.entries(credentials).map(([name, value]) => `${name} ${value}`);
  return [
    `Point a connection of the kind ${kind} at it with \`baseUrl: ${url}\` and ${secrets.join(', ')}; then try a fault:`,
    ...firstFaults.map(order),
    '',
    `  curl -H 'authorization: Bearer ${token}' '${url}${firstCall}'`,
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
