/** One page of people, scored by two profiles at one instant, by the engine that scores them. Changes nothing. */
import { loadCompanies } from '../db/queries/load-companies.ts';
import { loadDatedEvents, type StoredEvent } from '../db/queries/load-dated-events.ts';
import { type KnownLead, readLeads } from '../db/queries/load-leads.ts';
import { loadSignups, type SignupRow } from '../db/queries/load-signups.ts';
import { countRecords } from '../db/queries/preview-people.ts';
import type { Tx } from '../db/tx.ts';
import type { ProfileKind } from '../model/profile.ts';
import type { LeadFacts, ScoreBreakdown } from '../model/score.ts';
import { CompanyFacts, domainsOf, factsOfSignup } from '../plg/facts-of.ts';
import { distinctEvents } from '../pull/distinct-events.ts';
import type { ComparedPerson, Outcome } from '../scoring/compare.ts';
import type { CompiledProfile } from '../scoring/compile.ts';
import { scoreComponents, scoreLead } from '../scoring/score.ts';

export interface Contest {
  readonly live: CompiledProfile;
  readonly draft: CompiledProfile;
  readonly at: Date;
}

type Compare = (tx: Tx, contest: Contest, ids: readonly string[]) => Promise<readonly ComparedPerson[]>;

/** `ids`: of leads, or of signups for the kind plg. */
export const comparePeople: Readonly<Record<ProfileKind, Compare>> = { mql: compareLeads, plg: compareSignups };

async function compareLeads(tx: Tx, { live, draft, at }: Contest, ids: readonly string[]): Promise<ComparedPerson[]> {
  const leads = await readLeads(tx, ids);
  const events = await loadDatedEvents(tx, ids);
  const records = await countRecords(tx, ids);
  return leads.map((lead) => {
    const facts = factsOfLead(lead, events.get(lead.leadId) ?? []);
    return {
      leadId: lead.leadId,
      name: null,
      before: outcomeOf(scoreLead(live, facts, at)),
      after: outcomeOf(scoreLead(draft, facts, at)),
      isEarly: earlyStatuses.includes(lead.status),
      isMql: lead.status === 'mql',
      records: records.get(lead.leadId) ?? 0,
    };
  });
}

/** From these a trigger moves a lead to `mql`. */
const earlyStatuses: readonly KnownLead['status'][] = ['new', 'engaged', 'recycled'];

/** What the marketing profile knows of a lead. */
export function factsOfLead(
  { leadId, values, baseline, signups: [best] }: KnownLead,
  events: readonly StoredEvent[],
): LeadFacts {
  const product = { plg_score: best?.plg_score ?? null, plg_tier: best?.plg_tier ?? null };
  return { leadId, values: { ...values, ...product }, baseline, events: distinctEvents(events) };
}

function outcomeOf({ total, tier, action, segment, reason, mqlBy }: ScoreBreakdown): Outcome {
  return { total, tier, action, segment, reason, qualifies: mqlBy.length > 0 };
}

async function compareSignups(tx: Tx, { live, draft, at }: Contest, ids: readonly string[]): Promise<ComparedPerson[]> {
  const rows = await loadSignups(tx, ids);
  const facts = await factsOfSignups(tx, rows);
  const leadIds = rows.flatMap(({ lead_id }) => lead_id ?? []);
  const records = await countRecords(tx, leadIds);
  const outcome = (profile: CompiledProfile, row: SignupRow): Outcome => {
    const { total, tier, action } = scoreComponents(profile, facts(row), at);
    return { total, tier, action, segment: null, reason: null, qualifies: false };
  };
  return rows.map((row) => ({
    leadId: row.lead_id,
    name: row.full_name ?? row.email,
    before: outcome(live, row),
    after: outcome(draft, row),
    isEarly: false,
    isMql: false,
    records: row.lead_id === null ? 0 : (records.get(row.lead_id) ?? 0),
  }));
}

/** What the product profile knows of signups. */
export async function factsOfSignups(tx: Tx, rows: readonly SignupRow[]): Promise<(row: SignupRow) => LeadFacts> {
  const companies = new CompanyFacts(await loadCompanies(tx, domainsOf(rows)));
  return (row) => ({ leadId: row.lead_id ?? row.id, ...factsOfSignup(row, companies), events: [] });
}
