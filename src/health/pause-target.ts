import { listSources, type SourceEntry } from '../db/queries/data-sources.ts';
import { listConnections, listOrgs } from '../db/queries/directory.ts';
import type { PauseTarget } from '../db/queries/pauses.ts';
import type { Database } from '../db/tx.ts';
import { spokenName } from '../model/health.ts';
import type { OrgId } from '../model/values.ts';
import { chooseConnection } from '../named-connection.ts';
import { chooseOrg } from '../named-org.ts';
import { chooseSource } from '../named-source.ts';

/** What a person names in order to pause or resume it. */
export interface NamedTarget extends PauseTarget {
  readonly of: 'org' | 'connection' | 'source';
  readonly orgId: OrgId;
  /** Slug. */
  readonly org: string;
  /** Of the connection or the source, as people call it; of an organisation its slug. */
  readonly name: string;
}

/**
 * The connection of this name, or where there is none the source, which is `sources/NAME` where both are called so; either with
 * `org/` before it; without a name the whole organisation.
 * @throws AppError `connection-unknown`, `source-unknown` or `org-unknown` (fix-config)
 */
export async function chooseTarget(
  database: Database,
  { org, name }: { readonly org: string | null; readonly name: string | null },
): Promise<NamedTarget> {
  if (name === null) return wholeOrg(database, org);
  const { connections, sources } = await database.operator(async (tx) => ({
    connections: (await listConnections(tx)).filter((one) => org === null || one.org === org),
    sources: (await listSources(tx)).filter((one) => org === null || one.org === org),
  }));
  const isConnection = connections.some((one) => one.name === name || `${one.org}/${one.name}` === name);
  const named = isConnection ? [] : sources.filter((one) => namesOf(one).includes(name));
  const [first] = named;
  if (first !== undefined) {
    const source = named.length === 1 ? first : await chooseSource(database, first.name, org);
    const { orgId, org: slug, id: sourceId } = source;
    return { of: 'source', orgId, org: slug, name: source.name, connectionId: null, sourceId };
  }
  const { id: connectionId, ...found } = chooseConnection(connections, name);
  return { of: 'connection', orgId: found.orgId, org: found.org, name: found.name, connectionId, sourceId: null };
}

function namesOf({ org, name }: SourceEntry): readonly string[] {
  const spoken = spokenName('source', name);
  return [name, spoken, `${org}/${name}`, `${org}/${spoken}`];
}

async function wholeOrg(database: Database, slug: string | null): Promise<NamedTarget> {
  const orgId = await chooseOrg(database, slug);
  const orgs = await database.operator(listOrgs);
  const org = orgs.find(({ id }) => id === orgId)?.slug ?? '';
  return { of: 'org', orgId, org, name: org, connectionId: null, sourceId: null };
}
