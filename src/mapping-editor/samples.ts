/** A few whole records of an object, as the CRM has them now: for sample values, fill rates and previews. */
import type { Session } from '../connection.ts';
import { ConnectorError, PermissionError } from '../connector-sdk/errors.ts';
import {
  findRecordId,
  readImages,
  sampleImages,
  sampleRecordIds,
  type StoredImage,
} from '../db/queries/sample-records.ts';
import type { Tx } from '../db/tx.ts';
import type { FieldSchema, SourceRecord } from '../model/records.ts';
import type { ConnectionId, ExternalId } from '../model/values.ts';

export interface Sample {
  readonly object: string;
  readonly fields: readonly FieldSchema[];
  readonly records: readonly SourceRecord[];
}

/** Keeps samples for a while, in this process alone: they are people's data, and shall be in no further table. */
export interface SampleStore {
  of(session: Session, object: string, signal: AbortSignal): Promise<Sample>;
}

const keptMs = 5 * 60_000;
const keptAtMost = 20;
/** One call to either CRM. */
const sampleSize = 50;
/** Batches of a first pull that may be empty. */
const batchesTried = 3;

export function sampleStore(now: () => Date): SampleStore {
  const kept = new Map<string, { readonly at: number; readonly sample: Promise<Sample> }>();
  return {
    async of(session, object, signal) {
      const key = `${session.connection.id} ${object}`;
      const known = kept.get(key);
      if (known !== undefined && now().getTime() - known.at < keptMs) return known.sample;
      const sample = takeSample(session, object, signal);
      kept.delete(key);
      kept.set(key, { at: now().getTime(), sample });
      for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - keptAtMost))) kept.delete(oldest);
      return sample.catch((error: unknown) => {
        kept.delete(key);
        throw error;
      });
    },
  };
}

async function takeSample(session: Session, object: string, signal: AbortSignal): Promise<Sample> {
  const { database, orgId, connection, connector } = session;
  const fields = await connector.describe(object, signal);
  const place = { connectionId: connection.id, object };
  const ids = await database.transaction(orgId, (tx) => sampleRecordIds(tx, place, sampleSize));
  const records = ids.length > 0 ? await readWhole(session, { object, ids, fields }, signal) : null;
  if (records !== null && records.length > 0) return { object, fields, records };
  return { object, fields, records: await firstRecords(session, { object, fields }, signal) };
}

interface Wish {
  readonly object: string;
  readonly ids: readonly ExternalId[];
  readonly fields: readonly FieldSchema[];
}

/** Every field of some records. Where the CRM refuses them, what was pulled of them last. */
async function readWhole(
  session: Session,
  { object, ids, fields }: Wish,
  signal: AbortSignal,
): Promise<readonly SourceRecord[]> {
  const names = fields.map(({ name }) => name);
  const { connector, connection, database, orgId } = session;
  // A snapshot is read as a whole, never by id.
  const isReadable = session.definition.objects.some((one) => one.object === object && one.lanes.includes('live'));
  if (!isReadable) return [];
  try {
    return await connector.read({ object, ids, fields: names, signal });
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    const place = { connectionId: connection.id, object };
    const images = await database.transaction(orgId, (tx) => readImages(tx, place, ids));
    return images.map(asRecord);
  }
}

function asRecord(image: StoredImage): SourceRecord {
  return { ...image, mergedIds: [], companyId: null, successor: null };
}

/** Scored by both mappings in about a second. */
const imagesAtMost = 2_000;

/** As they were pulled last by the mapping in force: of small organisations these are all. No call to the CRM. */
export async function pulledRecords(
  tx: Tx,
  place: { readonly connectionId: ConnectionId; readonly object: string; readonly version: number },
): Promise<{ readonly records: readonly SourceRecord[]; readonly isAll: boolean }> {
  const { images, isAll } = await sampleImages(tx, place, imagesAtMost);
  return { records: images.map(asRecord), isAll };
}

/** Before the first sync: what its first batch would bring. */
async function firstRecords(
  { connector, definition, now }: Session,
  { object, fields }: Omit<Wish, 'ids'>,
  signal: AbortSignal,
): Promise<readonly SourceRecord[]> {
  const lanes = definition.objects.find((one) => one.object === object)?.lanes ?? [];
  const lane = lanes.includes('full') ? 'full' : lanes[0];
  if (lane === undefined) return [];
  const batches = connector.pull({
    object,
    lane,
    fields: fields.map(({ name }) => name),
    since: null,
    until: now(),
    held: () => Promise.resolve(new Set()),
    events: [],
    signal,
  });
  let tried = 0;
  for await (const { records } of batches) {
    if (records.length > 0) return records.slice(0, sampleSize);
    tried += 1;
    if (tried === batchesTried) break;
  }
  return [];
}

/** Records that `words` name: among those at hand by whatever they say, else by the id or the address of their person. */
export async function findRecords(
  session: Session,
  sample: Sample,
  words: string,
  signal: AbortSignal,
): Promise<readonly SourceRecord[]> {
  const atHand = sample.records.filter((record) => says(record, words.toLowerCase()));
  if (atHand.length > 0) return atHand;
  const { database, orgId, connection } = session;
  const { object, fields } = sample;
  const known = await database.transaction(orgId, (tx) =>
    findRecordId(tx, { connectionId: connection.id, object }, words),
  );
  if (known !== null) return readWhole(session, { object, ids: [known], fields }, signal);
  // What no CRM would take for an id is not asked for.
  if (!/^(?:\d{1,20}|[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?)$/u.test(words)) return [];
  return readWhole(session, { object, ids: [words], fields }, signal).catch((error: unknown) => {
    if (error instanceof ConnectorError) return [];
    throw error;
  });
}

function says({ externalId, fields }: SourceRecord, lowered: string): boolean {
  return (
    externalId.toLowerCase() === lowered ||
    Object.values(fields).some((value) => typeof value === 'string' && value.toLowerCase().includes(lowered))
  );
}
