import { ProtocolError } from 'leadloop/connector-sdk';

// What HubSpot sends, and only what we read of it. Every value of a property is text or null.

export interface WireRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly archived?: boolean;
  /** Comes back from writes that sent it. */
  readonly objectWriteTraceId?: string;
}

interface WirePaging {
  readonly next?: { readonly after: string };
}

export interface WirePage<T> {
  readonly results: readonly T[];
  readonly paging?: WirePaging;
}

/** `total` counts the hits of the index, before archived records are taken out of `results` (recorded traffic). */
export interface WireSearch extends WirePage<WireRecord> {
  readonly total: number;
}

export interface WireBatch<T> {
  readonly results: readonly T[];
  readonly errors?: readonly WireError[];
}

/** All fields are optional (docs, error handling); which ones come differs from service to service. */
export interface WireError {
  readonly status?: string;
  readonly message?: string;
  readonly category?: string;
  readonly subCategory?: string;
  readonly policyName?: string;
  readonly correlationId?: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
  readonly errors?: readonly (string | WireErrorDetail)[];
}

export interface WireErrorDetail {
  readonly message?: string;
  readonly code?: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

export interface WireProperty {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly fieldType: string;
  readonly groupName: string;
  readonly options?: readonly WireOption[];
  readonly calculated?: boolean;
  readonly hubspotDefined?: boolean;
  readonly modificationMetadata?: { readonly readOnlyValue?: boolean };
}

export interface WireOption {
  readonly label: string;
  readonly value: string;
  readonly displayOrder?: number;
  readonly hidden?: boolean;
}

export interface WireOwner {
  readonly id: string;
  readonly email?: string | null;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly updatedAt?: string;
  readonly archived?: boolean;
}

export interface WireAccount {
  readonly portalId: number;
  readonly accountType: string;
  readonly timeZone: string;
}

export interface WireAssociations {
  readonly from: { readonly id: string };
  /** The documents show numbers, the specification says text. */
  readonly to: readonly { readonly toObjectId: string | number }[];
  readonly paging?: WirePaging;
}

export interface WireForm {
  readonly id: string;
  readonly name: string;
  readonly formType?: string;
}

export interface WireSubmission {
  readonly conversionId?: string;
  /** Milliseconds. */
  readonly submittedAt: number;
  readonly values: readonly { readonly name: string; readonly value: string; readonly objectTypeId?: string }[];
}

export interface WireEmailEvents {
  readonly hasMore: boolean;
  readonly offset?: string;
  readonly events: readonly WireEmailEvent[];
}

export interface WireEmailEvent {
  readonly id: string;
  /** Milliseconds. */
  readonly created: number;
  /** Left out = UNBOUNCE. */
  readonly type?: string;
  readonly recipient: string;
  readonly emailCampaignId?: number;
  /** True where HubSpot takes a machine for the reader. */
  readonly filteredEvent?: boolean;
}

export interface WireToken {
  readonly access_token: string;
  readonly refresh_token: string;
  /** Seconds. */
  readonly expires_in: number;
}

/**
 * The body, if it has the list that every answer of its kind must have.
 * @throws ProtocolError
 */
export function withList<T>(body: T, list: 'results' | 'events', what: string): T {
  if (typeof body === 'object' && body !== null && list in body && Array.isArray(Reflect.get(body, list))) return body;
  throw new ProtocolError(`HubSpot answered ${what} without "${list}".`);
}
