import { type MemberRole, memberRoles } from '../../access/access.ts';
import { AppError, exitCodes } from '../../model/errors.ts';
import type { App } from '../app-port.ts';
import type { Command, ExitCode, Invocation } from '../command.ts';
import { renderAccounts, renderInvited } from '../render/accounts.ts';

export const accountCommand: Command = {
  usage: 'account <action> [email]',
  summary: '`account invite EMAIL`, `link EMAIL`, `remove EMAIL`, `list`: who may use the console',
  description:
    'Whoever is invited gets a link by which they choose a password; it holds for three days and works once. `link` makes a ' +
    'new one for a password that was lost; the link before it then holds no more. A viewer looks, an operator also runs and ' +
    'stops, an admin also configures and invites. The very first account is made by the link that the first start prints.',
  options: [
    ['--org <slug>', 'the organisation, where there are several'],
    ['--role <role>', `what they may do: ${memberRoles.join(', ')} (default viewer)`],
    ['--name <name>', 'how they are called (default: the part before @)'],
  ],
  examples: [
    'leadloop account invite ada@acme.example --role admin',
    'leadloop account link ada@acme.example',
    'leadloop account remove ada@acme.example',
    'leadloop account list',
  ],
  async run(app, invocation) {
    const [action = '', email] = invocation.arguments;
    if (action === 'list' && email === undefined) return list(app, invocation);
    if (action === 'invite') return invite(app, invocation, emailOf(email));
    if (action === 'link') return link(app, invocation, emailOf(email));
    if (action === 'remove') return remove(app, invocation, emailOf(email));
    throw misused(`"${action}" is nothing that this command knows.`, 'Run: leadloop account --help');
  },
};

async function list(app: App, { io, options }: Invocation): Promise<ExitCode> {
  const accounts = await app.accounts.list(orgOf(options));
  io.answer({ accounts }, ({ accounts }, style) => renderAccounts(accounts, style));
  return exitCodes.done;
}

async function invite(app: App, { io, options }: Invocation, email: string): Promise<ExitCode> {
  const name = typeof options['name'] === 'string' ? options['name'] : (email.split('@')[0] ?? email);
  const link = await app.accounts.invite(orgOf(options), { email, name, role: roleOf(options) });
  io.answer({ email, link }, renderInvited);
  return exitCodes.done;
}

async function link(app: App, { io, options }: Invocation, email: string): Promise<ExitCode> {
  io.answer({ email, link: await app.accounts.link(orgOf(options), email) }, renderInvited);
  return exitCodes.done;
}

async function remove(app: App, { io, options }: Invocation, email: string): Promise<ExitCode> {
  await app.accounts.remove(orgOf(options), email);
  io.answer({ removed: email }, () => `${email} sees nothing of this organisation any more`);
  return exitCodes.done;
}

function emailOf(email: string | undefined): string {
  if (email !== undefined && /^[^\s@]+@[^\s@]+$/u.test(email)) return email;
  throw misused('That needs an e-mail address.', 'Run: leadloop account --help');
}

function orgOf(options: Invocation['options']): string | null {
  return typeof options['org'] === 'string' ? options['org'] : null;
}

function roleOf({ role }: Invocation['options']): MemberRole {
  if (role === undefined) return 'viewer';
  const known = memberRoles.find((one) => one === role);
  if (known !== undefined) return known;
  throw misused('--role names something that there is not.', `There are: ${memberRoles.join(', ')}.`);
}

function misused(message: string, remedy: string): AppError {
  return new AppError('usage', message, { recovery: 'fix-config', remedy });
}
