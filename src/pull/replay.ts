import type { ObjectCapability } from '../connector-sdk/connector.ts';
import { rejectedIds, reviveDead } from '../db/queries/read-rejected.ts';
import { fieldsOf } from '../mapping/compile.ts';
import { emptyPage } from '../model/records.ts';
import { addCounts, noCounts, type SyncCounts } from '../model/run.ts';
import { storePage } from './commit-batch.ts';
import type { Pull } from './pull-lane.ts';

/** Ids in one read: HubSpot's batch read takes 100. */
const readSize = 100;

/** Reads rejected records again, with today's mapping, and lets refused writes wait for the next push. */
export async function replayRejected(pull: Pull): Promise<SyncCounts> {
  const { database, pipeline } = pull;
  let counts = noCounts;
  for (const capability of pull.definition.objects.filter(({ kind }) => kind === 'lead' || kind === 'company')) {
    const { object } = capability;
    const ids = await database.transaction(pipeline.orgId, (tx) => rejectedIds(tx, pipeline.connectionId, object));
    for (let at = 0; at < ids.length; at += readSize) {
      counts = addCounts(counts, await replaySome(pull, capability, ids.slice(at, at + readSize)));
    }
  }
  await database.transaction(pipeline.orgId, (tx) => reviveDead(tx, pipeline.connectionId, null, pull.now()));
  return counts;
}

async function replaySome(
  pull: Pull,
  { object, kind }: ObjectCapability,
  ids: readonly string[],
): Promise<Partial<SyncCounts>> {
  const { database, pipeline, signal } = pull;
  const records = await pull.connector.read({ object, ids, fields: fieldsOf(pipeline.mapping, object), signal });
  const page = { ...emptyPage, records };
  return database.transaction(pipeline.orgId, (tx) => storePage(tx, pipeline, { object, kind }, page), signal);
}
