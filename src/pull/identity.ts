/** PURE. Which lead is this record? By the records that it absorbed, came from or became, then by its address; else a new person. */
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
  /** The lead that the record is tied to already; null = none. With one, its own id is among `mergedIds`: it competes. */
  readonly leadId: LeadId | null;
}

/**
 * Records of one batch, in pull order. A record that has a lead keeps it, unless a merge or a conversion in the CRM brings
 * another: then the one that sales have taken further survives, and among equals the older.
 */
export function resolveIdentities(
  records: readonly UnknownRecord[],
  answers: readonly IdentityAnswer[],
  newLeadId: () => LeadId,
): Identities {
  const answerOf = new Map(answers.map((answer) => [answer.externalId, answer]));
  const found: Resolution = { attachments: [], newLeads: [], merges: [], byEmail: new Map(), survivors: new Map() };
  for (const record of records) resolve(record, answerOf.get(record.externalId), { found, newLeadId });
  return found;
}

interface Resolution extends Identities {
  readonly attachments: Attachment[];
  readonly newLeads: LeadId[];
  readonly merges: LeadMerge[];
  /** Addresses that this very batch has given a lead: the same person may come twice. */
  readonly byEmail: Map<string, LeadId>;
  /** Leads that this batch has merged away, and into which. */
  readonly survivors: Map<LeadId, LeadId>;
}

function resolve(
  record: UnknownRecord,
  answer: IdentityAnswer | undefined,
  { found, newLeadId }: { readonly found: Resolution; readonly newLeadId: () => LeadId },
): void {
  const merged = furthestFirst(answer?.byRecord ?? []).map(({ leadId }) => survivorOf(leadId, found));
  const known = merged[0] ?? record.leadId ?? leadWithEmail(record, answer, found);
  const leadId = known === null ? newLeadId() : survivorOf(known, found);
  if (known === null) found.newLeads.push(leadId);
  if (record.email !== null && !found.byEmail.has(record.email)) found.byEmail.set(record.email, leadId);
  for (const absorbed of new Set(merged.filter((other) => other !== leadId))) {
    found.survivors.set(absorbed, leadId);
    found.merges.push({ survivor: leadId, absorbed });
  }
  if (leadId !== record.leadId) found.attachments.push({ externalId: record.externalId, leadId });
}

function leadWithEmail({ email }: UnknownRecord, answer: IdentityAnswer | undefined, found: Resolution): LeadId | null {
  return email === null ? null : (answer?.byEmail[0]?.leadId ?? found.byEmail.get(email) ?? null);
}

function survivorOf(leadId: LeadId, found: Resolution): LeadId {
  const survivor = found.survivors.get(leadId);
  return survivor === undefined ? leadId : survivorOf(survivor, found);
}

/** How far sales have taken a lead; recycled and disqualified are decisions too, so they outrank what marketing did. */
const progress: readonly LeadStatus[] = ['new', 'engaged', 'mql', 'recycled', 'disqualified', 'sql', 'opportunity'];

function furthestFirst(leads: readonly KnownLead[]): readonly KnownLead[] {
  const rank = (lead: KnownLead): number => progress.indexOf(leadStatuses.find((one) => one === lead.status) ?? 'new');
  return leads.toSorted(
    (a, b) => rank(b) - rank(a) || +new Date(a.createdAt) - +new Date(b.createdAt) || a.leadId.localeCompare(b.leadId),
  );
}
