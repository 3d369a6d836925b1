import { AppError, exitCodes } from '../../model/errors.ts';
import type { Tx } from '../tx.ts';

/**
 * To be asked once the leads are locked: a run that began with an older profile must not overwrite newer scores.
 * @throws AppError `rules-changed` (retry)
 */
export async function assertCurrentProfile(tx: Tx, version: number | null): Promise<void> {
  const [active] = await tx.query<{ version: number }>(
    `select version from org_scoring_profiles where org_id = $1 and kind = 'mql' and active`,
    [tx.orgId],
  );
  if ((active?.version ?? null) === version) return;
  throw new AppError('rules-changed', 'The scoring profile was changed while this run was under way.', {
    recovery: 'retry',
    remedy: 'Run it again: it goes on where it stopped, with the new profile.',
    exitCode: exitCodes.tryLater,
  });
}
