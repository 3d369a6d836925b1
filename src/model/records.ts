import type { EngagementEvent } from './engagement.ts';
import type { ExternalId, Fields } from './values.ts';

/** What a CRM object is to us. */
export type ObjectKind = 'lead' | 'company' | 'owner' | 'opportunity' | 'engagement';

export interface RecordKey {
  readonly object: string;
  readonly externalId: ExternalId;
}

/** A record as pulled, in CRM field names, decoded by the CRM's own field types. */
export interface SourceRecord {
  readonly object: string;
  readonly externalId: ExternalId;
  readonly modifiedAt: Date;
  readonly fields: Fields;
  /** Ids of records that this one has absorbed by a merge, oldest first. */
  readonly mergedIds: readonly ExternalId[];
  readonly companyId: ExternalId | null;
  /**
   * The record that this one has become, such as the contact of a converted lead; null = none. Both are the same person, this
   * one stays readable, and only its successor is written to.
   */
  readonly successor: RecordKey | null;
}

/** A record that is there no more. `archived` can come back; `erased` was deleted for privacy or for good. */
export interface Tombstone {
  readonly object: string;
  readonly externalId: ExternalId;
  readonly reason: 'archived' | 'erased' | 'merged';
  readonly mergedInto: ExternalId | null;
}

/** A record that could not be read or mapped: kept with its reason, and replayable. */
export interface RejectedRecord {
  readonly object: string;
  readonly externalId: ExternalId;
  readonly stage: 'decode' | 'map' | 'push';
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
  /** `reject`: the record was left out. `null`: the one value was left out and the record went on. */
  readonly effect: 'reject' | 'null';
  readonly fields: Fields;
}

export type FieldType = 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'option' | 'options';

/** A field of a CRM object as the CRM describes it today. */
export interface FieldSchema {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  /** In the CRM's own order; empty where the field has no fixed set. */
  readonly options: readonly string[];
  readonly readOnly: boolean;
  /** Computed by the CRM: its changes do not move the modified stamp. */
  readonly calculated: boolean;
  readonly custom: boolean;
}

/** A field that we want to exist in the CRM. */
export interface FieldSpec {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: FieldType;
  readonly options: readonly string[];
  /** Characters that a text needs; null = more than a short one has. */
  readonly maxLength: number | null;
}

/** A person's part in an opportunity. `externalId` names the role, or the conversion that made it; stable at the source. */
export interface OpportunityLink {
  readonly externalId: string;
  /** The id of the person's record. */
  readonly personId: ExternalId;
  readonly opportunityId: ExternalId;
}

export interface PulledPage {
  readonly records: readonly SourceRecord[];
  readonly rejected: readonly RejectedRecord[];
  readonly tombstones: readonly Tombstone[];
  readonly events: readonly EngagementEvent[];
  /** Ids of events that count no more: the activity was deleted, reopened, or counts as something else. Unknown ones are ignored. */
  readonly withdrawn: readonly string[];
  readonly links: readonly OpportunityLink[];
}

export const emptyPage: PulledPage = {
  records: [],
  rejected: [],
  tombstones: [],
  events: [],
  withdrawn: [],
  links: [],
};
