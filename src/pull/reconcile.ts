import type { ObjectCapability } from '../connector-sdk/connector.ts';
import { clearSightings, unseenRecords } from '../db/queries/sightings.ts';
import { AppError } from '../model/errors.ts';
import { addCounts, noCounts, type SyncCounts } from '../model/run.ts';
import { storePage } from './commit-batch.ts';
import type { Pull } from './pull-lane.ts';

/** Ids in one read: HubSpot's batch read takes 100. */
const readSize = 100;
/** More than this share missing at once (and more than a handful) is no clean-up, it is a fault: nobody is erased. */
const dropShare = 0.1;
const dropFloor = 25;

/**
 * Accounts for records that a finished full pass did not see: each is asked for by id; what the CRM no longer has was
 * deleted for good or for privacy, and its personal data goes here too.
 * @throws AppError `census-drop` when too many are missing to be believed.
 */
export async function reconcile(
  pull: Pull,
  capability: ObjectCapability,
  fields: readonly string[],
  passStartedAt: Date,
): Promise<SyncCounts> {
  const { database, pipeline } = pull;
  const pass = { connectionId: pipeline.connectionId, object: capability.object, startedAt: passStartedAt };
  const { unseen, live } = await database.transaction(pipeline.orgId, (tx) => unseenRecords(tx, pass));
  if (unseen.length > dropFloor && unseen.length > live * dropShare) {
    throw new AppError(
      'census-drop',
      `A full pass of ${pass.object} missed ${unseen.length} of ${live} known records.`,
      {
        recovery: 'fix-config',
        remedy:
          'Check that the credentials still see all records (team or partition rights), then run sync --full again.',
      },
    );
  }
  let counts = noCounts;
  for (let at = 0; at < unseen.length; at += readSize) {
    counts = addCounts(counts, await settleUnseen(pull, capability, fields, unseen.slice(at, at + readSize)));
  }
  await database.transaction(pipeline.orgId, (tx) => clearSightings(tx, pass.connectionId, pass.object));
  return counts;
}

async function settleUnseen(
  pull: Pull,
  capability: ObjectCapability,
  fields: readonly string[],
  ids: readonly string[],
): Promise<Partial<SyncCounts>> {
  const { database, pipeline, signal } = pull;
  const { object, kind } = capability;
  const records = await pull.connector.read({ object, ids, fields, signal });
  const found = new Set(records.flatMap((record) => [record.externalId, ...record.mergedIds]));
  const tombstones = ids
    .filter((id) => !found.has(id))
    .map((externalId) => ({ object, externalId, reason: 'erased' as const, mergedInto: null }));
  const page = { records, rejected: [], tombstones, events: [] };
  return database.transaction(pipeline.orgId, (tx) => storePage(tx, pipeline, { object, kind }, page), signal);
}
