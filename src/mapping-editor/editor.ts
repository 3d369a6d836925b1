/** What the editor of a mapping asks for that needs the CRM. Nothing here writes, in the database or in the CRM. */
import { openConnection, type SessionServices } from '../connection.ts';
import { answerOf, type Unanswered } from '../crm-answer.ts';
import { compileMapping } from '../mapping/compile.ts';
import { type FieldSample, sampleFields } from '../mapping/sample.ts';
import { type Suggestion, suggestRules } from '../mapping/suggest.ts';
import { AppError } from '../model/errors.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import type { FieldSchema, SourceRecord } from '../model/records.ts';
import { holdAgainstCrm } from '../pull/prepare.ts';
import { type Breakage, breakagesOf, checkDraft, type DraftCheck, type WithSession } from './check-draft.ts';
import { type Consequences, consequencesOf } from './consequences.ts';
import { kindsOf, mappableObjects, openMapping, type OpenMapping, type Place } from './open-mapping.ts';
import { type PreviewedRecord, previewedRecord, type ReadByBoth, readByBoth } from './preview.ts';
import { refuseUnsound } from './publish.ts';
import { findRecords, pulledRecords, type Sample, type SampleStore } from './samples.ts';

export interface EditorServices extends SessionServices {
  readonly samples: SampleStore;
}

export interface LiveFields {
  readonly object: string;
  readonly fields: readonly (FieldSchema & FieldSample)[];
  readonly records: number;
  readonly suggestions: readonly Suggestion[];
}

/** Somebody waits. */
const patienceMs = 20_000;
const previewed = 5;
/** Records that are scored without a pause: others of this process have their turn after a tenth of a second. */
const atOnce = 200;

/** The fields of an object as the CRM has them now, with what a few records say in them. */
export async function liveFields(services: EditorServices, place: Place, object: string): Promise<LiveFields> {
  const mapping = await openMapping(services, place);
  const kind = kindOf(mapping, object);
  const { fields, records } = await sampleFor(services, place, object);
  const said = sampleFields(
    records.map((record) => record.fields),
    fields.map(({ name }) => name),
  );
  const { definition, connector } = mapping;
  const mapped = definition.objects[object]?.in ?? [];
  return {
    object,
    records: records.length,
    fields: fields.map((field) => ({ ...field, ...(said.get(field.name) ?? { filled: 0, samples: [] }) })),
    suggestions: suggestRules({ object, kind, fields, mapped, defaultMapping: connector.defaultMapping }),
  };
}

/** What of the mapping in force the CRM does not have any more, and what breaks by that. */
export async function readDrift(
  services: EditorServices,
  place: Place,
): Promise<{ readonly breakages: readonly Breakage[]; readonly unanswered: Unanswered | null }> {
  const { definition, uses } = await openMapping(services, place);
  const { answer, unanswered } = await answerOf(() =>
    within(services, place)((session, signal) => holdAgainstCrm(session, compileMapping(definition), signal)),
  );
  return { breakages: breakagesOf(definition, answer?.problems ?? [], uses), unanswered };
}

export async function checkMappingDraft(
  services: EditorServices,
  place: Place,
  definition: MappingDefinition,
): Promise<DraftCheck> {
  const { connector } = await openMapping(services, place);
  return checkDraft(connector, definition, within(services, place));
}

/** @throws AppError `mapping-invalid` (fix-config) */
export async function refuseUnsoundDraft(
  services: EditorServices,
  place: Place,
  definition: MappingDefinition,
): Promise<void> {
  const { connector } = await openMapping(services, place);
  const required = connector.objects.filter(({ optional }) => !optional).map(({ object }) => object);
  refuseUnsound(await checkDraft(connector, definition, within(services, place)), required);
}

export interface PreviewWish {
  readonly definition: MappingDefinition;
  readonly object: string;
  /** Null = a few records. */
  readonly search: string | null;
}

export async function previewDraft(
  services: EditorServices,
  place: Place,
  { definition, object, search }: PreviewWish,
): Promise<readonly PreviewedRecord[]> {
  const mapping = await openMapping(services, place);
  kindOf(mapping, object);
  const found = await within(
    services,
    place,
  )(async (session, signal) => {
    const sample = await services.samples.of(session, object, signal);
    return search === null ? sample.records : findRecords(session, sample, search, signal);
  });
  const read = await readByBoth({ ...services, orgId: place.orgId }, mapping, {
    definition,
    records: found.slice(0, previewed),
  });
  return read.map((one) => previewedRecord(definition, one));
}

/** Records of an object on which consequences were counted. */
interface LookedAt {
  readonly object: string;
  readonly records: number;
  /** There are no others. */
  readonly isAll: boolean;
}

export async function consequencesOfDraft(
  services: EditorServices,
  place: Place,
  definition: MappingDefinition,
): Promise<Consequences & { readonly looked: readonly LookedAt[]; readonly check: DraftCheck }> {
  const mapping = await openMapping(services, place);
  const check = await checkDraft(mapping.connector, definition, within(services, place));
  const objects = mappableObjects(mapping.connector)
    .map(({ object }) => object)
    .filter((object) => object in mapping.definition.objects || object in definition.objects);
  const read: ReadByBoth[] = [];
  const looked: LookedAt[] = [];
  for (const object of objects) {
    const { records, isAll } = await recordsToCompare(services, place, {
      mapping,
      definition,
      object,
      isAsked: check.problems !== null,
    });
    for (let at = 0; at < records.length; at += atOnce) {
      const some = { definition, records: records.slice(at, at + atOnce) };
      read.push(...(await readByBoth({ ...services, orgId: place.orgId }, mapping, some)));
    }
    looked.push({ object, records: records.length, isAll });
  }
  return { ...consequencesOf(mapping.definition, definition, read), looked, check };
}

interface Compared {
  readonly mapping: OpenMapping;
  readonly definition: MappingDefinition;
  readonly object: string;
  /** Whether the CRM answers. */
  readonly isAsked: boolean;
}

/** What was pulled, where the draft reads no other fields than the mapping in force; else a few records as the CRM has them. */
async function recordsToCompare(
  services: EditorServices,
  place: Place,
  { mapping, definition, object, isAsked }: Compared,
): Promise<{ readonly records: readonly SourceRecord[]; readonly isAll: boolean }> {
  const known = new Set(readFields(mapping.definition, object));
  if (readFields(definition, object).every((field) => known.has(field))) {
    const { connection, version } = mapping;
    const pulled = await services.database.transaction(place.orgId, (tx) =>
      pulledRecords(tx, { connectionId: connection.id, object, version }),
    );
    if (pulled.records.length > 0) return pulled;
  }
  if (!isAsked) return { records: [], isAll: false };
  // An object that may not be read has no records to look at; the check says so.
  const { answer } = await answerOf(() => sampleFor(services, place, object));
  return { records: answer?.records ?? [], isAll: false };
}

function readFields({ objects }: MappingDefinition, object: string): readonly string[] {
  return objects[object]?.in.flatMap(({ from }) => from) ?? [];
}

function sampleFor(services: EditorServices, place: Place, object: string): Promise<Sample> {
  return within(services, place)((session, signal) => services.samples.of(session, object, signal));
}

function within(services: EditorServices, { orgId, connection }: Place): WithSession {
  return async (work) => {
    const signal = AbortSignal.timeout(patienceMs);
    await using session = await openConnection(services, orgId, connection);
    // Few calls, and a person waits: also where only what is kept for urgent ones is left.
    return await session.urgently(() => work(session, signal));
  };
}

/** @throws AppError `mapping-object-unknown` (fix-config) */
function kindOf({ connector }: OpenMapping, object: string) {
  const kind = kindsOf(connector).get(object);
  const mappable = mappableObjects(connector).map((one) => one.object);
  if (kind !== undefined && mappable.includes(object)) return kind;
  throw new AppError('mapping-object-unknown', `${connector.label} has no object "${object.slice(0, 100)}" to map.`, {
    recovery: 'fix-config',
    remedy: `Use one of: ${mappable.join(', ')}.`,
  });
}
