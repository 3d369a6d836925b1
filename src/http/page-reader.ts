/** What the page asks for, and in which form it gets it. `read-page.ts` reads it from the database and the CRM. */
import type { LeadStory } from '../db/queries/explain-lead.ts';
import type { ProductStory } from '../plg/explain-product.ts';
import type { LeadStatus, OutputField } from '../model/lead.ts';
import type { ScoringProfile, Trigger } from '../model/profile.ts';
import type { RunStatus, SyncCounts } from '../model/run.ts';
import type { ExternalId, FieldValue, LeadId, OrgId, RunId } from '../model/values.ts';

export interface PageReader {
  orgs(): Promise<readonly PageOrg[]>;
  overview(orgId: OrgId): Promise<Overview>;
  leads(orgId: OrgId, query: LeadQuery): Promise<LeadPage>;
  signups(orgId: OrgId, query: SignupQuery): Promise<SignupPage>;
  /** Null = no such lead. */
  receipt(orgId: OrgId, leadId: LeadId): Promise<Receipt | null>;
}

export interface PageOrg {
  readonly id: OrgId;
  readonly slug: string;
}

export interface Overview {
  readonly connections: readonly ConnectionState[];
  /** Leads by status; without those that were merged or erased. */
  readonly leads: Readonly<Partial<Record<LeadStatus, number>>>;
  /** Names of the tiers of the active profile, highest first. */
  readonly tiers: readonly string[];
}

export interface ConnectionState {
  readonly name: string;
  readonly kind: string;
  readonly baseUrl: string | null;
  readonly schedule: string | null;
  /** Why it does not run now, or not in one direction: a person's word, or what it waits for; null = it runs. */
  readonly pausedReason: string | null;
  readonly pushMode: 'plan' | 'auto';
  /** The latest, which may be under way. */
  readonly lastRun: LastRun | null;
  /** Until then the scores in the CRM are right. */
  readonly succeededAt: Date | null;
  /** Null = only by hand. */
  readonly nextRunAt: Date | null;
  readonly pendingWrites: number;
  readonly rejected: number;
  /** Of the account's latest day on which we called it. */
  readonly apiCallsToday: number;
}

export interface LastRun {
  readonly id: RunId;
  readonly status: RunStatus;
  readonly counts: Partial<SyncCounts>;
  readonly failure: { readonly code: string; readonly message: string; readonly remedy?: string } | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export interface LeadQuery {
  readonly status: LeadStatus | null;
  readonly tier: string | null;
  /** Words in name, address, title or company; null = all. */
  readonly search: string | null;
  readonly after: LeadKey | null;
}

/** Where a page of leads ends: the place in the order by score, highest first. */
export interface LeadKey {
  readonly score: number;
  readonly id: LeadId;
}

export interface SignupQuery {
  readonly tier: string | null;
  readonly after: LeadKey | null;
}

export interface SignupPage {
  readonly signups: readonly SignupLine[];
  /** Null on the last page. */
  readonly next: LeadKey | null;
  /** Names of the tiers of the product profile, highest first. */
  readonly tiers: readonly string[];
}

/** Columns of `lead_dashboard`, and the lead behind the signup. */
export interface SignupLine {
  readonly developer_id: string;
  readonly leadId: LeadId | null;
  readonly email: string;
  readonly champion_name: string | null;
  readonly company_domain: string | null;
  readonly company_name: string | null;
  readonly industry: string | null;
  readonly employee_count: number | null;
  readonly project_count: number | null;
  readonly billing_tier: string | null;
  readonly api_calls_30d: number | null;
  readonly api_call_growth_pct: number | null;
  readonly features_used: readonly string[];
  readonly total_score: number;
  readonly tier: string;
  readonly suggested_action: string | null;
}

export interface LeadPage {
  readonly leads: readonly LeadLine[];
  /** Null on the last page. */
  readonly next: LeadKey | null;
  /** When the values of the CRM were read; null where nothing was to read. */
  readonly readAt: Date | null;
  /** Why they could not be read; null = they could. */
  readonly problem: string | null;
}

export interface LeadLine {
  readonly id: LeadId;
  readonly name: string | null;
  readonly email: string | null;
  readonly companyName: string | null;
  readonly title: string | null;
  readonly status: LeadStatus;
  readonly segment: string | null;
  readonly score: number;
  readonly tier: string | null;
  readonly reason: string | null;
  /** One for each CRM record that gets the score. */
  readonly crm: readonly CrmRecord[];
}

export interface CrmRecord {
  readonly connection: string;
  readonly object: string;
  readonly externalId: ExternalId;
  readonly state: 'settled' | 'pending' | 'claimed' | 'dead';
  readonly lastError: string | null;
  /** Whether `fields` are the CRM's own answer; else what it had when we last read it or wrote to it. */
  readonly isReadBack: boolean;
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

/** Everything about one lead. */
export interface Receipt extends Omit<LeadStory, 'pushes'> {
  readonly product: ProductStory;
  readonly crm: readonly CrmRecord[];
  readonly readAt: Date | null;
  readonly problem: string | null;
  readonly tiers: ScoringProfile['tiers'];
  readonly triggers: readonly Trigger[];
  /** Newest first. */
  readonly history: readonly ScoreChange[];
  /** Newest first. */
  readonly ledger: readonly LedgerLine[];
}

export interface ScoreChange {
  readonly kind: string;
  readonly before: number | null;
  readonly total: number;
  readonly tier: string;
  readonly reason: string;
  readonly at: Date;
}

export interface LedgerLine {
  readonly connection: string;
  readonly field: string;
  readonly before: FieldValue;
  readonly after: FieldValue;
  readonly why: string;
  readonly sentAt: Date;
  /** Null = in doubt: the process died before the answer. */
  readonly outcome: 'applied' | 'kept' | 'deferred' | 'rejected' | 'gone' | null;
  readonly outcomeReason: string | null;
}
