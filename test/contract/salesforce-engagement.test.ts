import { describe, expect, test } from 'vitest';
import { salesforce } from '../../connectors/salesforce/index.ts';
import type { MappingDefinition } from '../../src/connector-sdk/index.ts';
import type { Row } from '../../src/sandbox/salesforce/store/table.ts';
import { createReplica, walk, type Replica, type Walk } from '../support/connector-replica.ts';
import { startSalesforce, type SalesforceCrm } from '../support/connector-salesforce.ts';

const minute = 60_000;
const day = 86_400_000;
const by = 'somebody';

type Values = Parameters<SalesforceCrm['sandbox']['org']['insert']>[1];

function pull(crm: SalesforceCrm, replica: Replica, step: Partial<Walk> & { object: string }): ReturnType<typeof walk> {
  const { events } = salesforce.defaultMapping;
  const until = new Date(crm.clock.now());
  return walk(crm.open(), replica, { lane: 'live', fields: [], until, events, ...step });
}

/** A replica that has seen everything of an object, and the cursor from which live goes on. */
async function caughtUp(
  crm: SalesforceCrm,
  object: string,
  events?: MappingDefinition['events'],
): Promise<{ replica: Replica; since: string }> {
  const replica = createReplica();
  const since = salesforce.startCursor(object, new Date(crm.clock.now()));
  await pull(crm, replica, { object, lane: 'full', ...(events && { events }) });
  return { replica, since };
}

function insert(crm: SalesforceCrm, object: string, values: Values): Row {
  crm.clock.advance(minute);
  const { org } = crm.sandbox;
  return org.insert(org.table(object).object, values, { by });
}

function edit(crm: SalesforceCrm, row: Row, values: Values): void {
  crm.clock.advance(minute);
  crm.sandbox.org.update(row, values, { by });
}

function called(crm: SalesforceCrm, to: string): Values {
  return {
    WhoId: to,
    TaskSubtype: 'Call',
    Subject: 'Call',
    IsClosed: true,
    CompletedDateTime: crm.clock.now(),
  };
}

function peopleOf(replica: Replica, id: string): readonly string[] | undefined {
  return replica.events.get(id)?.contactIds;
}

describe('what counts no more is taken back', () => {
  test('a task that is opened again, a deleted one, and one that has lost its person', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const [lead = ''] = crm.ids();
    const tasks = [1, 2, 3, 4].map(() => insert(crm, 'Task', called(crm, lead)));
    const [reopened, deleted, orphan, kept] = tasks as [Row, Row, Row, Row];
    const { replica, since } = await caughtUp(crm, 'Task');
    for (const { id } of tasks) expect(peopleOf(replica, `Task:${id}`)).toEqual([lead]);

    edit(crm, reopened, { IsClosed: false, CompletedDateTime: null });
    edit(crm, orphan, { WhoId: null });
    crm.clock.advance(minute);
    crm.sandbox.org.delete(deleted, { by });
    const { cursor } = await pull(crm, replica, { object: 'Task', since });
    const left = tasks.filter(({ id }) => replica.events.has(`Task:${id}`));
    expect(left).toEqual([kept]);

    crm.clock.advance(minute);
    crm.sandbox.org.undelete(deleted, { by });
    await pull(crm, replica, { object: 'Task', since: cursor });
    expect(peopleOf(replica, `Task:${deleted.id}`)).toEqual([lead]);
  });

  test('a task that is opened again after a full pass has asked for its job stays so', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const [lead = ''] = crm.ids();
    const [reopened, closed] = [1, 2].map(() => insert(crm, 'Task', called(crm, lead))) as [Row, Row];
    const { replica, since } = await caughtUp(crm, 'Task');
    crm.clock.advance(minute);
    const reopen = async (batch: number): Promise<void> => {
      if (batch > 1) return;
      edit(crm, reopened, { IsClosed: false, CompletedDateTime: null });
      await pull(crm, replica, { object: 'Task', since });
    };
    await pull(crm, replica, { object: 'Task', lane: 'full', meanwhile: reopen });
    expect(peopleOf(replica, `Task:${reopened.id}`)).toBeUndefined();
    expect(peopleOf(replica, `Task:${closed.id}`)).toEqual([lead]);
  });

  test('a campaign member, which has no bin: the full pass asks what was deleted', async () => {
    await using crm = await startSalesforce({ leads: 5 });
    const [lead = ''] = crm.ids();
    const [campaign] = [...crm.sandbox.org.table('Campaign').all()];
    const member = {
      CampaignId: campaign?.id ?? null,
      LeadId: lead,
      HasResponded: true,
      FirstRespondedDate: '2026-11-20',
    };
    const left = insert(crm, 'CampaignMember', member);
    const stays = insert(crm, 'CampaignMember', member);
    const { replica } = await caughtUp(crm, 'CampaignMember');
    expect(replica.events.get(`CampaignMember:${left.id}`)).toMatchObject({
      contactIds: [lead],
      detail: expect.any(String) as string,
    });

    crm.clock.advance(minute);
    crm.sandbox.org.delete(left, { by });
    crm.clock.advance(2 * minute);
    await pull(crm, replica, { object: 'CampaignMember', lane: 'full' });
    expect(replica.events.has(`CampaignMember:${left.id}`)).toBe(false);
    expect(replica.events.has(`CampaignMember:${stays.id}`)).toBe(true);
  });

  test('what was deleted and restored stays', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const [lead = ''] = crm.ids();
    const task = insert(crm, 'Task', called(crm, lead));
    crm.sandbox.org.delete(task, { by });
    crm.clock.advance(minute);
    crm.sandbox.org.undelete(task, { by });
    crm.clock.advance(2 * minute);
    const { replica } = await caughtUp(crm, 'Task');
    expect(replica.events.has(`Task:${task.id}`)).toBe(true);
  });

  test('what other rules call nothing goes with the pass that they cause', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const [lead = ''] = crm.ids();
    const tool = insert(crm, 'User', {
      Username: 'hub@acme.example',
      LastName: 'HubSpot',
      Name: 'HubSpot',
      Email: 'hub@acme.example',
    });
    const logged = insert(crm, 'Task', { ...called(crm, lead), CreatedById: tool.id });
    const own = insert(crm, 'Task', called(crm, lead));
    const { replica } = await caughtUp(crm, 'Task');
    expect(replica.events.has(`Task:${logged.id}`)).toBe(true);
    await pull(crm, replica, {
      object: 'Task',
      lane: 'full',
      events: [{ object: 'Task', contains: { 'CreatedBy.Name': 'hubspot' }, type: 'nothing' }],
    });
    expect(replica.events.has(`Task:${logged.id}`)).toBe(false);
    expect(replica.events.has(`Task:${own.id}`)).toBe(true);
  });
});

describe('a meeting', () => {
  test('counts when it has begun, not when it was put into the calendar, and no more when it is cancelled', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const [lead = ''] = crm.ids();
    const start = crm.clock.now() + day;
    const meeting = insert(crm, 'Event', { WhoId: lead, Subject: 'Demo', StartDateTime: start });
    const { replica, since } = await caughtUp(crm, 'Event');
    const id = `Event:${meeting.id}`;
    expect(replica.events.has(id)).toBe(false);
    crm.clock.advance(2 * day);
    await pull(crm, replica, { object: 'Event', lane: 'full' });
    expect(replica.events.get(id)).toMatchObject({ type: 'meeting', occurredAt: new Date(start), contactIds: [lead] });
    crm.sandbox.org.delete(meeting, { by });
    crm.clock.advance(minute);
    await pull(crm, replica, { object: 'Event', since });
    expect(replica.events.has(id)).toBe(false);
  });
});

describe('e-mail', () => {
  const opened = (crm: SalesforceCrm): Values => ({
    Incoming: false,
    MessageDate: crm.clock.now(),
    IsTracked: true,
    FirstOpenedDate: crm.clock.now(),
    LastOpenedDate: crm.clock.now() + minute,
    Subject: 'Following up',
    ToAddress: 'somebody@example.org',
    Status: '3',
  });

  test('without relations is the person’s of its task, and nothing personal is kept', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const [lead = ''] = crm.ids();
    const task = insert(crm, 'Task', { ...called(crm, lead), TaskSubtype: 'Email' });
    const mail = insert(crm, 'EmailMessage', { ...opened(crm), ActivityId: task.id });
    const { replica, since } = await caughtUp(crm, 'EmailMessage');
    const id = `EmailMessage:${mail.id}`;
    expect(replica.events.get(`${id}:open`)).toMatchObject({
      type: 'email_open',
      contactIds: [lead],
      detail: null,
      email: null,
    });
    expect(replica.events.get(`${id}:reopen`)).toMatchObject({ type: 'email_open', contactIds: [lead] });
    expect(JSON.stringify([...replica.events.values(), ...replica.records.values()])).not.toMatch(
      /Following|somebody@/,
    );

    edit(crm, mail, { IsBounced: true });
    await pull(crm, replica, { object: 'EmailMessage', since });
    expect([...replica.events.keys()].filter((key) => key.startsWith(id))).toEqual([]);
  });

  test('is its recipients’ or its sender’s, as its relations have them: one call for two hundred messages', async () => {
    await using crm = await startSalesforce({ leads: 4 });
    const [to = '', copied = '', from = '', other = ''] = crm.ids();
    const relate = (mail: Row, RelationType: string, RelationId: string | null): Row =>
      insert(crm, 'EmailMessageRelation', { EmailMessageId: mail.id, RelationType, RelationId });
    const task = insert(crm, 'Task', { ...called(crm, other), TaskSubtype: 'Email' });
    const sent = insert(crm, 'EmailMessage', { ...opened(crm), ActivityId: task.id });
    relate(sent, 'FromAddress', crm.sandbox.org.automationUser);
    relate(sent, 'ToAddress', to);
    relate(sent, 'ToAddress', null);
    relate(sent, 'CcAddress', copied);
    const reply = insert(crm, 'EmailMessage', { ...opened(crm), Incoming: true, ActivityId: task.id });
    relate(reply, 'FromAddress', from);
    relate(reply, 'ToAddress', crm.sandbox.org.automationUser);
    for (let n = 0; n < 210; n += 1) insert(crm, 'EmailMessage', { ...opened(crm), ActivityId: task.id });

    const before = crm.sandbox.requests.entries().length;
    const { replica } = await caughtUp(crm, 'EmailMessage');
    expect(peopleOf(replica, `EmailMessage:${sent.id}:open`)).toEqual([to]);
    expect(peopleOf(replica, `EmailMessage:${reply.id}:reply`)).toEqual([from]);
    expect(replica.events.has(`EmailMessage:${reply.id}:open`)).toBe(false);
    const asked = crm.sandbox.requests
      .entries()
      .slice(before)
      .map(({ url }) => decodeURIComponent(url));
    const counted = new Set([...replica.events.values()].map(({ externalId }) => externalId.split(':')[1]));
    expect(asked.filter((url) => url.includes('FROM EmailMessageRelation'))).toHaveLength(
      Math.ceil(counted.size / 200),
    );
  });
});

describe('a shared activity', () => {
  test('is everybody’s whom Salesforce names; one that is not shared costs no call', async () => {
    await using crm = await startSalesforce({ leads: 4 });
    const [first = '', second = ''] = crm.ids();
    for (const object of ['Task', 'Event']) {
      const values = object === 'Task' ? called(crm, first) : { WhoId: first, StartDateTime: crm.clock.now() };
      const alone = insert(crm, object, values);
      const shared = insert(crm, object, { ...values, WhoCount: 2 });
      for (const RelationId of [first, second]) {
        insert(crm, `${object}WhoRelation`, { [`${object}Id`]: shared.id, RelationId });
      }
      const before = crm.sandbox.requests.entries().length;
      const { replica } = await caughtUp(crm, object);
      expect(peopleOf(replica, `${object}:${alone.id}`)).toEqual([first]);
      expect(peopleOf(replica, `${object}:${shared.id}`)).toEqual([first, second]);
      const asked = crm.sandbox.requests
        .entries()
        .slice(before)
        .map(({ url }) => decodeURIComponent(url));
      const related = asked.filter((url) => url.includes(`FROM ${object}WhoRelation`));
      expect(related).toHaveLength(1);
      expect(related[0]).toContain(shared.id);
      expect(related[0]).not.toContain(alone.id);
    }
  });
});
