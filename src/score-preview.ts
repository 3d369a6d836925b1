import type { SessionServices } from './connection.ts';
import type { ProfileKind, ScoringProfile } from './model/profile.ts';
import { chooseOrg } from './named-org.ts';
import { previewSignups } from './plg/preview-signups.ts';
import { previewScore, type ScorePreviewResult } from './pull/preview-score.ts';

export interface ScorePreviewRun {
  /** Slug; null where there is only one organisation. */
  readonly org: string | null;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/**
 * Scores an organisation's leads, or its signups, with a profile that is not applied.
 * @throws AppError `org-unknown` (fix-config)
 */
export async function previewProfile(
  { database, now }: SessionServices,
  profile: ScoringProfile,
  run: ScorePreviewRun,
): Promise<ScorePreviewResult & { readonly kind: ProfileKind }> {
  const orgId = await chooseOrg(database, run.org);
  const preview = { mql: previewScore, plg: previewSignups }[profile.kind];
  const result = await preview(profile, {
    database,
    orgId,
    at: now(),
    signal: run.signal,
    onProgress: run.onProgress,
  });
  return { kind: profile.kind, ...result };
}
