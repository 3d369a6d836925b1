import { describe, expect, test } from 'vitest';
import { defaultMapping } from '../../../../../connectors/salesforce/default-mapping.ts';
import { occurrencesIn } from '../../../../../connectors/salesforce/engagement/occurrences.ts';
import type { WireRecord } from '../../../../../connectors/salesforce/wire.ts';
import type { EventRule } from '../../../../../src/connector-sdk/index.ts';

const now = new Date('2026-11-22T12:00:00Z');

function said(
  object: string,
  row: Omit<WireRecord, 'Id'>,
  rules: readonly EventRule[] = defaultMapping.events,
): unknown[] {
  const { occurrences } = occurrencesIn(object, { Id: 'x1', ...row }, { rules, now });
  return occurrences.map(({ part, type, occurredAt }) => [part, type, occurredAt.toISOString()]);
}

const withdrawn = (object: string, row: Omit<WireRecord, 'Id'>): readonly string[] =>
  occurrencesIn(object, { Id: 'x1', ...row }, { rules: defaultMapping.events, now }).withdrawn;

describe('a campaign member', () => {
  const member = {
    LeadId: '00Q1',
    HasResponded: true,
    Status: 'Responded',
    FirstRespondedDate: '2026-11-20',
    CreatedDate: '2026-11-01T00:00:00.000+0000',
    Campaign: { Name: 'Autumn', Type: 'Demo Request' },
  };

  test('is what type, name and status say, on its own day, whatever the zone', () => {
    expect(said('CampaignMember', member)).toEqual([['', 'demo_request', '2026-11-20T12:00:00.000Z']]);
    expect(said('CampaignMember', { ...member, Campaign: { Name: 'ISTE', Type: 'Trade Show' } })).toEqual([
      ['', 'form_submission', '2026-11-20T12:00:00.000Z'],
    ]);
    expect(said('CampaignMember', { ...member, Status: 'Downloaded', Campaign: null })).toEqual([
      ['', 'content_download', '2026-11-20T12:00:00.000Z'],
    ]);
    expect(
      occurrencesIn('CampaignMember', { Id: 'x1', ...member }, { rules: defaultMapping.events, now }).occurrences,
    ).toMatchObject([{ detail: 'Autumn' }]);
  });

  test('without a date of its response is dated by its creation; without a response it was only invited', () => {
    expect(said('CampaignMember', { ...member, FirstRespondedDate: null })).toEqual([
      ['', 'demo_request', '2026-11-01T00:00:00.000Z'],
    ]);
    expect(said('CampaignMember', { ...member, HasResponded: false })).toEqual([]);
    expect(withdrawn('CampaignMember', { ...member, HasResponded: false })).toEqual(['CampaignMember:x1']);
  });

  test('a rule may ask for several texts at once, and the first that matches counts', () => {
    const rules: readonly EventRule[] = [
      {
        object: 'CampaignMember',
        contains: { 'Campaign.Type': 'webinar', Status: 'attended' },
        type: 'content_download',
      },
      { object: 'CampaignMember', contains: { 'Campaign.Type': 'webinar' }, type: 'nothing' },
      { object: 'CampaignMember', contains: '', type: 'form_submission' },
    ];
    const typeOf = (Type: string, Status: string): unknown[] =>
      said('CampaignMember', { ...member, Status, Campaign: { Name: 'Attended by many', Type } }, rules).map(
        (one) => (one as unknown[])[1],
      );
    expect(typeOf('Webinar', 'Attended')).toEqual(['content_download']);
    expect(typeOf('Webinar', 'Registered')).toEqual([]);
    expect(typeOf('Trade Show', 'Attended')).toEqual(['form_submission']);
  });
});

describe('a task', () => {
  const task = {
    WhoId: '0031',
    IsClosed: true,
    TaskSubtype: 'Call',
    Type: 'Call',
    Subject: 'Call with Ada',
    CompletedDateTime: '2026-11-20T09:00:00.000+0000',
    ActivityDate: '2026-11-18',
    CreatedBy: { Name: 'HubSpot Integration' },
  };

  test('counts when it is closed, by its subtype, and its subject is never kept', () => {
    expect(said('Task', task)).toEqual([['', 'call', '2026-11-20T09:00:00.000Z']]);
    expect(said('Task', { ...task, TaskSubtype: 'Email', CompletedDateTime: null })).toEqual([
      ['', 'email', '2026-11-18T12:00:00.000Z'],
    ]);
    expect(said('Task', { ...task, TaskSubtype: 'Task' })).toEqual([]);
    expect(said('Task', { ...task, IsClosed: false })).toEqual([]);
    expect(JSON.stringify(occurrencesIn('Task', { Id: 'x1', ...task }, { rules: [], now }))).not.toContain('Ada');
  });

  test('that another tool has logged counts as the rules say: as something else, or as nothing', () => {
    const rules: readonly EventRule[] = [
      { object: 'Task', contains: { 'CreatedBy.Name': 'hubspot', Subject: 'submitted' }, type: 'form_submission' },
      { object: 'Task', contains: { 'CreatedBy.Name': 'hubspot' }, type: 'nothing' },
      { object: 'Task', contains: { CallDisposition: 'no answer' }, type: 'nothing' },
    ];
    expect(said('Task', { ...task, Subject: 'Submitted: Pricing' }, rules)).toEqual([
      ['', 'form_submission', '2026-11-20T09:00:00.000Z'],
    ]);
    expect(said('Task', task, rules)).toEqual([]);
    expect(said('Task', { ...task, CreatedBy: { Name: 'Avery' } }, rules)).toEqual([
      ['', 'call', '2026-11-20T09:00:00.000Z'],
    ]);
    expect(said('Task', { ...task, CreatedBy: null, CallDisposition: 'No answer' }, rules)).toEqual([]);
  });
});

describe('an event', () => {
  const meeting = { WhoId: '0031', StartDateTime: '2026-11-20T15:00:00.000+0000', ActivityDate: '2026-11-20' };

  test('is a meeting once it has begun, on the day that it has in the calendar', () => {
    expect(said('Event', meeting)).toEqual([['', 'meeting', '2026-11-20T15:00:00.000Z']]);
    expect(said('Event', { ...meeting, IsAllDayEvent: true, StartDateTime: '2026-11-20T00:00:00.000+0000' })).toEqual([
      ['', 'meeting', '2026-11-20T12:00:00.000Z'],
    ]);
    // All day today: it has begun, though noon is still to come.
    const early = { rules: [], now: new Date('2026-11-20T03:00:00Z') };
    expect(occurrencesIn('Event', { Id: 'x1', ...meeting, IsAllDayEvent: true }, early).occurrences).toHaveLength(1);
  });

  test('that is still to come, or was deleted, is none, and takes back what was counted', () => {
    const tomorrow = { ...meeting, StartDateTime: '2026-11-23T15:00:00.000+0000' };
    expect(said('Event', tomorrow)).toEqual([]);
    expect(withdrawn('Event', tomorrow)).toEqual(['Event:x1']);
    expect(said('Event', { ...meeting, IsDeleted: true })).toEqual([]);
    expect(withdrawn('Event', { ...meeting, IsDeleted: true })).toEqual(['Event:x1']);
  });
});

describe('an e-mail', () => {
  const sent = {
    Incoming: false,
    MessageDate: '2026-11-18T10:00:00.000+0000',
    FirstOpenedDate: '2026-11-18T11:00:00.000+0000',
    LastOpenedDate: '2026-11-18T11:00:00.000+0000',
    Subject: 'Following up',
  };

  test('that was sent counts its first and its last opening, and nothing while nobody has opened it', () => {
    expect(said('EmailMessage', sent)).toEqual([['open', 'email_open', '2026-11-18T11:00:00.000Z']]);
    expect(said('EmailMessage', { ...sent, LastOpenedDate: '2026-11-19T08:00:00.000+0000' })).toEqual([
      ['open', 'email_open', '2026-11-18T11:00:00.000Z'],
      ['reopen', 'email_open', '2026-11-19T08:00:00.000Z'],
    ]);
    expect(said('EmailMessage', { ...sent, FirstOpenedDate: null, LastOpenedDate: null })).toEqual([]);
    expect(said('EmailMessage', { ...sent, IsBounced: true })).toEqual([]);
  });

  test('that came in is a reply, unless a machine wrote it', () => {
    expect(said('EmailMessage', { ...sent, Incoming: true })).toEqual([
      ['reply', 'email_reply', '2026-11-18T10:00:00.000Z'],
    ]);
    expect(said('EmailMessage', { ...sent, Incoming: true, Subject: 'Automatic reply: Following up' })).toEqual([]);
  });

  test('takes back what it does not say', () => {
    expect(withdrawn('EmailMessage', sent)).toEqual(['EmailMessage:x1:reopen', 'EmailMessage:x1:reply']);
  });
});
