import { countsAs, type EngagementEvent, type EventRule } from 'leadloop/connector-sdk';
import { instantIn } from '../decode.ts';
import { objectNamed } from '../objects.ts';
import type { WireRecord } from '../wire.ts';

// PURE: what a row of an engagement object says that a person did.

/** `part` tells several things that one row says apart; '' where it says only one. */
export type Occurrence = Pick<EngagementEvent, 'occurredAt' | 'type' | 'detail'> & { readonly part: string };

interface Facts {
  readonly now: Date;
  /** What the event rules make of the row; null = none matches. */
  readonly ruled: EventRule['type'] | null;
}

interface Source {
  /** All that may ever be said of one row. */
  readonly parts: readonly string[];
  readonly read: (row: WireRecord, facts: Facts) => readonly (Occurrence | null)[];
}

/** DATA: what each object tells. */
const sources: Readonly<Record<string, Source>> = {
  // A member who has not responded was only invited.
  CampaignMember: {
    parts: [''],
    read: (row, { ruled }) => [
      row['HasResponded'] === true
        ? occurrence(
            '',
            ruled,
            day(row, 'FirstRespondedDate') ?? instant(row, 'CreatedDate'),
            textAt(row, 'Campaign.Name'),
          )
        : null,
    ],
  },
  // Other tools log forms and e-mail as tasks: the rules tell them. No subject is kept.
  Task: {
    parts: [''],
    read: (row, { ruled }) => [
      row['IsClosed'] === true
        ? occurrence(
            '',
            ruled ?? subtypes[textAt(row, 'TaskSubtype')] ?? null,
            instant(row, 'CompletedDateTime') ?? day(row, 'ActivityDate'),
          )
        : null,
    ],
  },
  // What is still to come is no engagement yet. No stamp moves when it begins: the next full pass finds it.
  Event: {
    parts: [''],
    read: (row, { ruled, now }) => {
      const isAllDay = row['IsAllDayEvent'] === true;
      const start = isAllDay ? day(row, 'ActivityDate', '00') : instant(row, 'StartDateTime');
      if (start === null || start > now) return [null];
      return [occurrence('', ruled ?? 'meeting', isAllDay ? day(row, 'ActivityDate') : start)];
    },
  },
  // Salesforce keeps the first and the last opening, and counts none between. What bounced nobody has read.
  EmailMessage: {
    parts: ['open', 'reopen', 'reply'],
    read: (row, { ruled }) => {
      if (row['IsBounced'] === true) return [];
      if (row['Incoming'] === true) return [occurrence('reply', ruled ?? 'email_reply', instant(row, 'MessageDate'))];
      const first = instant(row, 'FirstOpenedDate');
      const last = instant(row, 'LastOpenedDate');
      return [
        occurrence('open', ruled ?? 'email_open', first),
        first !== null && last !== null && last > first ? occurrence('reopen', ruled ?? 'email_open', last) : null,
      ];
    },
  },
};

/** DATA: tasks that no rule matches. Salesforce does not say who wrote an e-mail. */
const subtypes: Readonly<Record<string, EngagementEvent['type']>> = { Call: 'call', Email: 'email' };

/** What a row says, and in `withdrawn` the ids of what it might have said before. What is in the bin says nothing. */
export function occurrencesIn(
  object: string,
  row: WireRecord,
  { rules, now }: { readonly rules: readonly EventRule[]; readonly now: Date },
): { readonly occurrences: readonly Occurrence[]; readonly withdrawn: readonly string[] } {
  const { parts, read } = sources[object] ?? { parts: [], read: () => [] };
  const texts = objectNamed(object).eventTexts.map((name) => [name, textAt(row, name)] as const);
  const ruled = countsAs(rules, object, Object.fromEntries(texts));
  const occurrences = row.IsDeleted === true ? [] : read(row, { now, ruled }).flatMap((one) => one ?? []);
  const said = new Set(occurrences.map(({ part }) => part));
  return {
    occurrences,
    withdrawn: parts.filter((part) => !said.has(part)).map((part) => eventId(object, row.Id, part)),
  };
}

/** The events that go with a row that is gone. */
export function withdrawnWith(object: string, id: string): readonly string[] {
  return (sources[object]?.parts ?? []).map((part) => eventId(object, id, part));
}

/** A row is one event, whoever its person is: a task that moves to the contact of a converted lead is still the same one. */
export function eventId(object: string, id: string, part: string): string {
  return `${object}:${id}${part === '' ? '' : `:${part}`}`;
}

/** `Campaign.Name` is a field of the parent. Blank where there is none. */
export function textAt(row: WireRecord, path: string): string {
  const [name = '', field] = path.split('.');
  const value = row[name];
  const text = field !== undefined && typeof value === 'object' && value !== null ? value[field] : value;
  return typeof text === 'string' ? text : '';
}

function occurrence(
  part: string,
  type: EventRule['type'] | null,
  occurredAt: Date | null,
  detail = '',
): Occurrence | null {
  if (type === null || type === 'nothing' || occurredAt === null) return null;
  return { part, type, occurredAt, detail: detail === '' ? null : detail };
}

function instant(row: WireRecord, field: string): Date | null {
  const at = instantIn(textAt(row, field));
  return at === undefined ? null : new Date(at);
}

/** A date has no zone. Its noon in UTC is on that day from Honolulu to Auckland in winter. */
function day(row: WireRecord, field: string, hour = '12'): Date | null {
  const text = textAt(row, field);
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? instantIn(`${text}T${hour}:00:00Z`) : undefined;
  return at === undefined ? null : new Date(at);
}
