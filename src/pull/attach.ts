import { attachLeads } from '../db/queries/attach-leads.ts';
import { claimEvents, type PersonOfLead } from '../db/queries/claim-events.ts';
import { allowAddresses } from '../db/queries/erased-addresses.ts';
import { findIdentities } from '../db/queries/find-identities.ts';
import { leadsOfOpportunities, saveOpportunities } from '../db/queries/opportunities.ts';
import { dropPushStates } from '../db/queries/settle-pushes.ts';
import { leadsOfCompanies } from '../db/queries/leads-of-companies.ts';
import { mergeLeads } from '../db/queries/merge-leads.ts';
import { emailPerson } from '../db/queries/save-events.ts';
import { attachUsers } from '../db/queries/attach-users.ts';
import type { UpsertedRecord } from '../db/queries/upsert-source-records.ts';
import type { Tx } from '../db/tx.ts';
import type { ObjectKind } from '../model/records.ts';
import type { LeadId } from '../model/values.ts';
import type { CausedBy } from './change-times.ts';
import { resolveIdentities } from './identity.ts';
import type { AcceptedRecord } from './normalise.ts';
import type { Pipeline } from './pipeline.ts';

export interface WrittenBatch {
  readonly object: string;
  readonly kind: ObjectKind;
  readonly accepted: readonly AcceptedRecord[];
  readonly written: readonly UpsertedRecord[];
}

export interface Attached {
  /** Leads whose score the batch may change. */
  readonly leadIds: readonly LeadId[];
  /** Which changed record is behind each of them; a lead may have several, or none. */
  readonly causes: readonly CausedBy[];
  /** People who were not known before. */
  readonly created: number;
}

/** Ties written records to what they are records of. */
export async function attach(tx: Tx, pipeline: Pipeline, batch: WrittenBatch): Promise<Attached> {
  switch (batch.kind) {
    case 'lead':
      return attachPeople(tx, pipeline, batch);
    case 'company':
      return caused(await leadsOfCompanies(tx, pipeline.connectionId, changedIds(batch)));
    case 'owner':
      await attachUsers(tx, { connectionId: pipeline.connectionId, object: batch.object }, writtenIds(batch));
      return nobody;
    case 'opportunity':
      await saveOpportunities(tx, { connectionId: pipeline.connectionId, object: batch.object }, writtenIds(batch));
      return caused(await leadsOfOpportunities(tx, pipeline.connectionId, changedIds(batch)));
    case 'engagement':
      return nobody;
  }
}

const nobody: Attached = { leadIds: [], causes: [], created: 0 };

function caused(causes: readonly CausedBy[]): Attached {
  return { leadIds: [...new Set(causes.map(({ leadId }) => leadId))], causes, created: 0 };
}

async function attachPeople(tx: Tx, pipeline: Pipeline, batch: WrittenBatch): Promise<Attached> {
  const { connectionId } = pipeline;
  const target = { connectionId, object: batch.object };
  const writtenOf = new Map(batch.written.map((record) => [record.externalId, record]));
  const asked = batch.accepted.flatMap((record) => {
    const written = writtenOf.get(record.externalId);
    const { externalId, email, successor } = record;
    const isMerged = record.mergedIds.length > 0;
    if (written === undefined ? !isMerged : written.leadId !== null && !isMerged && successor === null) return [];
    // A record that absorbs others, or becomes another, competes with them for whose lead survives.
    const isKnown = written === undefined || written.leadId !== null;
    const mergedIds = isKnown ? [...record.mergedIds, externalId] : record.mergedIds;
    return [{ externalId, mergedIds, successor, email, leadId: written?.leadId ?? null }];
  });
  const answers = await findIdentities(tx, target, asked);
  const divided = new Set(answers.filter(({ byRecord }) => byRecord.length > 1).map(({ externalId }) => externalId));
  // One that has come before as it is, and may have been read before its merge was seen: its people may still be several.
  const open = asked.filter(({ externalId }) => writtenOf.has(externalId) || divided.has(externalId));
  const identities = resolveIdentities(open, answers, pipeline.newLeadId);
  await attachLeads(tx, target, identities.newLeads, identities.attachments);
  if (identities.newLeads.length > 0)
    await allowAddresses(
      tx,
      open.flatMap(({ email }) => email ?? []),
    );
  await mergeLeads(tx, identities.merges);
  const succeeded = open.filter(({ successor }) => successor !== null).map(({ externalId }) => externalId);
  await dropPushStates(tx, target, succeeded);
  const leadOf = new Map(identities.attachments.map((one) => [one.externalId, one.leadId]));
  await claimEvents(tx, connectionId, [...peopleOf(open, leadOf), ...readdressed(batch, writtenOf)]);
  const changed = batch.written.filter((record) => record.changed && record.leadId !== null);
  const leadIds = new Set([...changed.flatMap((record) => record.leadId ?? []), ...leadOf.values()]);
  const causes = batch.written.flatMap(({ externalId, leadId: before, changed: isChanged }) => {
    const leadId = leadOf.get(externalId) ?? before;
    return isChanged && leadId !== null ? [{ leadId, externalId }] : [];
  });
  return { leadIds: [...leadIds], causes, created: identities.newLeads.length };
}

/** What scoring can see is different. */
function changedIds(batch: WrittenBatch): string[] {
  return batch.written.filter((record) => record.changed).map((record) => record.externalId);
}

/** Anything is different: a name or an amount that no rule maps, too. */
function writtenIds(batch: WrittenBatch): string[] {
  return batch.written.map((record) => record.externalId);
}

/** Known people who now have another address: events may have come under it before. */
function readdressed(batch: WrittenBatch, writtenOf: ReadonlyMap<string, UpsertedRecord>): PersonOfLead[] {
  return batch.accepted.flatMap(({ externalId, email }) => {
    const { leadId = null, previous = null } = writtenOf.get(externalId) ?? {};
    return leadId === null || email === null || previous?.['email'] === email
      ? []
      : [{ person: emailPerson(email), leadId }];
  });
}

/** Every name under which events of a new person may have been stored before the person was known. */
function peopleOf(
  records: readonly { externalId: string; mergedIds: readonly string[]; email: string | null }[],
  leadOf: ReadonlyMap<string, LeadId>,
): PersonOfLead[] {
  return records.flatMap((record) => {
    const leadId = leadOf.get(record.externalId);
    if (leadId === undefined) return [];
    const names = [
      record.externalId,
      ...record.mergedIds,
      ...(record.email === null ? [] : [emailPerson(record.email)]),
    ];
    return names.map((person) => ({ person, leadId }));
  });
}
