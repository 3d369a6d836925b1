import type { Tx } from '../tx.ts';

/** What somebody is editing and has not published; it may be half-finished. */
export interface DraftRow<Definition> {
  readonly definition: Definition;
  /** The version that it began from; null = there was none. */
  readonly basedOn: number | null;
  /** Counts the saves. */
  readonly revision: number;
  readonly updatedBy: string;
  readonly updatedAt: Date;
}

export interface DraftKey {
  readonly subject: 'mapping' | 'profile';
  /** The connection of a mapping, the kind of a profile. */
  readonly name: string;
}

const columns = `definition, based_on as "basedOn", revision, updated_by as "updatedBy", updated_at as "updatedAt"`;
const select = `select ${columns} from drafts where org_id = $1 and subject = $2 and name = $3`;

/** Null = there is none. */
export async function readDraft<Definition>(tx: Tx, { subject, name }: DraftKey): Promise<DraftRow<Definition> | null> {
  const [row] = await tx.query<DraftRow<Definition>>(select, [tx.orgId, subject, name]);
  return row ?? null;
}

/** The same, and nobody else saves or publishes it meanwhile. */
export async function lockDraft<Definition>(tx: Tx, { subject, name }: DraftKey): Promise<DraftRow<Definition> | null> {
  const [row] = await tx.query<DraftRow<Definition>>(`${select} for update`, [tx.orgId, subject, name]);
  return row ?? null;
}

export interface DraftSave<Definition> {
  readonly definition: Definition;
  readonly basedOn: number | null;
  /** The revision that was edited; 0 = there was none. */
  readonly revision: number;
  readonly by: string;
  readonly at: Date;
}

/** Null = somebody else has saved meanwhile, and nothing was written. */
export async function saveDraft<Definition extends object>(
  tx: Tx,
  { subject, name }: DraftKey,
  { definition, basedOn, revision, by, at }: DraftSave<Definition>,
): Promise<DraftRow<Definition> | null> {
  const values = [tx.orgId, subject, name, JSON.stringify(definition), basedOn, by, at];
  const [row] =
    revision === 0
      ? await tx.query<DraftRow<Definition>>(insert, values)
      : await tx.query<DraftRow<Definition>>(update, [...values, revision]);
  return row ?? null;
}

const insert = `
  insert into drafts (org_id, subject, name, definition, based_on, updated_by, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning ${columns}
`;

const update = `
  update drafts set definition = $4, based_on = $5, updated_by = $6, updated_at = $7, revision = revision + 1
  where org_id = $1 and subject = $2 and name = $3 and revision = $8 returning ${columns}
`;

export async function deleteDraft(tx: Tx, { subject, name }: DraftKey): Promise<void> {
  await tx.query('delete from drafts where org_id = $1 and subject = $2 and name = $3', [tx.orgId, subject, name]);
}
