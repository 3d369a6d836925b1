import type { ProfileKind, ScoringProfile } from '../../model/profile.ts';
import type { Tx } from '../tx.ts';

export interface ProfileVersion {
  readonly version: number;
  readonly name: string;
  readonly isActive: boolean;
  readonly createdAt: Date;
  /** Null = scores of an older version may still stand. */
  readonly rescoredAt: Date | null;
}

export interface ProfileVersionRow extends ProfileVersion {
  readonly profile: ScoringProfile;
}

const columns = `version, name, active as "isActive", created_at as "createdAt", rescored_at as "rescoredAt"`;

/** The version in force; null = none is stored, and the default one scores. */
export async function readActiveProfile(tx: Tx, kind: ProfileKind): Promise<ProfileVersionRow | null> {
  const [row] = await tx.query<ProfileVersionRow>(
    `select ${columns}, profile from org_scoring_profiles where org_id = $1 and kind = $2 and active`,
    [tx.orgId, kind],
  );
  return row ?? null;
}

/** Null = there is no such version. */
export async function readProfileVersion(
  tx: Tx,
  kind: ProfileKind,
  version: number,
): Promise<ProfileVersionRow | null> {
  const [row] = await tx.query<ProfileVersionRow>(
    `select ${columns}, profile from org_scoring_profiles where org_id = $1 and kind = $2 and version = $3`,
    [tx.orgId, kind, version],
  );
  return row ?? null;
}

/** The newest first; `before`: only older ones, null = all. */
export async function listProfileVersions(
  tx: Tx,
  { kind, before, limit }: { readonly kind: ProfileKind; readonly before: number | null; readonly limit: number },
): Promise<ProfileVersion[]> {
  return tx.query<ProfileVersion>(
    `select ${columns} from org_scoring_profiles
     where org_id = $1 and kind = $2 and ($3::bigint is null or version < $3) order by version desc limit $4`,
    [tx.orgId, kind, before, limit],
  );
}
