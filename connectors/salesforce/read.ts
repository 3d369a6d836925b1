import type { ReadRequest, SourceRecord } from 'leadloop/connector-sdk';
import { objectNamed } from './objects.ts';
import { readerFor } from './reader.ts';
import type { Session } from './session.ts';

/**
 * Records by id: one call for each 200 ids, and one more for each step that merged ones went. A record that absorbed several
 * of the ids comes once, and names them.
 */
export async function readRecords(session: Session, request: ReadRequest): Promise<readonly SourceRecord[]> {
  const reader = await readerFor(session, objectNamed(request.object), request);
  const found = await reader.found(request.ids);
  const asked = Map.groupBy(found, ([, row]) => row.Id);
  return [...asked.values()].flatMap((pairs): SourceRecord[] => {
    const record = pairs.map(([, row]) => reader.decode(row).record)[0] ?? null;
    const mergedIds = pairs.map(([id]) => id).filter((id) => id !== record?.externalId);
    return record === null ? [] : [{ ...record, mergedIds }];
  });
}
