/** What a mapping that is being edited makes of real records: raw → mapped → score. Writes nothing. */
import type { Session, SessionServices } from '../connection.ts';
import { loadDatedEvents } from '../db/queries/load-dated-events.ts';
import { loadLeads } from '../db/queries/load-leads.ts';
import { leadsOfRecords } from '../db/queries/sample-records.ts';
import { type CompiledMapping, compileMapping } from '../mapping/compile.ts';
import { normaliseRecord } from '../mapping/normalise.ts';
import { type TracedRule, traceRules } from '../mapping/trace.ts';
import type { MappedValues } from '../model/lead.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import type { SourceRecord } from '../model/records.ts';
import type { ScoreBreakdown } from '../model/score.ts';
import type { LeadId } from '../model/values.ts';
import { scoringContext } from '../pull/prepare.ts';
import type { ScoringContext } from '../pull/pipeline.ts';
import { type RecordOfLead, scoreBy } from './effect.ts';
import { kindsOf, type OpenMapping } from './open-mapping.ts';

export interface PreviewedRecord {
  readonly id: string;
  /** Its person's or company's name, address or id. */
  readonly label: string;
  readonly leadId: LeadId | null;
  readonly cells: readonly TracedRule[];
  readonly now: ScoreSide | null;
  readonly draft: ScoreSide | null;
}

interface ScoreSide {
  readonly total: number;
  readonly tier: string;
  readonly segment: string;
  readonly qualifies: boolean;
}

/** A record read by both mappings. */
export interface ReadByBoth {
  readonly of: RecordOfLead;
  readonly before: MappedValues | null;
  readonly after: MappedValues | null;
  readonly now: ScoreBreakdown | null;
  readonly draft: ScoreBreakdown | null;
}

export function previewedRecord(
  definition: MappingDefinition,
  { of, before, after, now, draft }: ReadByBoth,
): PreviewedRecord {
  const said = (field: keyof MappedValues): string | null => textOf(after?.[field]) ?? textOf(before?.[field]);
  const { record, lead } = of;
  return {
    id: record.externalId,
    label: said('name') ?? said('email') ?? said('company_name') ?? record.externalId,
    leadId: lead?.leadId ?? null,
    cells: traceRules(definition, record),
    now: now && sideOf(now),
    draft: draft && sideOf(draft),
  };
}

function textOf(value: MappedValues[keyof MappedValues]): string | null {
  return value === undefined || value === null || value === '' ? null : String(value);
}

function sideOf({ total, tier, segment, mqlBy }: ScoreBreakdown): ScoreSide {
  return { total, tier, segment, qualifies: mqlBy.length > 0 };
}

/** Reads records by the mapping in force and by another one, and scores their leads by both. */
export async function readByBoth(
  {
    database,
    orgId,
    now,
    newId,
    definitions,
  }: Pick<Session, 'database' | 'orgId'> & Pick<SessionServices, 'now' | 'newId' | 'definitions'>,
  mapping: OpenMapping,
  { definition, records }: { readonly definition: MappingDefinition; readonly records: readonly SourceRecord[] },
): Promise<readonly ReadByBoth[]> {
  const context = scoringContext(mapping.rules, { orgId, runId: newId(), at: now() }, definitions);
  const known = await withLeads({ database, orgId }, mapping, records);
  const [before, after] = [compileMapping(mapping.definition), compileMapping(definition)];
  return known.map((of) => compare(of, { before, after }, context));
}

function compare(
  of: RecordOfLead,
  { before, after }: { readonly before: CompiledMapping; readonly after: CompiledMapping },
  context: ScoringContext,
): ReadByBoth {
  return {
    of,
    before: valuesBy(before, of.record),
    after: valuesBy(after, of.record),
    // What was never pulled has no score to compare with.
    now: of.lead === null ? null : scoreBy(before, of, context),
    draft: scoreBy(after, of, context),
  };
}

function valuesBy(mapping: CompiledMapping, record: SourceRecord): MappedValues | null {
  const read = normaliseRecord(mapping, record);
  return 'rejected' in read ? null : read.values;
}

async function withLeads(
  { database, orgId }: Pick<Session, 'database' | 'orgId'>,
  { connection, connector }: OpenMapping,
  records: readonly SourceRecord[],
): Promise<readonly RecordOfLead[]> {
  const kinds = kindsOf(connector);
  const [first] = records;
  if (first === undefined) return [];
  const place = { connectionId: connection.id, object: first.object };
  return database.transaction(orgId, async (tx) => {
    const ids = records.map(({ externalId }) => externalId);
    const leadOf = await leadsOfRecords(tx, place, ids);
    const wanted = [...new Set(leadOf.values())];
    const leads = new Map((await loadLeads(tx, wanted)).map((lead) => [lead.leadId, lead]));
    const events = await loadDatedEvents(tx, wanted);
    return records.map((record) => {
      const leadId = leadOf.get(record.externalId) ?? '';
      const kind = kinds.get(record.object) ?? 'lead';
      const lead = leads.get(leadId) ?? null;
      return { connectionId: connection.id, kind, record, lead, events: events.get(leadId) ?? [] };
    });
  });
}
