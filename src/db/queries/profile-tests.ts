import type { ProfileExample, ProfileExamples, ProfileKind } from '../../model/profile.ts';
import type { Tx } from '../tx.ts';

export interface ProfileTests {
  readonly tests: readonly ProfileExample[];
  /** Counts the saves; 0 = there was none. */
  readonly revision: number;
}

export async function readProfileTests(tx: Tx, kind: ProfileKind): Promise<ProfileTests> {
  const [row] = await tx.query<ProfileTests>(
    'select tests, revision from profile_tests where org_id = $1 and kind = $2',
    [tx.orgId, kind],
  );
  return row ?? { tests: [], revision: 0 };
}

export interface TestsWrite extends ProfileTests {
  readonly kind: ProfileKind;
  readonly by: string;
  readonly at: Date;
}

/** `revision`: of the list that it replaces. The new one; null = the list has another revision by now. */
export async function saveProfileTests(tx: Tx, { kind, tests, revision, by, at }: TestsWrite): Promise<number | null> {
  const values = [tx.orgId, kind, JSON.stringify(tests), by, at];
  const [row] =
    revision === 0
      ? await tx.query<{ revision: number }>(
          `insert into profile_tests (org_id, kind, tests, updated_by, updated_at) values ($1, $2, $3, $4, $5)
           on conflict do nothing returning revision`,
          values,
        )
      : await tx.query<{ revision: number }>(
          `update profile_tests set tests = $3, updated_by = $4, updated_at = $5, revision = revision + 1
           where org_id = $1 and kind = $2 and revision = $6 returning revision`,
          [...values, revision],
        );
  return row?.revision ?? null;
}

/** Every list that was ever saved. */
export async function listProfileExamples(tx: Tx): Promise<ProfileExamples[]> {
  return tx.query<ProfileExamples>(
    'select kind, tests as examples from profile_tests where org_id = $1 order by kind',
    [tx.orgId],
  );
}

/** Whatever list is there: who edits that one is told at saving. */
export async function replaceProfileTests(
  tx: Tx,
  { kind, tests, by, at }: Omit<TestsWrite, 'revision'>,
): Promise<void> {
  await tx.query(
    `insert into profile_tests (org_id, kind, tests, updated_by, updated_at) values ($1, $2, $3, $4, $5)
     on conflict (org_id, kind) do update set tests = excluded.tests, updated_by = excluded.updated_by,
       updated_at = excluded.updated_at, revision = profile_tests.revision + 1`,
    [tx.orgId, kind, JSON.stringify(tests), by, at],
  );
}
