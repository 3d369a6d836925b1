/** PURE. A batch of pulled records, mapped: what can be stored, and what could not be read, with its reason. */
import type { SourceRecordRow } from '../db/queries/upsert-source-records.ts';
import type { CompiledMapping } from '../mapping/compile.ts';
import { normaliseRecord } from '../mapping/normalise.ts';
import type { EngagementEvent } from '../model/engagement.ts';
import type { RejectedRecord, SourceRecord } from '../model/records.ts';
import type { ExternalId, Fields, FieldValue } from '../model/values.ts';

export interface AcceptedRecord extends SourceRecordRow {
  readonly mergedIds: readonly ExternalId[];
  /** Lower case; null where unknown. */
  readonly email: string | null;
  /** The CRM's values of the fields that we write. */
  readonly remote: Fields;
}

export interface Normalised {
  readonly accepted: readonly AcceptedRecord[];
  readonly rejected: readonly RejectedRecord[];
}

export function normalise(records: readonly SourceRecord[], mapping: CompiledMapping): Normalised {
  const accepted: AcceptedRecord[] = [];
  const rejected: RejectedRecord[] = [];
  for (const record of latestPerId(records)) {
    const result = normaliseRecord(mapping, record);
    if ('rejected' in result) {
      rejected.push(result.rejected);
      continue;
    }
    rejected.push(...result.nulled);
    const own = new Set(mapping.objects.get(record.object)?.out.map((rule) => rule.to));
    const { ours, theirs } = split(record.fields, own);
    const email = result.values.email;
    accepted.push({
      externalId: record.externalId,
      modifiedAt: record.modifiedAt,
      fields: theirs,
      mapped: result.values,
      companyId: record.companyId,
      successor: record.successor,
      mergedIds: record.mergedIds,
      email: typeof email === 'string' ? email.toLowerCase() : null,
      remote: ours,
    });
  }
  return { accepted, rejected };
}

/**
 * A page may hold a record twice (it changed while we read); one statement must not meet it twice. What it has absorbed only
 * the copy may say that its loser led to.
 */
function latestPerId(records: readonly SourceRecord[]): Iterable<SourceRecord> {
  const latest = new Map<ExternalId, SourceRecord>();
  for (const record of records) {
    const known = latest.get(record.externalId);
    const mergedIds = [...new Set([...(known?.mergedIds ?? []), ...record.mergedIds])];
    const newer = known === undefined || known.modifiedAt <= record.modifiedAt ? record : known;
    latest.set(record.externalId, { ...newer, mergedIds });
  }
  return latest.values();
}

/** Our own fields are kept apart from the image, so that the echo of our write is no change of the record. */
function split(fields: Fields, own: ReadonlySet<string>): { readonly ours: Fields; readonly theirs: Fields } {
  const ours: Record<string, FieldValue> = {};
  const theirs: Record<string, FieldValue> = {};
  for (const [name, value] of Object.entries(fields)) (own.has(name) ? ours : theirs)[name] = value;
  return { ours, theirs };
}

/** Events whose date no calendar has: one of them would fail the whole batch in the database. */
export function soundEvents(object: string, events: readonly EngagementEvent[]): SoundEvents {
  const isSound = ({ occurredAt }: EngagementEvent): boolean =>
    occurredAt.getTime() >= earliest && occurredAt.getTime() <= latest;
  return {
    events: events.filter(isSound),
    rejected: events
      .filter((event) => !isSound(event))
      .map(({ externalId }) => ({
        object,
        externalId,
        stage: 'decode',
        field: 'occurredAt',
        code: 'invalid-date',
        message: 'the event has a date that no calendar has',
        effect: 'reject',
        fields: {},
      })),
  };
}

interface SoundEvents {
  readonly events: readonly EngagementEvent[];
  readonly rejected: readonly RejectedRecord[];
}

// Years 1 to 9999: what ISO 8601 writes with four digits, and Postgres reads.
const earliest = Date.parse('0001-01-01T00:00:00.000Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');
