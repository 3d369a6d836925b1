import type { IssuedToken, TokenRow } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, count, instant, shown, table } from '../text.ts';

export function renderIssued({ name, token, scopes, expiresAt }: IssuedToken, style: Style): string {
  return blocks([
    style.bold(token),
    `This is the only time that ${name} is shown. It may ${scopes.join(' and ')}, ${ending(expiresAt)}.`,
    `Send it with each request as: Authorization: Bearer ${style.dim('TOKEN')}`,
  ]);
}

function ending(expiresAt: Date | null): string {
  return expiresAt === null ? 'until it is revoked' : `until ${instant(expiresAt)} UTC`;
}

export function renderTokens(tokens: readonly TokenRow[], style: Style): string {
  if (tokens.length === 0) return 'there is no token; to make one: leadloop token create NAME';
  const head = ['name', 'may', 'made (UTC)', 'ends', 'last used', 'revoked'].map(style.dim);
  const rows = tokens.map(({ name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt }) => [
    shown(name),
    scopes.join(', '),
    instant(createdAt),
    expiresAt === null ? 'never' : instant(expiresAt),
    shown(lastUsedAt),
    revokedAt === null ? '' : style.warn(instant(revokedAt)),
  ]);
  return blocks([table([head, ...rows]), count(tokens.length, 'token')]);
}
