import type { ObjectCapability } from '../connector-sdk/connector.ts';
import { dropHints, type StoredHint, takeHints } from '../db/queries/take-hints.ts';
import { fieldsOf } from '../mapping/compile.ts';
import { emptyPage, type SourceRecord, type Tombstone } from '../model/records.ts';
import { addCounts, noCounts, type SyncCounts } from '../model/run.ts';
import { storePage } from '../pull/commit-batch.ts';
import type { Pull } from '../pull/pull-lane.ts';

/** Records in one read: HubSpot's batch read takes 100. */
const readSize = 100;

/** Whatever a hint leads to has just happened: how long ago says the stamp of the record. */
const always = new Date(0);

/**
 * Reads what the CRM has named, in one call an object, and stores it like any page. Hints go with the transaction that answers them,
 * so none is lost, and one that comes meanwhile stays. The caller holds the connection's lock. Null = none waited.
 */
export async function attendToHints(pull: Pull): Promise<SyncCounts | null> {
  const { database, pipeline } = pull;
  let counts: SyncCounts | null = null;
  for (const capability of pull.definition.objects) {
    const { object } = capability;
    const hints = await database.transaction(pipeline.orgId, (tx) =>
      takeHints(tx, { connectionId: pipeline.connectionId, object }, readSize),
    );
    if (hints.length > 0) counts = addCounts(counts ?? noCounts, await answer(pull, capability, hints));
  }
  return counts;
}

async function answer(
  pull: Pull,
  capability: ObjectCapability,
  hints: readonly StoredHint[],
): Promise<Partial<SyncCounts>> {
  const { database, connector, pipeline, signal } = pull;
  const { object, kind } = capability;
  const target = { connectionId: pipeline.connectionId, object };
  const worth = isReadById(pull, capability) ? worthReading(pull, object, hints) : [];
  if (worth.length === 0) {
    await database.transaction(pipeline.orgId, (tx) => dropHints(tx, target, hints), signal);
    return {};
  }
  const ids = worth.map(({ externalId }) => externalId);
  const fields = fieldsOf(pipeline.mapping, object);
  const records = await connector.read({ object, ids, fields, signal });
  const page = { ...emptyPage, records, tombstones: gone(object, worth, records) };
  return database.transaction(
    pipeline.orgId,
    async (tx) => {
      const counts = await storePage(tx, pipeline, { object, kind, newsSince: always }, page);
      await dropHints(tx, target, hints);
      return counts;
    },
    signal,
  );
}

/**
 * People and companies, where they are pulled at all. What people did is found by its lanes, which make an event of the record: read
 * by its id it would be held as known, and the lanes pass over what is.
 */
function isReadById({ objects }: Pull, { object, kind }: ObjectCapability): boolean {
  return (kind === 'lead' || kind === 'company') && objects.some((one) => one.object === object);
}

function worthReading({ pipeline }: Pull, object: string, hints: readonly StoredHint[]): readonly StoredHint[] {
  const telling = new Set(pipeline.mapping.objects.get(object)?.in.flatMap(({ from }) => from));
  return hints.filter((hint) => isWorthReading(hint, telling));
}

/** What the mapping does not read into a lead changes nothing. Neither does the echo of what we have written. */
function isWorthReading({ reason, fields }: StoredHint, telling: ReadonlySet<string>): boolean {
  return reason !== 'changed' || fields === null || fields.some((field) => telling.has(field));
}

/** Deleted is what the CRM said is deleted and does not show: it may have been restored since. The rest is for the census. */
function gone(object: string, hints: readonly StoredHint[], records: readonly SourceRecord[]): Tombstone[] {
  const seen = new Set(records.flatMap(({ externalId, mergedIds }) => [externalId, ...mergedIds]));
  return hints.flatMap(({ externalId, reason }): Tombstone[] => {
    if (reason === 'changed' || seen.has(externalId)) return [];
    return [{ object, externalId, reason: reason === 'deleted' ? 'archived' : reason, mergedInto: null }];
  });
}
