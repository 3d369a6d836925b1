/** A value as the mapping and scoring see it. Dates travel as ISO 8601 strings in UTC; lists keep their order. */
export type FieldValue = string | number | boolean | null | readonly string[];

export type Fields = Readonly<Record<string, FieldValue>>;

export type OrgId = string;
export type ConnectionId = string;
export type SourceId = string;
export type LeadId = string;
export type RunId = string;
/** The CRM's own record id, kept as text: HubSpot ids are 64-bit numbers, Salesforce ids are case-sensitive text. */
export type ExternalId = string;
