import { tokenScopes, type TokenScope } from '../../access/access.ts';
import { AppError, exitCodes } from '../../model/errors.ts';
import type { App } from '../app-port.ts';
import type { Command, ExitCode, Invocation } from '../command.ts';
import { renderIssued, renderTokens } from '../render/tokens.ts';

const fallbackDays = 365;
const nameForm = /^[a-z0-9][a-z0-9-]{0,62}$/u;

export const tokenCommand: Command = {
  usage: 'token <action> [name]',
  summary: '`token create NAME`, `token list`, `token revoke NAME`: what lets other programs into the API',
  description:
    'A token belongs to one organisation. It is shown once, when it is made; what is kept is its hash, so a lost one is ' +
    'revoked and replaced. To replace one without a gap, make the new one first.',
  options: [
    ['--org <slug>', 'the organisation, where there are several'],
    [
      '--scopes <list>',
      `what it may do: ${tokenScopes.join(', ')} (default ingest); admin includes operate, operate includes read`,
    ],
    ['--expires <days>', `when it ends, such as 90d, or never (default ${fallbackDays}d)`],
  ],
  examples: [
    'leadloop token create warehouse',
    'leadloop token create dashboard --scopes read --expires 90d',
    'leadloop token revoke warehouse',
  ],
  async run(app, invocation) {
    const [action = '', name] = invocation.arguments;
    if (action === 'list' && name === undefined) return list(app, invocation);
    if (action === 'create') return create(app, invocation, nameOf(name));
    if (action === 'revoke') return revoke(app, invocation, nameOf(name));
    throw misused(`"${action}" is nothing that this command knows.`, 'Run: leadloop token --help');
  },
};

async function create(app: App, { io, options }: Invocation, name: string): Promise<ExitCode> {
  const wish = { name, scopes: scopesOf(options), days: daysOf(options) };
  io.answer(await app.tokens.create(orgOf(options), wish), renderIssued);
  return exitCodes.done;
}

async function list(app: App, { io, options }: Invocation): Promise<ExitCode> {
  io.answer({ tokens: await app.tokens.list(orgOf(options)) }, ({ tokens }, style) => renderTokens(tokens, style));
  return exitCodes.done;
}

async function revoke(app: App, { io, options }: Invocation, name: string): Promise<ExitCode> {
  await app.tokens.revoke(orgOf(options), name);
  io.answer({ revoked: name }, () => `${name} lets nobody in any more`);
  return exitCodes.done;
}

function nameOf(name: string | undefined): string {
  if (name !== undefined && nameForm.test(name)) return name;
  throw misused('A token needs a name of lower-case letters, digits and hyphens.', 'Run: leadloop token --help');
}

function orgOf(options: Invocation['options']): string | null {
  return typeof options['org'] === 'string' ? options['org'] : null;
}

function scopesOf({ scopes }: Invocation['options']): readonly TokenScope[] {
  if (typeof scopes !== 'string') return ['ingest'];
  const words = [...new Set(scopes.split(',').map((word) => word.trim()))];
  const known = tokenScopes.filter((scope) => words.includes(scope));
  if (known.length === words.length) return known;
  throw misused('--scopes names something that there is not.', `There are: ${tokenScopes.join(', ')}.`);
}

/** Null = never. */
function daysOf({ expires }: Invocation['options']): number | null {
  if (typeof expires !== 'string') return fallbackDays;
  if (expires === 'never') return null;
  const days = /^(?<days>\d{1,4})d?$/u.exec(expires)?.groups?.['days'];
  if (days !== undefined && Number(days) > 0) return Number(days);
  throw misused('--expires is no number of days.', 'Give it as 90d, or never.');
}

function misused(message: string, remedy: string): AppError {
  return new AppError('usage', message, { recovery: 'fix-config', remedy });
}
