import type { Cursor, PullBatch } from './connector.ts';
import { emptyPage } from '../model/records.ts';
import { type ConnectorError, PermissionError, RequestError } from './errors.ts';

/**
 * For optional objects: batches that end where they stand when the object may not be read, or is not there, so that nothing
 * is lost once it can be. `start` is the cursor that the pull began with.
 */
export async function* withinReach(
  batches: AsyncGenerator<PullBatch, void, void>,
  start: Cursor,
  onLeftOut: (error: ConnectorError) => void,
): AsyncGenerator<PullBatch, void, void> {
  let cursor = start;
  try {
    for await (const batch of batches) {
      cursor = batch.cursor;
      yield batch;
    }
  } catch (error) {
    if (!isOutOfReach(error)) throw error;
    onLeftOut(error);
    yield { ...emptyPage, cursor, done: true };
  }
}

/** A right is missing; or this account, this edition, this year has no such object any more. */
function isOutOfReach(error: unknown): error is ConnectorError {
  return error instanceof PermissionError || (error instanceof RequestError && error.status === 404);
}
