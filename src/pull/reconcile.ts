import type { ObjectCapability } from '../connector-sdk/connector.ts';
import { advanceCursor } from '../db/queries/advance-cursor.ts';
import { readCursors } from '../db/queries/open-cursor.ts';
import { type Census, clearSightings, takeCensus } from '../db/queries/sightings.ts';
import { AppError } from '../model/errors.ts';
import { emptyPage, type SourceRecord, type Tombstone } from '../model/records.ts';
import { addCounts, noCounts, type SyncCounts } from '../model/run.ts';
import type { ExternalId } from '../model/values.ts';
import { storePage } from './commit-batch.ts';
import type { Pull } from './pull-lane.ts';

/** Ids in one read: HubSpot's batch read takes 100. */
const readSize = 100;
/** More than this share missing at once (and more than a handful) is no clean-up, it is a fault: nobody is erased. */
const dropShare = 0.1;
const dropFloor = 25;

/**
 * Accounts for records that neither a full pass nor its archive has seen: each is asked for by id; what the CRM no longer
 * has was deleted for good or for privacy, and its personal data goes here too. Ends the archive lane; until then the next
 * sync does it again.
 * @throws AppError `census-drop` when too many are missing to be believed.
 */
export async function reconcile(
  pull: Pull,
  capability: ObjectCapability,
  fields: readonly string[],
): Promise<SyncCounts> {
  const { database, pipeline } = pull;
  const { connectionId, orgId } = pipeline;
  const { object } = capability;
  const positions = await database.transaction(orgId, (tx) => readCursors(tx, connectionId));
  const archive = positions.find((one) => one.object === object && one.lane === 'archived');
  if (archive === undefined) return noCounts;
  const startedAt = archive.passStartedAt ?? pipeline.at;
  const census = await database.transaction(orgId, (tx) => takeCensus(tx, { connectionId, object, startedAt }));
  if (!pull.acceptMissing) refuseDrop(object, census);
  let counts = noCounts;
  for (let at = 0; at < census.unseen.length; at += readSize) {
    counts = addCounts(counts, await settleUnseen(pull, capability, fields, census.unseen.slice(at, at + readSize)));
  }
  await database.transaction(orgId, async (tx) => {
    await clearSightings(tx, connectionId, object);
    await advanceCursor(tx, archive, { cursor: null, completedAt: pull.now() });
  });
  return counts;
}

function refuseDrop(object: string, { unseenLive, live }: Census): void {
  if (unseenLive <= dropFloor || unseenLive <= live * dropShare) return;
  throw new AppError('census-drop', `A full pass of ${object} missed ${unseenLive} of ${live} known records.`, {
    recovery: 'fix-config',
    remedy:
      'Check that the credentials still see all records (team or partition rights), then run it again. Were they deleted on purpose: sync --accept-missing.',
  });
}

async function settleUnseen(
  pull: Pull,
  { object, kind }: ObjectCapability,
  fields: readonly string[],
  ids: readonly ExternalId[],
): Promise<Partial<SyncCounts>> {
  const { database, pipeline, signal } = pull;
  const records = await pull.connector.read({ object, ids, fields, signal });
  const tombstones = ids.flatMap((id) => tombstoneOf(object, id, records));
  const page = { ...emptyPage, records, tombstones };
  return database.transaction(pipeline.orgId, (tx) => storePage(tx, pipeline, { object, kind }, page), signal);
}

/** None where the record is still there; what another one has absorbed is merged; the rest is gone. */
function tombstoneOf(object: string, externalId: ExternalId, records: readonly SourceRecord[]): Tombstone[] {
  if (records.some((record) => record.externalId === externalId)) return [];
  const heir = records.find((record) => record.mergedIds.includes(externalId));
  return heir === undefined
    ? [{ object, externalId, reason: 'erased', mergedInto: null }]
    : [{ object, externalId, reason: 'merged', mergedInto: heir.externalId }];
}
