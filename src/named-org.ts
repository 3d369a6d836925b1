import { listOrgs } from './db/queries/directory.ts';
import type { Database } from './db/tx.ts';
import { AppError } from './model/errors.ts';
import type { OrgId } from './model/values.ts';

/**
 * The organisation of this slug; null = the only one there is.
 * @throws AppError `org-unknown` (fix-config)
 */
export async function chooseOrg(database: Database, slug: string | null): Promise<OrgId> {
  const orgs = await database.operator(listOrgs);
  const org = slug === null && orgs.length === 1 ? orgs[0] : orgs.find((one) => one.slug === slug);
  if (org !== undefined) return org.id;
  throw new AppError('org-unknown', problemOf(orgs.length, slug), {
    recovery: 'fix-config',
    remedy:
      orgs.length === 0
        ? 'Run: leadloop apply config/leadloop.yaml'
        : `Name one: --org ${orgs.map((one) => one.slug).join(' | ')}`,
  });
}

function problemOf(count: number, slug: string | null): string {
  if (slug !== null) return `There is no organisation "${slug}".`;
  return count === 0 ? 'There is no organisation yet.' : 'There is more than one organisation.';
}
