/** PURE. Who may do what in an organisation. */

/** What a request asks for. `ingest` stands alone; each of the others includes those before it. */
export const tokenScopes = ['ingest', 'read', 'operate', 'admin'] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** What a person is in an organisation, the least first. */
export const memberRoles = ['viewer', 'operator', 'admin'] as const;
export type MemberRole = (typeof memberRoles)[number];

const ladder: readonly TokenScope[] = ['read', 'operate', 'admin'];
const highest: Readonly<Record<MemberRole, TokenScope>> = { viewer: 'read', operator: 'operate', admin: 'admin' };

/** A viewer looks, an operator also runs, stops and retries, an admin also changes what is configured and who may come in. */
export function roleAllows(role: MemberRole, wanted: TokenScope): boolean {
  return allows([highest[role]], wanted);
}

export function allows(scopes: readonly string[], wanted: TokenScope): boolean {
  const least = ladder.indexOf(wanted);
  if (least === -1) return scopes.includes(wanted);
  return ladder.slice(least).some((scope) => scopes.includes(scope));
}

/** The least role that may do it; null = no person may, only a program. */
export function leastRole(wanted: TokenScope): MemberRole | null {
  return memberRoles.find((role) => roleAllows(role, wanted)) ?? null;
}
