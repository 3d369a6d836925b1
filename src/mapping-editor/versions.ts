/** Drafts and versions of a connection's mapping. */
import { type Difference, differences } from '../config/differences.ts';
import { formatMapping } from '../config/export.ts';
import type { SessionServices } from '../connection.ts';
import { deleteDraft, lockDraft, saveDraft } from '../db/queries/drafts.ts';
import { listMappingVersions, type MappingVersionRow, readMappingVersion } from '../db/queries/mapping-versions.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { definitionOfVersion, openMappingIn, type Place } from './open-mapping.ts';
import { staleMapping } from './publish.ts';

type Services = Pick<SessionServices, 'database' | 'definitions' | 'now'>;

export interface DraftWish {
  readonly definition: MappingDefinition;
  readonly basedOn: number;
  /** The revision that was edited; 0 = there was none. */
  readonly revision: number;
  readonly actor: string;
}

/**
 * The new revision. It is no change of the configuration, so the audit log waits for its publication.
 * @throws AppError `version-stale` (fix-config)
 */
export async function keepDraft(services: Services, { orgId, connection }: Place, wish: DraftWish): Promise<number> {
  return services.database.transaction(orgId, async (tx) => {
    const { version } = await openMappingIn(tx, services, connection);
    const { definition, revision, actor } = wish;
    const save = { definition, basedOn: Math.min(wish.basedOn, version), revision, by: actor, at: services.now() };
    const saved = await saveDraft(tx, { subject: 'mapping', name: connection }, save);
    if (saved === null) throw staleMapping();
    return saved.revision;
  });
}

/** @throws AppError `connection-unknown`, `version-stale` (fix-config) */
export async function discardDraft(services: Services, { orgId, connection }: Place, revision: number): Promise<void> {
  const key = { subject: 'mapping', name: connection } as const;
  await services.database.transaction(orgId, async (tx) => {
    await openMappingIn(tx, services, connection);
    const draft = await lockDraft(tx, key);
    if (draft !== null && draft.revision !== revision) throw staleMapping();
    await deleteDraft(tx, key);
  });
}

export interface VersionEntry extends Omit<MappingVersionRow, 'definition'> {
  /** Against the version before. */
  readonly changes: number;
}

/** One more than `limit`, to know whether another page follows. */
export async function versionsOf(
  services: Services,
  { orgId, connection }: Place,
  page: { readonly before: number | null; readonly limit: number },
): Promise<readonly VersionEntry[]> {
  return services.database.transaction(orgId, async (tx) => {
    const mapping = await openMappingIn(tx, services, connection);
    const rows = await listMappingVersions(tx, mapping.connection.id, { ...page, limit: page.limit + 1 });
    const [last] = rows.slice(-1);
    const older = last === undefined ? null : await readMappingVersion(tx, mapping.connection.id, last.version - 1);
    const first = older?.definition ?? mapping.connector.defaultMapping;
    return rows.map(({ definition, ...row }, index) => {
      const before = rows[index + 1]?.definition ?? first;
      return { ...row, changes: differences(before, definition).length };
    });
  });
}

/** @throws AppError `mapping-version-unknown` (fix-config) */
export async function versionOf(
  services: Services,
  { orgId, connection }: Place,
  version: number,
): Promise<{ readonly definition: MappingDefinition; readonly yaml: string }> {
  return services.database.transaction(orgId, async (tx) => {
    const mapping = await openMappingIn(tx, services, connection);
    const definition = await definitionOfVersion(tx, mapping, version);
    return { definition, yaml: formatMapping(definition) };
  });
}

/** @throws AppError `mapping-version-unknown` (fix-config) */
export async function differencesOf(
  services: Services,
  { orgId, connection }: Place,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly Difference[]> {
  return services.database.transaction(orgId, async (tx) => {
    const mapping = await openMappingIn(tx, services, connection);
    return differences(await definitionOfVersion(tx, mapping, from), await definitionOfVersion(tx, mapping, to));
  });
}
