import type { MappingDefinition } from '../../model/mapping.ts';
import type { ProfileKind, ScoringProfile } from '../../model/profile.ts';
import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface StoredRules {
  readonly connections: readonly {
    readonly id: ConnectionId;
    readonly kind: string;
    readonly version: number | null;
    readonly definition: MappingDefinition | null;
    /** The order of options of fields that we write, as the CRM had it last; empty where never read. */
    readonly orders: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> | null;
  }[];
  readonly profiles: readonly {
    readonly kind: ProfileKind;
    readonly version: number;
    readonly profile: ScoringProfile;
    /** Null = leads may still carry scores of an older version. */
    readonly rescoredAt: Date | null;
  }[];
}

/** The active mappings and profiles of an organisation. */
export async function readRules(tx: Tx): Promise<StoredRules> {
  const connections = await tx.query<StoredRules['connections'][number]>(
    `select c.id, c.kind, m.version, m.definition, o.value->'v' as orders
     from connections c
     left join field_mappings m on m.org_id = c.org_id and m.connection_id = c.id and m.active
     left join crm_cache o on o.org_id = c.org_id and o.connection_id = c.id and o.key = 'leadloop:option-orders'
     where c.org_id = $1 order by c.id`,
    [tx.orgId],
  );
  const profiles = await tx.query<StoredRules['profiles'][number]>(
    `select kind, version, profile, rescored_at as "rescoredAt" from org_scoring_profiles where org_id = $1 and active`,
    [tx.orgId],
  );
  return { connections, profiles };
}

/** Notes that every lead has been scored with this version. */
export async function markRescored(tx: Tx, profile: { kind: ProfileKind; version: number }, now: Date): Promise<void> {
  await tx.query(`update org_scoring_profiles set rescored_at = $4 where org_id = $1 and kind = $2 and version = $3`, [
    tx.orgId,
    profile.kind,
    profile.version,
    now,
  ]);
}
