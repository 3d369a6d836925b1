import { listSources } from '../db/queries/data-sources.ts';
import { listConnections, listOrgs } from '../db/queries/directory.ts';
import type { PauseTarget } from '../db/queries/pauses.ts';
import type { Database } from '../db/tx.ts';
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
  /** Of the connection or the source; of an organisation its slug. */
  readonly name: string;
}

/**
 * The connection of this name, or where there is none the source; without a name the whole organisation.
 * @throws AppError `connection-unknown`, `source-unknown` or `org-unknown` (fix-config)
 */
export async function chooseTarget(
  database: Database,
  { org, name }: { readonly org: string | null; readonly name: string | null },
): Promise<NamedTarget> {
  if (name === null) return wholeOrg(database, org);
  const { connections, sources } = await database.operator(async (tx) => ({
    connections: (await listConnections(tx)).filter((one) => org === null || one.org === org),
    sources: await listSources(tx),
  }));
  const isConnection = connections.some((one) => one.name === name || `${one.org}/${one.name}` === name);
  if (!isConnection && sources.some((one) => one.name === name)) {
    const { id: sourceId, ...source } = await chooseSource(database, name, org);
    return { of: 'source', orgId: source.orgId, org: source.org, name, connectionId: null, sourceId };
  }
  const { id: connectionId, ...found } = chooseConnection(connections, name);
  return { of: 'connection', orgId: found.orgId, org: found.org, name: found.name, connectionId, sourceId: null };
}

async function wholeOrg(database: Database, slug: string | null): Promise<NamedTarget> {
  const orgId = await chooseOrg(database, slug);
  const orgs = await database.operator(listOrgs);
  const org = orgs.find(({ id }) => id === orgId)?.slug ?? '';
  return { of: 'org', orgId, org, name: org, connectionId: null, sourceId: null };
}
