/** PURE. When a CRM changed what a score follows from: what freshness is measured from. */
import type { ExternalId, LeadId } from '../model/values.ts';

/** The oldest change of each lead, by its id, or of each company, by its domain. */
export type ChangeTimes = ReadonlyMap<string, Date>;

export const noChange: ChangeTimes = new Map();

/** A lead that has changed, and the record that did it. */
export interface CausedBy {
  readonly leadId: LeadId;
  readonly externalId: ExternalId;
}

export function oldestOf(changes: Iterable<readonly [subject: string, at: Date]>): ChangeTimes {
  const oldest = new Map<string, Date>();
  for (const [subject, at] of changes) {
    const known = oldest.get(subject);
    if (known === undefined || at < known) oldest.set(subject, at);
  }
  return oldest;
}

/**
 * When the changes of a batch were made; none where `since` is null, for then it shows what has been so for long: a first read, a
 * full pass, another mapping. An event that somebody dates back is no older than the look before, which did not find it.
 */
export function changeTimes(batch: {
  readonly since: Date | null;
  /** When each record was modified last. */
  readonly modifiedAt: ReadonlyMap<ExternalId, Date>;
  readonly causes: readonly CausedBy[];
  readonly events: readonly { readonly leadId: LeadId; readonly occurredAt: Date }[];
}): ChangeTimes {
  const { since } = batch;
  if (since === null) return noChange;
  const ofRecords = batch.causes.flatMap(({ leadId, externalId }): [LeadId, Date][] => {
    const at = batch.modifiedAt.get(externalId);
    return at === undefined ? [] : [[leadId, at]];
  });
  const ofEvents = batch.events.map(({ leadId, occurredAt }): [LeadId, Date] => [
    leadId,
    occurredAt < since ? since : occurredAt,
  ]);
  return oldestOf([...ofRecords, ...ofEvents]);
}

/** The same of companies whose records have changed: of those that the record belongs to, and did before. */
export function companyChangeTimes(
  since: Date | null,
  records: readonly { readonly modifiedAt: Date; readonly domains: readonly string[] }[],
): ChangeTimes {
  if (since === null) return noChange;
  return oldestOf(
    records.flatMap(({ modifiedAt, domains }) => domains.map((domain): [string, Date] => [domain, modifiedAt])),
  );
}
