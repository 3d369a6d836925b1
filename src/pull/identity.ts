/** PURE. Which lead is this record? By the ids that it absorbed, then by its address; otherwise it is a new person. */
import type { IdentityAnswer, IdentityQuestion, KnownLead } from '../db/queries/find-identities.ts';
import type { Attachment } from '../db/queries/attach-leads.ts';
import type { LeadMerge } from '../db/queries/merge-leads.ts';
import { leadStatuses, type LeadStatus } from '../model/lead.ts';
import type { LeadId } from '../model/values.ts';

export interface Identities {
  readonly attachments: readonly Attachment[];
  readonly newLeads: readonly LeadId[];
  /** Two leads that turn out to be one person. */
  readonly merges: readonly LeadMerge[];
}

export interface UnknownRecord extends IdentityQuestion {
  /** The lead that the record is tied to already; null = none. Only records with merged ids come with one. */
  readonly leadId: LeadId | null;
}

/**
 * Records of one batch, in pull order. A record that has a lead keeps it, unless a merge in the CRM brings another: then
 * the one that sales have taken further survives, and among equals the older.
 */
export function resolveIdentities(
  records: readonly UnknownRecord[],
  answers: readonly IdentityAnswer[],
  newLeadId: () => LeadId,
): Identities {
  const answerOf = new Map(answers.map((answer) => [answer.externalId, answer]));
  const attachments: Attachment[] = [];
  const newLeads: LeadId[] = [];
  const merges: LeadMerge[] = [];
  // An address that this very batch has given a lead: the same person may come twice.
  const inBatch = new Map<string, LeadId>();
  const mergedInto = new Map<LeadId, LeadId>();
  const current = (id: LeadId): LeadId => {
    const next = mergedInto.get(id);
    return next === undefined ? id : current(next);
  };

  for (const record of records) {
    const { byMerge = [], byEmail = [] } = answerOf.get(record.externalId) ?? {};
    const merged = furthestFirst(byMerge).map((lead) => current(lead.leadId));
    const fromEmail = record.email === null ? undefined : (byEmail[0]?.leadId ?? inBatch.get(record.email));
    const known = merged[0] ?? record.leadId ?? fromEmail;
    const leadId = known === undefined ? newLeadId() : current(known);
    if (known === undefined) newLeads.push(leadId);
    if (record.email !== null && !inBatch.has(record.email)) inBatch.set(record.email, leadId);
    for (const absorbed of new Set([...merged.slice(1), ...(record.leadId === null ? [] : [current(record.leadId)])])) {
      if (absorbed === leadId) continue;
      mergedInto.set(absorbed, leadId);
      merges.push({ survivor: leadId, absorbed });
    }
    if (leadId !== record.leadId) attachments.push({ externalId: record.externalId, leadId });
  }
  return { attachments, newLeads, merges };
}

/** How far sales have taken a lead; recycled and disqualified are decisions too, so they outrank what marketing did. */
const progress: readonly LeadStatus[] = ['new', 'engaged', 'mql', 'recycled', 'disqualified', 'sql', 'opportunity'];

function furthestFirst(leads: readonly KnownLead[]): readonly KnownLead[] {
  const rank = (lead: KnownLead): number => progress.indexOf(leadStatuses.find((one) => one === lead.status) ?? 'new');
  return leads.toSorted(
    (a, b) => rank(b) - rank(a) || +new Date(a.createdAt) - +new Date(b.createdAt) || a.leadId.localeCompare(b.leadId),
  );
}
