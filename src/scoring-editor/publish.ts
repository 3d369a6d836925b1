import { alone } from '../config/alone.ts';
import { type Change, isWork, planApply } from '../config/apply.ts';
import { readStored } from '../config/stored.ts';
import { writeOrg } from '../config/write-org.ts';
import { deleteDraft, lockDraft } from '../db/queries/drafts.ts';
import { readProfileTests } from '../db/queries/profile-tests.ts';
import type { Tx } from '../db/tx.ts';
import type { ScoringProfile } from '../model/profile.ts';
import type { Sealer } from '../secrets/seal.ts';
import { runTests, TestsFailed } from './tests.ts';
import { draftOf, type Editing, type EditorServices, liveProfile, soundProfile, unknownDraft } from './profiles.ts';

export interface PublishWish {
  /** That is in force, and that somebody has compared the draft with; 0 = the default profile. */
  readonly version: number;
  /** Of the draft that they have looked at. */
  readonly revision: number;
  /** Publishes what fails its own examples, too. */
  readonly despiteTests: boolean;
}

export interface Published {
  /** In force now. */
  readonly version: number;
  readonly changes: readonly Change[];
}

/**
 * Puts the draft in force, as `apply` of a file with the same profile would: a new version, an audit row, the weights of product
 * scores. The daemon finds that a rescore is due. Null = the draft or what is in force is not what was looked at.
 * @throws AppError `draft-unknown`, `profile-invalid`, `profile-tests-failed` (fix-config), `apply-busy` (retry)
 */
export async function publishDraft(
  { database, now, sealer }: EditorServices & { readonly sealer: Sealer },
  { orgId, actor, kind }: Editing,
  wish: PublishWish,
): Promise<Published | null> {
  const publish = async (tx: Tx): Promise<Published | null> => {
    const draft = await lockDraft(tx, draftOf(kind));
    if (draft === null) throw unknownDraft(kind);
    const live = await liveProfile(tx, kind);
    if (draft.revision !== wish.revision || live.version !== wish.version) return null;
    const profile = soundProfile(kind, draft.definition);
    const { tests } = await readProfileTests(tx, kind);
    const failed = runTests(profile, tests, now()).filter(({ passes }) => !passes);
    if (failed.length > 0 && !wish.despiteTests) throw new TestsFailed(failed);
    const changes = await writeProfile(tx, profile, { actor, now: now(), sealer });
    await deleteDraft(tx, draftOf(kind));
    return { version: (await liveProfile(tx, kind)).version, changes };
  };
  return alone(database, () => database.transaction(orgId, publish));
}

/** The work of `apply` for an organisation of which only this profile is wanted to change. */
async function writeProfile(
  tx: Tx,
  profile: ScoringProfile,
  { actor, now, sealer }: { readonly actor: string; readonly now: Date; readonly sealer: Sealer },
): Promise<readonly Change[]> {
  const current = await readStored(tx);
  if (current === null) throw new Error('the organisation is not there');
  const { slug, name } = current;
  const wanted = { slug, name, connections: [], sources: [], profiles: [profile], examples: [] };
  const changes = planApply(current, wanted, () => 'unavailable').filter(isWork);
  const work = { id: tx.orgId, current, wanted, credentials: new Map(), addresses: new Map() };
  await writeOrg(tx, { work, changes, sealer, actor, now });
  return changes;
}
