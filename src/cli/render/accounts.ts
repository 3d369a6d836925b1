import type { MemberRow } from '../../db/queries/memberships.ts';
import type { AccountLink } from '../app-port.ts';
import type { Style } from '../style.ts';
import { instant, shown, table } from '../text.ts';

export function renderAccounts(accounts: readonly MemberRow[], style: Style): string {
  if (accounts.length === 0) return 'nobody may use the console yet: leadloop account invite EMAIL --role admin';
  const rows = accounts.map(({ email, name, role, hasPassword, hasSingleSignOn, lastSeenAt }) => [
    shown(email),
    shown(name),
    role,
    hasPassword || hasSingleSignOn ? shown(lastSeenAt) : style.warn('has no password yet'),
  ]);
  return table([['address', 'name', 'role', 'last seen (UTC)'].map(style.dim), ...rows]);
}

export function renderInvited({ email, link }: { readonly email: string; readonly link: AccountLink | null }): string {
  if (link === null) return `${email} may come in, as they do already`;
  return `${link.url}\n\nWhoever opens it first chooses the password of ${email}; it holds until ${instant(link.expiresAt)} UTC.`;
}

/** A secret for whoever reads this terminal. */
export function saySetUp(url: string): string {
  return `\nNobody has an account yet. Make the first one, within a day:\n  ${url}\n`;
}
