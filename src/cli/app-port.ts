/**
 * What the command line asks of the application. `src/app.ts` implements it; commands know nothing else, so they can be
 * tested without a database and without a CRM. A connection is named as in the configuration, `name` or `org/name` where
 * two organisations use the same name.
 */
import type { Change } from '../config/apply.ts';
import type { Stage } from '../config/demo.ts';
import type { Environment } from '../config/environment.ts';
import type { Settings } from '../config/settings.ts';
import type { CheckFinding } from '../connector-sdk/index.ts';
import type { Examination } from '../doctor/examine.ts';
import type { PauseAnswer, PauseWish, ResumeAnswer } from '../health/pause.ts';
import type { StatusReport } from '../health/status-report.ts';
import type { Showcase } from '../leads/showcase.ts';
import type { ScoredOrg } from '../score-run.ts';
import type { ProductStory } from '../plg/explain-product.ts';
import type { ImportJob, ImportReport } from '../ingest/file/import-file.ts';
import type { OneTimeLink } from '../access/links.ts';
import type { Invitation } from '../access/members.ts';
import type { IssuedToken, TokenWish } from '../access/tokens.ts';
import type { MemberRow } from '../db/queries/memberships.ts';
import type { TokenRow } from '../db/queries/api-tokens.ts';
import type { SourceCheck } from '../source/check-source.ts';
import type { SourceReport } from '../source/run-source.ts';
import type { EngagementType } from '../model/engagement.ts';
import type { LeadStatus } from '../model/lead.ts';
import type { LifecycleTransition } from '../model/lifecycle.ts';
import type { MappingProblem } from '../model/mapping.ts';
import type { ProfileKind, ScoringProfile, Trigger } from '../model/profile.ts';
import type { FieldChange } from '../model/push.ts';
import type { RejectedRecord } from '../model/records.ts';
import type { Lane, RunFailure, RunStatus, SyncCounts } from '../model/run.ts';
import type { ScoreBreakdown } from '../model/score.ts';
import type { ExternalId, Fields, LeadId, RunId } from '../model/values.ts';

export interface App extends AsyncDisposable {
  /** The migrations that were run, in order; none where the schema was current. */
  migrate(): Promise<readonly string[]>;
  /** The configuration as the file says it, with every default filled in. */
  settings(file: string): Promise<Settings>;
  /** Makes the database what the file says, or shows with `dryRun` what that would change. */
  apply(file: string, options: ApplyOptions): Promise<readonly Change[]>;
  /** YAML that `apply` accepts and finds no difference in. */
  export(): Promise<string>;
  /** Of a connection or a source; null = all. */
  check(name: string | null, signal: AbortSignal): Promise<CheckReport>;
  sync(connection: string, options: SyncOptions): Promise<SyncReport>;
  /** What a push would write now, read from the CRM's present state; writes nothing. */
  plan(connection: string, options: { readonly signal: AbortSignal }): Promise<PushPlan>;
  push(connection: string, options: PushOptions): Promise<SyncReport>;
  /** Null = no such lead. `lead` is our id, an e-mail address, or an id of the CRM. */
  explain(lead: string, signal: AbortSignal): Promise<Explanation | null>;
  readonly rejected: {
    list(options: RejectedOptions): Promise<readonly RejectedEntry[]>;
    retry(connection: string | null, options: PushOptions): Promise<SyncReport>;
  };
  /** Takes in a file. */
  import(job: ImportOptions): Promise<ImportReport>;
  /** Reads a source now. */
  importSource(source: string, options: ImportSourceOptions): Promise<SourceReport>;
  /** What lets other programs into the API. `org`: slug; null where there is only one. */
  readonly tokens: {
    create(org: string | null, wish: TokenWish): Promise<IssuedToken>;
    list(org: string | null): Promise<readonly TokenRow[]>;
    revoke(org: string | null, name: string): Promise<void>;
  };
  /** Who may use the console. `org`: slug; null where there is only one. */
  readonly accounts: {
    /** Null = they have a password already, from another organisation. */
    invite(org: string | null, wish: Invitation): Promise<AccountLink | null>;
    /** A new link for a lost password. */
    link(org: string | null, email: string): Promise<AccountLink>;
    list(org: string | null): Promise<readonly MemberRow[]>;
  };
  /** Brings every score to the present profiles and the present day. */
  scoreRun(options: ScorePreviewOptions): Promise<readonly ScoredOrg[]>;
  /** Scores all leads, or all signups, with a profile that is not applied, and changes nothing. Null = every organisation's only one. */
  scorePreview(profile: ScoringProfile, options: ScorePreviewOptions): Promise<ScorePreview>;
  /** Keeps a connection, a source or an organisation from running until `resume`. */
  pause(wish: PauseWish & { readonly reason: string | null }): Promise<PauseAnswer>;
  /** Takes a pause back, and tries at once what waits after failures. */
  resume(wish: PauseWish): Promise<ResumeAnswer>;
  /** How everything stands, from the database alone. `org`: slug; null = every organisation. */
  status(org: string | null): Promise<StatusReport>;
  /** What keeps leadloop from running here: database, schema, keys, locks, and what each CRM says. */
  doctor(examination: Pick<Examination, 'isOffline' | 'signal'>): Promise<readonly CheckFinding[]>;
  /** Some leads and signups with what the CRMs have of them; null = there is no organisation. */
  showcase(): Promise<Showcase | null>;
  /** Runs until the signal is aborted, then drains. */
  serve(options: ServeOptions): Promise<void>;
}

export interface AppOptions {
  readonly configFile: string;
  readonly environment: Environment;
  /** Where the environment says nothing. */
  readonly logLevel: 'info' | 'warn';
  /** `stderr` while the command speaks on stdout. */
  readonly logTo: 'stdout' | 'stderr';
}

export type OpenApp = (options: AppOptions) => Promise<App>;

export interface ApplyOptions {
  readonly dryRun: boolean;
  /** Takes the place of the addresses and secrets of connections that mean a sandbox. */
  readonly stage?: Stage;
}

/** Where somebody chooses a password, once. */
export interface AccountLink extends OneTimeLink {
  readonly url: string;
}

export interface PushOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (event: ProgressEvent) => void;
}

export interface SyncOptions extends PushOptions {
  /** Reads everything again instead of what changed. */
  readonly full: boolean;
  /** Believes a full pass that misses many records: they were deleted on purpose. */
  readonly acceptMissing: boolean;
  readonly pullOnly: boolean;
  /** Plans the push instead of writing. */
  readonly dryRun: boolean;
}

export interface ProgressEvent {
  readonly phase: 'pull' | 'score' | 'push' | 'import';
  readonly object: string;
  /** Null outside a pull. */
  readonly lane: Lane | null;
  readonly done: number;
  /** Null = the CRM does not tell. */
  readonly total: number | null;
  /** Where not the number is known but how far it is: of a file that is read, 0 to 1. */
  readonly share?: number | null;
  readonly apiCalls: number;
}

export interface SyncReport {
  readonly runId: RunId;
  readonly connection: string;
  readonly status: RunStatus;
  readonly counts: SyncCounts;
  readonly objects: readonly ObjectReport[];
  /** What was left out of the run: fields, and records that may not be written. */
  readonly problems: readonly MappingProblem[];
  /** What a person had paused, so that it was left out; null = nothing. */
  readonly paused: string | null;
  readonly failure: (RunFailure & { readonly remedy: string }) | null;
  /** When a run that stopped at a limit may go on. */
  readonly nextTryAt: Date | null;
}

export interface ObjectReport {
  readonly object: string;
  readonly lane: Lane;
  readonly records: number;
  readonly calls: number;
}

export interface PushPlan {
  readonly connection: string;
  readonly records: readonly PlannedRecord[];
  /** The price of the push in API calls. */
  readonly calls: number;
  /** Why the push would not run as it is (the blast radius, a pause, plan mode); null = it would. */
  readonly blocked: { readonly reason: string; readonly remedy: string } | null;
}

export interface PlannedRecord {
  readonly object: string;
  readonly externalId: ExternalId;
  /** Null = the record of a company. */
  readonly leadId: LeadId | null;
  readonly changes: readonly FieldChange[];
}

export interface CheckReport {
  readonly connections: readonly ConnectionCheck[];
  readonly sources: readonly SourceCheck[];
}

export interface ConnectionCheck {
  readonly name: string;
  readonly findings: readonly CheckFinding[];
  /** Null = not held against the CRM, which could not be asked. */
  readonly mapping: readonly MappingProblem[] | null;
}

export interface Explanation {
  readonly lead: ExplainedLead;
  readonly breakdowns: readonly ScoreBreakdown[];
  /** Of the MQL profile, and the facts that they look at (`lead_score` among them). */
  readonly triggers: readonly Trigger[];
  readonly facts: Fields;
  readonly product: ProductStory;
  /** Oldest first. */
  readonly transitions: readonly LifecycleTransition[];
  /** Newest first; the latest few. */
  readonly events: readonly ExplainedEvent[];
  readonly sources: readonly ExplainedSource[];
  readonly pushes: readonly ExplainedPush[];
}

export interface ExplainedLead {
  readonly id: LeadId;
  readonly name: string | null;
  readonly email: string | null;
  readonly companyName: string | null;
  readonly title: string | null;
  readonly status: LeadStatus;
  readonly segment: string | null;
  readonly mqlAt: Date | null;
}

export interface ExplainedEvent {
  readonly type: EngagementType;
  readonly occurredAt: Date;
  readonly quantity: number;
  readonly detail: string | null;
}

/** A CRM record behind the lead. */
export interface ExplainedSource {
  readonly connection: string;
  readonly object: string;
  readonly externalId: ExternalId;
  readonly modifiedAt: Date;
  readonly goneAt: Date | null;
}

/** The three sides of a push: what we want, what the CRM has, what we last wrote. */
export interface ExplainedPush {
  readonly connection: string;
  readonly object: string;
  readonly externalId: ExternalId;
  readonly state: 'settled' | 'pending' | 'claimed' | 'dead';
  readonly wanted: Fields;
  readonly remote: Fields;
  readonly lastError: string | null;
}

export interface RejectedOptions {
  readonly connection: string | null;
  readonly limit: number;
}

export interface RejectedEntry extends Omit<RejectedRecord, 'fields'> {
  readonly connection: string;
  readonly times: number;
  readonly lastSeenAt: Date;
}

export interface ImportOptions extends Omit<ImportJob, 'onProgress'> {
  /** Slug; null where there is only one. */
  readonly org: string | null;
  readonly onProgress: (event: ProgressEvent) => void;
}

export interface ImportSourceOptions extends PushOptions {
  /** Slug; null where the name is enough. */
  readonly org: string | null;
  /** Everything, not only what is new. */
  readonly full: boolean;
}

export type { ImportReport, IssuedToken, PauseAnswer, PauseWish, ResumeAnswer, SourceReport, StatusReport, TokenRow };

export interface ScorePreviewOptions {
  /** Slug; null where there is only one. */
  readonly org: string | null;
  readonly signal: AbortSignal;
  readonly onProgress: (event: ProgressEvent) => void;
}

export interface ScorePreview {
  readonly kind: ProfileKind;
  readonly leads: number;
  /** Leads whose total differs. */
  readonly changed: number;
  /** Ten points a bucket, from 0–9 to 90–100. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly becomeMql: number;
  /** Qualified now, and would not be by the new profile; MQL is latched, so they stay. */
  readonly wouldNotBeMql: number;
  /** The leads that move most, with both totals. */
  readonly movers: readonly { readonly leadId: LeadId; readonly before: number | null; readonly after: number }[];
}

export interface ServeOptions {
  /** Null = all. */
  readonly roles: readonly string[] | null;
  readonly port: number | null;
  readonly host: string | null;
  /** Default true: a port that is taken is an error. Else another one is taken. */
  readonly isPortFixed?: boolean;
  /** Instead of every connection's own; null or absent = their own. */
  readonly schedule?: string | null;
  readonly signal: AbortSignal;
  readonly onListening?: (url: string) => void;
  /** Nobody has an account yet: where the first one is made. */
  readonly onSetUp?: (url: string) => void;
  /** A run has ended. */
  readonly onReport?: (report: SyncReport) => void;
}
