import type { SessionServices } from './connection.ts';
import { listOrgs } from './db/queries/directory.ts';
import { AppError } from './model/errors.ts';
import type { ProfileKind, ScoringProfile } from './model/profile.ts';
import { previewScore, type ScorePreviewResult } from './pull/preview-score.ts';

export interface ScorePreviewRun {
  /** Slug; null where there is only one organisation. */
  readonly org: string | null;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/**
 * Scores an organisation's leads with a profile that is not applied.
 * @throws AppError `org-unknown` (fix-config)
 */
export async function previewProfile(
  { database, now }: SessionServices,
  profile: ScoringProfile,
  run: ScorePreviewRun,
): Promise<ScorePreviewResult & { readonly kind: ProfileKind }> {
  const orgs = await database.operator(listOrgs);
  const org = run.org === null && orgs.length === 1 ? orgs[0] : orgs.find(({ slug }) => slug === run.org);
  if (org === undefined) {
    throw new AppError(
      'org-unknown',
      run.org === null ? 'There is more than one organisation.' : `There is no organisation "${run.org}".`,
      {
        recovery: 'fix-config',
        remedy: `Name one: --org ${orgs.map(({ slug }) => slug).join(' | ')}`,
      },
    );
  }
  const result = await previewScore(profile, {
    database,
    orgId: org.id,
    at: now(),
    signal: run.signal,
    onProgress: run.onProgress,
  });
  return { kind: profile.kind, ...result };
}
