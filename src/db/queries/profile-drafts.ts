import type { ProfileKind } from '../../model/profile.ts';
import type { Tx } from '../tx.ts';

export interface ProfileDraftRow {
  /** As it was sent: it may be half-finished. */
  readonly definition: unknown;
  /** The version that it began from; null = none was stored. */
  readonly basedOn: number | null;
  readonly revision: number;
  readonly updatedBy: string;
  readonly updatedAt: Date;
}

const columns = `definition, based_on as "basedOn", revision, updated_by as "updatedBy", updated_at as "updatedAt"`;

/** Null = nobody is editing the profile. */
export async function readProfileDraft(tx: Tx, kind: ProfileKind): Promise<ProfileDraftRow | null> {
  const [row] = await tx.query<ProfileDraftRow>(
    `select ${columns} from drafts where org_id = $1 and subject = 'profile' and name = $2`,
    [tx.orgId, kind],
  );
  return row ?? null;
}

/** The same, and nobody else saves or publishes it meanwhile. */
export async function lockProfileDraft(tx: Tx, kind: ProfileKind): Promise<ProfileDraftRow | null> {
  const [row] = await tx.query<ProfileDraftRow>(
    `select ${columns} from drafts where org_id = $1 and subject = 'profile' and name = $2 for update`,
    [tx.orgId, kind],
  );
  return row ?? null;
}

export interface DraftWrite {
  readonly kind: ProfileKind;
  readonly definition: unknown;
  readonly basedOn: number | null;
  /** Of the draft that it replaces; 0 = there was none. */
  readonly revision: number;
  readonly by: string;
  readonly at: Date;
}

/** Null = the draft has another revision by now. */
export async function saveProfileDraft(tx: Tx, draft: DraftWrite): Promise<ProfileDraftRow | null> {
  const { kind, definition, basedOn, revision, by, at } = draft;
  const key = [tx.orgId, kind, JSON.stringify(definition), by, at];
  const [row] =
    revision === 0
      ? await tx.query<ProfileDraftRow>(
          `insert into drafts (org_id, subject, name, definition, updated_by, updated_at, based_on)
           values ($1, 'profile', $2, $3, $4, $5, $6) on conflict do nothing returning ${columns}`,
          [...key, basedOn],
        )
      : await tx.query<ProfileDraftRow>(
          `update drafts set definition = $3, updated_by = $4, updated_at = $5, revision = revision + 1
           where org_id = $1 and subject = 'profile' and name = $2 and revision = $6 returning ${columns}`,
          [...key, revision],
        );
  return row ?? null;
}

export async function deleteProfileDraft(tx: Tx, kind: ProfileKind): Promise<void> {
  await tx.query(`delete from drafts where org_id = $1 and subject = 'profile' and name = $2`, [tx.orgId, kind]);
}
