import { AppError } from '../../model/errors.ts';
import type { Lane } from '../../model/run.ts';
import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface CursorPosition {
  readonly connectionId: ConnectionId;
  readonly object: string;
  readonly lane: Lane;
  readonly cursor: string | null;
  /** Rises with each move: the compare-and-set that keeps a late worker out. */
  readonly version: number;
  readonly passStartedAt: Date | null;
  readonly completedAt: Date | null;
  /** The mapping that the pass reads with. */
  readonly mappingVersion: number;
}

/**
 * Moves a cursor, as the last statement of the batch's transaction.
 * @throws AppError `run-superseded` (retry) when another worker has moved it: then the whole batch rolls back.
 */
export async function advanceCursor(
  tx: Tx,
  position: CursorPosition,
  to: { readonly cursor: string | null; readonly completedAt: Date | null },
): Promise<CursorPosition> {
  const moved = await tx.query(statement, [
    tx.orgId,
    position.connectionId,
    position.object,
    position.lane,
    position.version,
    to.cursor,
    to.completedAt,
  ]);
  if (moved.length === 0) {
    throw new AppError('run-superseded', `Another worker has taken over ${position.object} (${position.lane}).`, {
      recovery: 'retry',
      remedy: 'Nothing is lost: the other run goes on from the same place.',
    });
  }
  return { ...position, ...to, version: position.version + 1 };
}

const statement = `
  update sync_cursors set cursor = $6, version = version + 1, completed_at = $7, updated_at = now()
  where org_id = $1 and connection_id = $2 and object = $3 and lane = $4 and version = $5
  returning version
`;
