import { loadDatedEvents } from '../db/queries/load-dated-events.ts';
import { readLeads } from '../db/queries/load-leads.ts';
import { loadSignups, signupsOfLead } from '../db/queries/load-signups.ts';
import { nameLeads, type Named } from '../db/queries/preview-people.ts';
import type { Tx } from '../db/tx.ts';
import { AppError } from '../model/errors.ts';
import type { ProfileKind, ScoringProfile } from '../model/profile.ts';
import type { LeadFacts, ScoreBreakdown } from '../model/score.ts';
import type { LeadId } from '../model/values.ts';
import { compileProfile } from '../scoring/compile.ts';
import { scoreLead } from '../scoring/score.ts';
import { factsOfLead, factsOfSignups } from './compare-people.ts';
import { type Editing, type EditorServices, liveProfile } from './profiles.ts';

/** One lead, by what is in force and by a draft, at the same instant. */
export interface TwoReceipts {
  readonly lead: Named;
  /** Null = the profile scores signups, and the lead is none. */
  readonly scores: {
    readonly live: ScoreBreakdown;
    readonly draft: ScoreBreakdown;
    readonly profile: ScoringProfile;
  } | null;
}

/** @throws AppError `lead-unknown` (fix-config) */
export async function twoReceipts(
  { database, now }: EditorServices,
  { orgId, kind }: Editing,
  { draft, leadId }: { readonly draft: ScoringProfile; readonly leadId: LeadId },
): Promise<TwoReceipts> {
  return database.transaction(orgId, async (tx) => {
    const lead = (await nameLeads(tx, [leadId])).get(leadId);
    if (lead === undefined) throw unknownLead();
    const live = compileProfile((await liveProfile(tx, kind)).profile);
    const candidates = await factsOf[kind](tx, leadId);
    const at = now();
    // Of several signups the best one stands for the person.
    const [best] = candidates
      .map((facts) => ({ facts, live: scoreLead(live, facts, at) }))
      .toSorted((a, b) => b.live.total - a.live.total);
    if (best === undefined) return { lead, scores: null };
    const scored = scoreLead(compileProfile(draft), best.facts, at);
    return { lead, scores: { live: best.live, draft: scored, profile: live.definition } };
  });
}

const factsOf: Readonly<Record<ProfileKind, (tx: Tx, leadId: LeadId) => Promise<readonly LeadFacts[]>>> = {
  async mql(tx, leadId) {
    const leads = await readLeads(tx, [leadId]);
    const events = await loadDatedEvents(tx, [leadId]);
    return leads.map((lead) => factsOfLead(lead, events.get(leadId) ?? []));
  },
  async plg(tx, leadId) {
    const rows = await loadSignups(tx, await signupsOfLead(tx, leadId));
    return rows.map(await factsOfSignups(tx, rows));
  },
};

function unknownLead(): AppError {
  return new AppError('lead-unknown', 'There is no such lead.', {
    recovery: 'fix-config',
    remedy: 'Choose another one; this one may have been merged or erased.',
  });
}
