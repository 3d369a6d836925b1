import type { ProfileKind } from '../../model/profile.ts';
import { AppError, exitCodes } from '../../model/errors.ts';
import type { Tx } from '../tx.ts';

/**
 * To be asked once the leads are locked, or the turn at product scores is taken: a run that began with an older profile must not overwrite newer scores.
 * @throws AppError `rules-changed` (retry)
 */
export async function assertCurrentProfile(tx: Tx, kind: ProfileKind, version: number | null): Promise<void> {
  const [active] = await tx.query<{ version: number }>(
    `select version from org_scoring_profiles where org_id = $1 and kind = $2 and active`,
    [tx.orgId, kind],
  );
  if ((active?.version ?? null) === version) return;
  throw new AppError('rules-changed', 'The scoring profile was changed while this run was under way.', {
    recovery: 'retry',
    remedy: 'Run it again: it goes on where it stopped, with the new profile.',
    exitCode: exitCodes.tryLater,
  });
}
