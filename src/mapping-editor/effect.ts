/** PURE. What a lead would score if one of its records were read by another mapping: the same merge and the same engine as a sync. */
import type { StoredEvent } from '../db/queries/load-dated-events.ts';
import type { StoredContribution, StoredLead } from '../db/queries/load-leads.ts';
import type { CompiledMapping } from '../mapping/compile.ts';
import { normaliseRecord } from '../mapping/normalise.ts';
import type { ObjectKind, SourceRecord } from '../model/records.ts';
import type { ScoreBreakdown } from '../model/score.ts';
import type { ConnectionId, Fields } from '../model/values.ts';
import { distinctEvents } from '../pull/distinct-events.ts';
import { leadValuesOf, recordKey } from '../pull/lead-values.ts';
import type { ScoringContext } from '../pull/pipeline.ts';
import { scoreLead } from '../scoring/score.ts';

/** A record with the lead that it speaks of. */
export interface RecordOfLead {
  readonly connectionId: ConnectionId;
  readonly kind: ObjectKind;
  readonly record: SourceRecord;
  /** Null = it was never pulled: what it alone says is scored. */
  readonly lead: StoredLead | null;
  readonly events: readonly StoredEvent[];
}

/** Null = the mapping rejects the record. */
export function scoreBy(mapping: CompiledMapping, of: RecordOfLead, context: ScoringContext): ScoreBreakdown | null {
  const read = normaliseRecord(mapping, of.record);
  if ('rejected' in read) return null;
  const lead = withRecord(of, read.values);
  const connection = { kind: context.connections.get(of.connectionId)?.kind ?? '', mapping };
  const connections = new Map(context.connections).set(of.connectionId, connection);
  const key = recordKey({ ...of.record, connectionId: of.connectionId });
  const before = of.lead?.contributions.find((one) => isOf(one, of))?.mapped ?? null;
  const { facts } = leadValuesOf({ ...lead, events: of.events }, connections, new Map([[key, before]]));
  const known = { leadId: lead.leadId, values: facts, baseline: lead.baseline, events: distinctEvents(of.events) };
  return scoreLead(context.profile, known, context.at);
}

function isOf(one: StoredContribution, { connectionId, record }: RecordOfLead): boolean {
  return one.connectionId === connectionId && one.object === record.object && one.externalId === record.externalId;
}

function withRecord(of: RecordOfLead, mapped: Fields): StoredLead {
  const { lead, connectionId, kind, record } = of;
  const { object, externalId, modifiedAt } = record;
  const leadId = lead?.leadId ?? externalId;
  const own: StoredContribution = { leadId, connectionId, object, externalId, kind, modifiedAt, mapped, gone: false };
  if (lead === null) return { ...unknownLead, leadId, contributions: [own] };
  return { ...lead, contributions: [...lead.contributions.filter((one) => !isOf(one, of)), own] };
}

const unknownLead: Omit<StoredLead, 'leadId' | 'contributions'> = {
  status: 'new',
  episode: 1,
  baseline: null,
  mqlDate: null,
  crmStatus: null,
  values: {},
  score: null,
  eventTotals: {},
  signups: [],
};
