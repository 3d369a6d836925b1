/** Examples that people keep beside a profile: an answer to "does it still do what we meant?". */
import { type ProfileTests, readProfileTests, saveProfileTests } from '../db/queries/profile-tests.ts';
import { writeAudit } from '../db/queries/write-audit.ts';
import { AppError } from '../model/errors.ts';
import type { ProfileExample, ScoringProfile } from '../model/profile.ts';
import { compileProfile } from '../scoring/compile.ts';
import { scoreExample } from '../scoring/examples.ts';
import type { Editing, EditorServices } from './profiles.ts';

export interface TestResult {
  readonly name: string;
  readonly total: number;
  readonly tier: string;
  readonly qualifies: boolean;
  /** Every expectation holds. */
  readonly passes: boolean;
}

/** PURE. */
export function runTests(profile: ScoringProfile, tests: readonly ProfileExample[], at: Date): readonly TestResult[] {
  const compiled = compileProfile(profile);
  return tests.map((test) => {
    const { total, tier, mqlBy } = scoreExample(compiled, test.facts, at);
    const qualifies = mqlBy.length > 0;
    const got = { total, tier, qualifies };
    const passes = (['total', 'tier', 'qualifies'] as const).every(
      (key) => test[key] === null || test[key] === got[key],
    );
    return { name: test.name, ...got, passes };
  });
}

export async function readTests({ database }: EditorServices, { orgId, kind }: Editing): Promise<ProfileTests> {
  return database.transaction(orgId, (tx) => readProfileTests(tx, kind));
}

/** Replaces the list; null = somebody else has done so meanwhile. The new revision. */
export async function saveTests(
  { database, now }: EditorServices,
  { orgId, actor, kind }: Editing,
  wish: ProfileTests,
): Promise<number | null> {
  return database.transaction(orgId, async (tx) => {
    const at = now();
    const before = await readProfileTests(tx, kind);
    const saved = await saveProfileTests(tx, { kind, ...wish, by: actor, at });
    if (saved === null) return null;
    // Whole: what changes is mostly what is expected of the same name.
    const change = { before: { tests: before.tests }, after: { tests: wish.tests } };
    await writeAudit(tx, { actor, action: 'profile.tests', subject: kind, ...change, at });
    return saved;
  });
}

/** The draft does not do what was expected of it. */
export class TestsFailed extends AppError {
  readonly errors: readonly { readonly path: string; readonly message: string }[];

  constructor(failed: readonly TestResult[]) {
    const what = failed.length === 1 ? 'one example expects' : `${failed.length} examples expect`;
    super('profile-tests-failed', `The draft does not do what ${what}.`, {
      recovery: 'fix-config',
      remedy: 'Change the draft or the examples; or publish in spite of them.',
    });
    this.errors = failed.map(({ name, total, tier }) => ({ path: name, message: `scores ${total}, ${tier}` }));
  }
}
