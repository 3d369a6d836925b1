import { listProfileExamples } from '../db/queries/profile-tests.ts';
import type { Tx } from '../db/tx.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import type { ProfileKind, ScoringProfile } from '../model/profile.ts';
import type { ConnectionId, OrgId } from '../model/values.ts';
import type { StoredConnection, StoredOrg, StoredProfile, StoredSource } from './apply.ts';
import type { PushSettings, QuotaSettings, StoredConnectionSettings } from './settings.ts';

interface OrgRow {
  readonly id: OrgId;
  readonly slug: string;
  readonly name: string;
}

interface ConnectionRow {
  readonly id: ConnectionId;
  readonly name: string;
  readonly kind: string;
  readonly base_url: string | null;
  readonly schedule: string | null;
  readonly quota: Partial<QuotaSettings>;
  readonly push_policy: Partial<PushSettings>;
  readonly settings: Partial<StoredConnectionSettings>;
  readonly credentials_key_id: string | null;
  readonly version: number | null;
  readonly definition: MappingDefinition | null;
}

/** Every organisation, by slug; through `Database.operator`. */
export async function readDirectory(tx: Tx): Promise<readonly OrgRow[]> {
  return tx.query<OrgRow>('select id, slug, name from orgs order by slug');
}

/** The configuration of the transaction's organisation, as it is now; null where there is none. */
export async function readStored(tx: Tx): Promise<StoredOrg | null> {
  const [org] = await tx.query<OrgRow>('select id, slug, name from orgs where id = $1', [tx.orgId]);
  if (org === undefined) return null;
  const connections = await tx.query<ConnectionRow>(`
    select c.id, c.name, c.kind, c.base_url, c.schedule, c.quota, c.push_policy, c.settings,
      case when c.credentials_sealed is not null then c.credentials_key_id end as credentials_key_id, m.version, m.definition
    from connections c
    left join field_mappings m on m.org_id = c.org_id and m.connection_id = c.id and m.active
    order by c.created_at, c.name`);
  const profiles = await tx.query<{ kind: ProfileKind; version: number; profile: ScoringProfile }>(
    'select kind, version, profile from org_scoring_profiles where active order by kind',
  );
  const sources = await tx.query<StoredSource>(`
    select id, name, kind, query, since, columns, schedule, timezone, database as secrets,
      case when database_sealed is not null then database_key_id end as "sealedWith",
      case when database_sealed is not null then database_fingerprint end as fingerprint
    from data_sources order by created_at, name`);
  return {
    ...org,
    connections: connections.map(connectionOf),
    sources,
    profiles: profiles satisfies readonly StoredProfile[],
    examples: await listProfileExamples(tx),
  };
}

function connectionOf(row: ConnectionRow): StoredConnection {
  const { id, name, kind, schedule, quota, settings, version, definition } = row;
  // A fingerprint without the sealed value is worth nothing: the secret has to be sealed again.
  const fingerprint = row.credentials_key_id !== null ? (settings.credentialsFingerprint ?? null) : null;
  return {
    id,
    name,
    kind,
    schedule,
    quota,
    baseUrl: row.base_url,
    push: row.push_policy,
    sealedWith: row.credentials_key_id,
    settings: { ...settings, credentialsFingerprint: fingerprint },
    mapping: version === null || definition === null ? null : { version, definition },
  };
}
