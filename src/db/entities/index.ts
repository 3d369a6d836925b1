import { AccountScore } from './account-score.ts';
import { Alert } from './alert.ts';
import { ApiToken } from './api-token.ts';
import { ApiUsage } from './api-usage.ts';
import { AuditEntry } from './audit-entry.ts';
import { ChangeHint } from './change-hint.ts';
import { CompanyEnrichment } from './company-enrichment.ts';
import { Connection } from './connection.ts';
import { ConnectionHealth, SourceHealth } from './health.ts';
import { Consent } from './consent.ts';
import { ConsoleAccount } from './console-account.ts';
import { ConsoleLink } from './console-link.ts';
import { ConsoleSession } from './console-session.ts';
import { CrmCacheEntry } from './crm-cache-entry.ts';
import { DailyPool } from './daily-pool.ts';
import { DataSource } from './data-source.ts';
import { DeveloperSignup } from './developer-signup.ts';
import { Draft } from './draft.ts';
import { EngagementEvent } from './engagement-event.ts';
import { ErasedAddress } from './erased-address.ts';
import { ExpansionSignal } from './expansion-signal.ts';
import { FieldMapping } from './field-mapping.ts';
import { IngestRequest } from './ingest-request.ts';
import { InternalSignal } from './internal-signal.ts';
import { Lead } from './lead.ts';
import { LeadDay } from './lead-day.ts';
import { LeadScore } from './lead-score.ts';
import { LeadSource } from './lead-source.ts';
import { LifecycleTransition } from './lifecycle-transition.ts';
import { Membership } from './membership.ts';
import { Opportunity } from './opportunity.ts';
import { OpportunityLink } from './opportunity-link.ts';
import { Org } from './org.ts';
import { OrgScoringProfile } from './org-scoring-profile.ts';
import { PassSighting } from './pass-sighting.ts';
import { Pause } from './pause.ts';
import { ProfileTest } from './profile-test.ts';
import { PushLedgerEntry } from './push-ledger-entry.ts';
import { PushState } from './push-state.ts';
import { RecordAlias } from './record-alias.ts';
import { RejectedRecord } from './rejected-record.ts';
import { ScoreBreakdown } from './score-breakdown.ts';
import { ScoreChange } from './score-change.ts';
import { SignInFailure } from './sign-in-failure.ts';
import { SourceRecord } from './source-record.ts';
import { SourceReject } from './source-reject.ts';
import { Stakeholder } from './stakeholder.ts';
import { SyncCursor } from './sync-cursor.ts';
import { SyncRun } from './sync-run.ts';
import { User } from './user.ts';
import { WebhookCount } from './webhook-count.ts';
import { WebhookDelivery } from './webhook-delivery.ts';

/** Every entity of the schema, for the ORM. */
export const entities = [
  AccountScore,
  Alert,
  ApiToken,
  ApiUsage,
  AuditEntry,
  ChangeHint,
  CompanyEnrichment,
  Connection,
  ConnectionHealth,
  Consent,
  ConsoleAccount,
  ConsoleLink,
  ConsoleSession,
  CrmCacheEntry,
  DailyPool,
  DataSource,
  DeveloperSignup,
  Draft,
  EngagementEvent,
  ErasedAddress,
  ExpansionSignal,
  FieldMapping,
  IngestRequest,
  InternalSignal,
  Lead,
  LeadDay,
  LeadScore,
  LeadSource,
  LifecycleTransition,
  Membership,
  Opportunity,
  OpportunityLink,
  Org,
  OrgScoringProfile,
  PassSighting,
  Pause,
  ProfileTest,
  PushLedgerEntry,
  PushState,
  RecordAlias,
  RejectedRecord,
  ScoreBreakdown,
  ScoreChange,
  SignInFailure,
  SourceHealth,
  SourceRecord,
  SourceReject,
  Stakeholder,
  SyncCursor,
  SyncRun,
  User,
  WebhookCount,
  WebhookDelivery,
];
