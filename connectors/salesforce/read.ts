import type { ReadRequest, SourceRecord } from 'leadloop/connector-sdk';
import { objectNamed } from './objects.ts';
import { readerFor } from './reader.ts';
import type { Session } from './session.ts';

/**
 * Records by id: one call for each 200 ids, and one more for each step that merged ones went. A record that absorbed several
 * of the ids comes once.
 */
export async function readRecords(session: Session, request: ReadRequest): Promise<readonly SourceRecord[]> {
  const reader = await readerFor(session, objectNamed(request.object), request);
  const found = await reader.found(request.ids);
  const once = new Map([...found.values()].map((row) => [row.Id, row]));
  return [...once.values()].flatMap((row) => reader.decode(row).record ?? []);
}
