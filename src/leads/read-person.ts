import type { ConnectorDefinition } from '../connector-sdk/connector.ts';
import { readHealths } from '../db/queries/health.ts';
import { type LeadConnection, readLeadConnections } from '../db/queries/lead-connections.ts';
import { readScoreHistory, type ScoreChange } from '../db/queries/lead-history.ts';
import { type LeadPush, type LedgerLine, readLeadLedger, readLeadPushes } from '../db/queries/lead-pushes.ts';
import { type LeadRecordRow, type LeadValuesRow, readLeadRecords, readLeadValues } from '../db/queries/lead-records.ts';
import { pausesFor, readPauses } from '../db/queries/pauses.ts';
import { readQuotas } from '../db/queries/read-quotas.ts';
import { readRules, type StoredRules } from '../db/queries/read-rules.ts';
import type { Tx } from '../db/tx.ts';
import { whatRuns } from '../health/what-runs.ts';
import { sameValue } from '../mapping/write-policy.ts';
import type { OutputField } from '../model/lead.ts';
import type { MappingDefinition, ObjectMapping } from '../model/mapping.ts';
import type { ConnectionId, Fields, FieldValue, LeadId } from '../model/values.ts';
import { type QuotaState, quotaStateOf } from '../quota-state.ts';
import { type ExplainedStory, storyOf } from './explain.ts';
import { type FieldSource, fieldSources } from './field-sources.ts';
import { type TriggerDistance, triggerDistances } from './trigger-distance.ts';
import { type ConnectionFacts, type Gate, type RecordFacts, whyNot } from './why-not.ts';

/** Everything that is known of one person. */
export interface Person extends Omit<ExplainedStory, 'pushes' | 'sources' | 'triggers' | 'facts'> {
  readonly details: Omit<LeadValuesRow, 'values'>;
  readonly fields: readonly FieldSource[];
  readonly records: readonly LeadRecordRow[];
  readonly crm: readonly CrmRecord[];
  /** The newest first. */
  readonly history: readonly ScoreChange[];
  readonly ledger: readonly LedgerLine[];
  /** Triggers that hold, by their labels, and what the others still need. */
  readonly triggers: { readonly held: readonly string[]; readonly missing: readonly TriggerDistance[] };
  readonly whyNot: readonly Gate[];
}

/** A CRM record that gets the scores: what it shall have beside what it has, as far as we know. */
export interface CrmRecord extends Pick<
  LeadPush,
  | 'connectionId'
  | 'connection'
  | 'object'
  | 'externalId'
  | 'state'
  | 'lastError'
  | 'availableAt'
  | 'pushedAt'
  | 'runEndedAt'
> {
  readonly fields: readonly CrmField[];
}

export interface CrmField {
  /** In the CRM. */
  readonly name: string;
  /** The value of ours behind it; null where the mapping has changed since. */
  readonly of: OutputField | null;
  readonly wanted: FieldValue;
  readonly has: FieldValue;
  readonly agrees: boolean;
}

export interface PersonContext {
  readonly definitions: readonly ConnectorDefinition[];
  readonly now: Date;
}

/** Null = no such lead. From the database alone: asks no CRM. */
export async function readPerson(tx: Tx, leadId: LeadId, context: PersonContext): Promise<Person | null> {
  const story = await storyOf(tx, leadId, context.now);
  const row = await readLeadValues(tx, leadId);
  if (story === null || row === null) return null;
  const { values, ...details } = row;
  const { pushes: _pushes, sources: _sources, triggers, facts, ...told } = story;
  const records = await readLeadRecords(tx, leadId);
  const pushes = await readLeadPushes(tx, [leadId]);
  const mappings = mappingsOf(await readRules(tx), context.definitions);
  const held = story.breakdowns.find(({ profile }) => profile.kind === 'mql')?.mqlBy ?? [];
  const connections = await connectionFacts(tx, { records, pushes, mappings, now: context.now });
  return {
    ...told,
    details,
    fields: fieldSources(values, speaking(records, mappings), { hasSignup: story.product.signups.length > 0 }),
    records,
    crm: crmRecords(pushes, mappings),
    history: await readScoreHistory(tx, leadId),
    ledger: await readLeadLedger(tx, leadId),
    triggers: {
      held: held.map((id) => triggers.find((trigger) => trigger.id === id)?.label ?? id),
      missing: triggerDistances(triggers, facts, held),
    },
    // Of who was erased nothing is expected; of who was merged it is of the other lead.
    whyNot:
      details.erasedAt === null && details.mergedInto === null
        ? whyNot({ lead: story.lead, triggers, facts, held, connections, now: context.now })
        : [],
  };
}

interface StoredMapping {
  readonly definition: MappingDefinition;
  readonly orders: NonNullable<StoredRules['connections'][number]['orders']>;
}
type Mappings = ReadonlyMap<ConnectionId, StoredMapping>;

/** Of each connection; of one that configures none its connector's own. */
export function mappingsOf({ connections }: StoredRules, definitions: readonly ConnectorDefinition[]): Mappings {
  return new Map(
    connections.flatMap(({ id, kind, definition, orders }) => {
      const own = definition ?? definitions.find((one) => one.kind === kind)?.defaultMapping;
      return own === undefined ? [] : [[id, { definition: own, orders: orders ?? {} }] as const];
    }),
  );
}

function objectOf(
  mappings: Mappings,
  { connectionId, object }: { readonly connectionId: ConnectionId; readonly object: string },
): ObjectMapping {
  return mappings.get(connectionId)?.definition.objects[object] ?? { in: [], out: [] };
}

/** Records that are there say something: the person's own before their company's. */
function speaking(records: readonly LeadRecordRow[], mappings: Mappings) {
  return records
    .filter(({ goneAt, successorId }) => goneAt === null && successorId === null)
    .map((record) => ({ ...record, rules: objectOf(mappings, record).in }));
}

/** Field by field, what we want beside what the CRM had when we last read it or wrote to it. */
export function crmRecords(pushes: readonly LeadPush[], mappings: Mappings): readonly CrmRecord[] {
  return pushes.map((push) => {
    const rules = objectOf(mappings, push).out;
    const { connectionId, connection, object, externalId, state, lastError, availableAt, pushedAt, runEndedAt } = push;
    const place = { connectionId, connection, object, externalId, runEndedAt };
    const outputOf = (name: string): OutputField | null => rules.find(({ to }) => to === name)?.from ?? null;
    return { ...place, state, lastError, availableAt, pushedAt, fields: crmFields(push.wanted, push.remote, outputOf) };
  });
}

function crmFields(wanted: Fields, remote: Fields, outputOf: (name: string) => OutputField | null): CrmField[] {
  return Object.entries(wanted).map(([name, value]) => {
    const has = remote[name] ?? null;
    return { name, of: outputOf(name), wanted: value, has, agrees: sameValue(value, has) };
  });
}

interface Known {
  readonly records: readonly LeadRecordRow[];
  readonly pushes: readonly LeadPush[];
  readonly mappings: Mappings;
  readonly now: Date;
}

async function connectionFacts(tx: Tx, known: Known): Promise<readonly ConnectionFacts[]> {
  const { pushes, now } = known;
  const pauses = await readPauses(tx);
  const healths = new Map((await readHealths(tx, 'connection')).map((row) => [row.id, row]));
  // Only what waits can wait for calls.
  const quotas = pushes.some(({ state }) => state === 'pending') ? await readQuotas(tx, now) : [];
  const waits = new Map(quotas.map((row) => [row.connectionId, quotaStateOf(row, now).waits]));
  return (await readLeadConnections(tx)).map((connection) => {
    const health = healths.get(connection.id) ?? null;
    const own = pausesFor(pauses, { connectionId: connection.id, sourceId: null });
    return {
      name: connection.name,
      pushMode: connection.pushMode,
      runs: whatRuns(own, health, now),
      lastSuccessAt: connection.lastSuccessAt,
      quota: quotaOf(waits.get(connection.id) ?? null),
      records: recordFacts(connection, known),
    };
  });
}

function recordFacts({ id }: LeadConnection, { records, pushes, mappings }: Known): readonly RecordFacts[] {
  const own = records.filter(
    ({ connectionId, kind, successorId }) => connectionId === id && kind === 'lead' && successorId === null,
  );
  return own.map((record) => {
    const { object, externalId, goneAt, goneReason } = record;
    const push = pushes.find(
      (one) => one.connectionId === id && one.object === object && one.externalId === externalId,
    );
    return {
      object,
      externalId,
      gone: goneAt === null ? null : { at: goneAt, reason: goneReason },
      rules: objectOf(mappings, record).out,
      orders: mappings.get(id)?.orders[object] ?? {},
      push: push ?? null,
    };
  });
}

const quotaReasons = {
  share: 'our share is used up',
  account: 'the account has nearly used up its own',
  reserve: 'the rest is kept for a new status or tier',
  crm: 'the CRM takes no more',
} as const;

function quotaOf(wait: QuotaState['waits']): ConnectionFacts['quota'] {
  return wait === null ? null : { until: wait.until, reason: quotaReasons[wait.reason] };
}
