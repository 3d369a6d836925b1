import type { ReadRequest, SourceRecord } from 'leadloop/connector-sdk';
import { decoderFor } from './decode.ts';
import { readBatch, readRecord } from './endpoints.ts';
import { objectNamed } from './objects.ts';
import { batchesOf } from './pull.ts';
import { describe } from './schema.ts';
import type { Session } from './session.ts';
import type { WireRecord } from './wire.ts';

/**
 * Records by id: one call for each 100 ids, and one more for each id that the batch does not find, since only a single
 * read follows a merge. A record that absorbed several of the ids comes once.
 */
export async function readRecords(session: Session, request: ReadRequest): Promise<readonly SourceRecord[]> {
  const object = objectNamed(request.object);
  const properties = [...new Set([...request.fields, ...object.ownProperties])];
  const decode = decoderFor(object, request.fields, await describe(session, object.object, request.signal));
  const found = new Map<string, WireRecord>();
  for (const ids of batchesOf([...new Set(request.ids)])) {
    const { results } = await readBatch(session.client, object.object, { ids, properties }, request.signal);
    for (const record of results) found.set(record.id, record);
  }
  for (const id of request.ids.filter((id) => !found.has(id))) {
    const record = await readRecord(session.client, object.object, { id, properties }, request.signal);
    if (record !== null) found.set(record.id, record);
  }
  return [...found.values()].flatMap((wire) => decode(wire).record ?? []);
}
