import type { EngagementEvent, EngagementType, MappingDefinition, PulledPage } from 'leadloop/connector-sdk';
import { instantIn } from './decode.ts';
import type { WireRecord } from './wire.ts';

// PURE: what a row of an engagement object says that a person did.

type Rules = MappingDefinition['events'];
type Occurrence = Pick<EngagementEvent, 'type' | 'occurredAt' | 'detail'>;

/** DATA: the occurrence in a row; null = nothing that counts. */
const occurrences: Readonly<Record<string, (row: WireRecord, rules: Rules) => Occurrence | null>> = {
  // A member who has not responded was only invited.
  CampaignMember: (row, rules) => {
    if (row['HasResponded'] !== true) return null;
    const campaign = row['Campaign'];
    const [name, type] = typeof campaign === 'object' && campaign !== null ? [campaign['Name'], campaign['Type']] : [];
    const found = ruled(rules, 'CampaignMember', `${text(type)} ${text(name)}`);
    return occurrence(found, day(row['FirstRespondedDate']) ?? instant(row['CreatedDate']), text(name) || null);
  },
  // Other tools log forms and e-mail as tasks: their subjects say so, and the rules read them. No subject is kept.
  Task: (row, rules) => {
    if (row['IsClosed'] !== true) return null;
    const type = ruled(rules, 'Task', text(row['Subject'])) ?? subtypes[text(row['TaskSubtype'])] ?? null;
    return occurrence(type, instant(row['CompletedDateTime']) ?? day(row['ActivityDate']), null);
  },
  // A meeting counts from its booking; one that was logged afterwards, from when it took place.
  Event: (row, rules) => {
    const dates = [instant(row['CreatedDate']), instant(row['StartDateTime'])].flatMap((date) => date ?? []);
    const earliest = dates.toSorted((a, b) => a.getTime() - b.getTime())[0];
    return occurrence(ruled(rules, 'Event', text(row['Subject'])) ?? 'meeting', earliest ?? null, null);
  },
};

/** DATA: tasks that no rule matches. Salesforce does not say who wrote an e-mail. */
const subtypes: Readonly<Record<string, EngagementType>> = { Call: 'call', Email: 'email' };

/** The events of rows, each with its people. What has no person, is in the bin or counts no more is withdrawn. */
export function engagementOf(
  object: string,
  rows: readonly WireRecord[],
  rules: Rules,
): Pick<PulledPage, 'events' | 'withdrawn'> {
  const read = occurrences[object];
  if (read === undefined) return { events: [], withdrawn: [] };
  const events = rows.flatMap((row): EngagementEvent[] => {
    const contactIds = peopleOf(row);
    const found = row.IsDeleted === true || contactIds.length === 0 ? null : read(row, rules);
    // One row, one event: a task that moves to the contact of a converted lead is still the same one.
    return found ? [{ externalId: `${object}:${row.Id}`, quantity: 1, email: null, contactIds, ...found }] : [];
  });
  const counted = new Set(events.map(({ externalId }) => externalId));
  const withdrawn = rows.map(({ Id }) => `${object}:${Id}`).filter((id) => !counted.has(id));
  return { events, withdrawn };
}

/** Leads are 00Q, contacts 003; an activity may also be about an account or an opportunity. */
function peopleOf(row: WireRecord): readonly string[] {
  const ids = [row['LeadId'], row['ContactId'], row['WhoId']];
  return ids.filter((id): id is string => typeof id === 'string' && /^(00Q|003)/.test(id));
}

function ruled(rules: Rules, object: string, name: string): EngagementType | null {
  const rule = rules.find((rule) => rule.object === object && name.toLowerCase().includes(rule.contains.toLowerCase()));
  return rule?.type ?? null;
}

function occurrence(type: EngagementType | null, occurredAt: Date | null, detail: string | null): Occurrence | null {
  return type === null || occurredAt === null ? null : { type, occurredAt, detail };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function instant(value: unknown): Date | null {
  const at = instantIn(text(value));
  return at === undefined ? null : new Date(at);
}

/** A date has no zone. Its noon in UTC is on that day from Honolulu to Auckland in winter. */
function day(value: unknown): Date | null {
  return /^\d{4}-\d\d-\d\d$/.test(text(value)) ? instant(`${text(value)}T12:00:00Z`) : null;
}
