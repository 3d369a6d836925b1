import type { SessionRow } from '../../db/queries/console-sessions.ts';
import type { TokenHolder } from '../../db/queries/api-tokens.ts';
import { allows, leastRole, roleAllows, type TokenScope } from '../../access/access.ts';
import type { OrgId } from '../../model/values.ts';
import { withoutRole, withoutScope, withoutToken, unknownOrg } from './problem.ts';

/** Who asks: a program by its token, or a person whose browser is signed in. */
export type Principal =
  | { readonly type: 'token'; readonly holder: TokenHolder }
  | { readonly type: 'account'; readonly session: SessionRow };

/** Who asks, and in which organisation. */
export interface Caller {
  readonly orgId: OrgId;
  readonly slug: string;
  /** For the audit log. */
  readonly actor: string;
}

/**
 * PURE. Lets a principal into an organisation; `slug`: of the route, null = the token's own.
 * @throws AppError `token-missing`, `org-unknown`, `scope-missing`, `role-missing` (fix-config)
 */
export function enter(principal: Principal, slug: string | null, wanted: TokenScope): Caller {
  return principal.type === 'token'
    ? enterByToken(principal.holder, slug, wanted)
    : enterByAccount(principal.session, slug, wanted);
}

/** Of another organisation it is not even told that there is one. */
function enterByToken({ orgId, name, scopes, ...own }: TokenHolder, slug: string | null, wanted: TokenScope): Caller {
  if (slug !== null && slug !== own.slug) throw unknownOrg(slug);
  if (!allows(scopes, wanted)) throw withoutScope(wanted);
  return { orgId, slug: own.slug, actor: `token:${name}` };
}

function enterByAccount({ memberships, email }: SessionRow, slug: string | null, wanted: TokenScope): Caller {
  if (slug === null) throw withoutToken();
  const membership = memberships.find((one) => one.slug === slug);
  if (membership === undefined) throw unknownOrg(slug);
  if (!roleAllows(membership.role, wanted)) throw withoutRole(membership.role, leastRole(wanted));
  return { orgId: membership.orgId, slug, actor: email };
}
