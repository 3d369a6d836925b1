import { PermissionError, RequestError, type PullBatch, type PullRequest } from 'leadloop/connector-sdk';
import { getDeleted } from '../endpoints.ts';
import { deletedReachMs, replicationStepMs } from '../limits.ts';
import type { SalesforceObject } from '../objects.ts';
import { withdrawnWith } from './occurrences.ts';
import type { Session } from '../session.ts';
import { floorTo } from '../windows.ts';

/**
 * The batches of a full pass of engagement, and with the last one what was deleted lately: campaign members have no recycle
 * bin, and what was emptied out of it is in no query. One call. A pass that is resumed leaves it to the next one.
 */
export async function* withDeletions(
  session: Session,
  { object }: SalesforceObject,
  { since, signal }: PullRequest,
  batches: AsyncGenerator<PullBatch, void, void>,
): AsyncGenerator<PullBatch, void, void> {
  const gone = since === null ? await deletedLately(session, object, signal) : new Set<string>();
  for await (const batch of batches) {
    // Deleted, and restored since.
    for (const { externalId } of batch.records) gone.delete(externalId);
    const withdrawn = batch.done ? [...gone].flatMap((id) => withdrawnWith(object, id)) : [];
    yield { ...batch, withdrawn: [...batch.withdrawn, ...withdrawn] };
  }
}

async function deletedLately({ client, context }: Session, object: string, signal: AbortSignal): Promise<Set<string>> {
  const end = floorTo(context.now().getTime(), replicationStepMs);
  const reach = { start: end - deletedReachMs, end };
  const { deletedRecords } = await getDeleted(client, object, reach, signal).catch(unlessRefused);
  return new Set(deletedRecords.map(({ id }) => id));
}

/** Some objects are not replicated, and some rights do not reach so far: then the next deletions show in the bin alone. */
function unlessRefused(error: unknown): { readonly deletedRecords: readonly never[] } {
  if (error instanceof RequestError || error instanceof PermissionError) return { deletedRecords: [] };
  throw error;
}
