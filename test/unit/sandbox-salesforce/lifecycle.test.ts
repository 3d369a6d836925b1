import { describe, expect, it } from 'vitest';
import { first, lead, makeLead, org, V, type TestOrg } from './org.ts';

const NOON = Date.UTC(2026, 2, 2, 12, 0, 0);

function stamp(sandbox: TestOrg, id: string): unknown {
  return sandbox.org.find(id)?.values['SystemModstamp'];
}

async function replicated(
  sandbox: TestOrg,
  kind: 'updated' | 'deleted',
  fromMs: number,
  toMs: number,
): Promise<Record<string, unknown>> {
  const iso = (ms: number): string => encodeURIComponent(new Date(ms).toISOString());
  const { body } = await sandbox.call('GET', `${V}/sobjects/Lead/${kind}/?start=${iso(fromMs)}&end=${iso(toMs)}`);
  return body;
}

describe('stamps', () => {
  it('are whole seconds; users move both, automation one, formulas none', async () => {
    const sandbox = await org({ now: () => NOON + 999 });
    const id = await makeLead(sandbox);
    expect(stamp(sandbox, id)).toBe(NOON);
    sandbox.advance(60_000);
    await sandbox.admin(`records/${id}`, { values: { Email_Opens__c: 4 }, as: 'automation' });
    const [row] = await sandbox.rows('SELECT SystemModstamp, LastModifiedDate FROM Lead');
    expect(row).toMatchObject({
      SystemModstamp: '2026-03-02T12:01:00.000+0000',
      LastModifiedDate: '2026-03-02T12:00:00.000+0000',
    });
    sandbox.advance(86_400_000);
    await sandbox.admin(`records/${id}`, { values: { Email_Opens__c: 5 }, as: 'silent' });
    expect(
      (await sandbox.rows('SELECT SystemModstamp, Email_Opens__c, Days_Since_Created__c FROM Lead'))[0],
    ).toMatchObject({
      SystemModstamp: '2026-03-02T12:01:00.000+0000',
      Email_Opens__c: 5,
      Days_Since_Created__c: 1,
    });
  });
});

describe('deletes', () => {
  it('hide a record from query, not from queryAll; undelete brings it back; the bin empties after 15 days', async () => {
    const sandbox = await org({ now: () => NOON });
    const id = await makeLead(sandbox);
    sandbox.advance(60_000);
    await sandbox.call('DELETE', `${V}/sobjects/Lead/${id}`);
    expect(stamp(sandbox, id)).toBe(NOON + 60_000);
    expect(await sandbox.rows('SELECT Id FROM Lead')).toHaveLength(0);
    const all = async (): Promise<object[]> =>
      (await sandbox.query('SELECT IsDeleted FROM Lead', { all: true })).body.records;
    expect(await all()).toMatchObject([{ IsDeleted: true }]);
    await sandbox.admin(`records/${id}/undelete`);
    expect(await all()).toMatchObject([{ IsDeleted: false }]);
    await sandbox.admin(`records/${id}/delete`);
    sandbox.advance(16 * 86_400_000);
    expect(await all()).toHaveLength(0);
  });

  it('show in getDeleted, also when the bin was emptied at once', async () => {
    const sandbox = await org({ now: () => NOON });
    const [a, b, c] = [await makeLead(sandbox), await makeLead(sandbox), await makeLead(sandbox)];
    await sandbox.call('DELETE', `${V}/sobjects/Lead/${a}`);
    await sandbox.admin(`records/${b}/purge`);
    await sandbox.call('DELETE', `${V}/sobjects/Lead/${c}`);
    await sandbox.admin(`records/${c}/undelete`);
    const body = await replicated(sandbox, 'deleted', NOON - 3_600_000, NOON + 60_000);
    expect(body['deletedRecords']).toMatchObject([{ id: a, deletedDate: '2026-03-02T12:00:00.000+0000' }, { id: b }]);
    expect(body['latestDateCovered']).toBe('2026-03-02T12:00:00.000+0000');
  });

  it('of an account take its contacts with them', async () => {
    const sandbox = await org();
    const AccountId = await sandbox.create('Account', { Name: 'Oak' });
    await sandbox.create('Contact', { LastName: 'Stone', AccountId });
    await sandbox.call('DELETE', `${V}/sobjects/Account/${AccountId}`);
    expect(await sandbox.rows('SELECT Id FROM Contact')).toHaveLength(0);
  });

  it('take activities along, log them, and bring back with the parent what went with it', async () => {
    const sandbox = await org({ now: () => NOON });
    const AccountId = await sandbox.create('Account', { Name: 'Oak' });
    const WhoId = await sandbox.create('Contact', { LastName: 'Stone', AccountId });
    const earlier = await sandbox.create('Task', { WhoId, Subject: 'Old' });
    await sandbox.create('Task', { WhoId, Subject: 'Call' });
    await sandbox.call('DELETE', `${V}/sobjects/Task/${earlier}`);
    sandbox.advance(60_000);
    await sandbox.call('DELETE', `${V}/sobjects/Account/${AccountId}`);
    const deleted = await sandbox.query('SELECT Subject FROM Task WHERE IsDeleted = TRUE', { all: true });
    expect(deleted.body.totalSize).toBe(2);
    await sandbox.admin(`records/${AccountId}/undelete`);
    expect(await sandbox.rows('SELECT LastName FROM Contact')).toMatchObject([{ LastName: 'Stone' }]);
    expect(await sandbox.rows('SELECT Subject FROM Task')).toMatchObject([{ Subject: 'Call' }]);
  });
});

describe('merges', () => {
  it('delete the losers with MasterRecordId, stamp the winner and move the children in silence', async () => {
    const sandbox = await org({ now: () => NOON });
    const [winner, loser] = [await makeLead(sandbox), await makeLead(sandbox)];
    const task = await sandbox.create('Task', { WhoId: loser, Subject: 'Call' });
    sandbox.advance(60_000);
    await sandbox.admin('merge', { winner, losers: [loser] });
    const { body } = await sandbox.query('SELECT Id, IsDeleted, MasterRecordId FROM Lead ORDER BY Id', { all: true });
    expect(body.records).toMatchObject([
      { Id: winner, IsDeleted: false },
      { Id: loser, IsDeleted: true, MasterRecordId: winner },
    ]);
    expect(stamp(sandbox, winner)).toBe(NOON + 60_000);
    expect(stamp(sandbox, task)).toBe(NOON);
    expect(await sandbox.rows('SELECT WhoId FROM Task')).toMatchObject([{ WhoId: winner }]);
  });
});

describe('merges of contacts and accounts', () => {
  it('move what hangs on the losers to the winner', async () => {
    const sandbox = await org({ now: () => NOON });
    const [winner, loser] = [
      await sandbox.create('Account', { Name: 'Oak' }),
      await sandbox.create('Account', { Name: 'Oak Inc.' }),
    ];
    const a = await sandbox.create('Contact', { LastName: 'A', AccountId: loser });
    const b = await sandbox.create('Contact', { LastName: 'B', AccountId: winner });
    const OpportunityId = await sandbox.create('Opportunity', {
      Name: 'Deal',
      StageName: 'Prospecting',
      CloseDate: '2026-06-01',
      AccountId: loser,
    });
    await sandbox.create('OpportunityContactRole', { OpportunityId, ContactId: a });
    const message = await sandbox.create('EmailMessage', { Subject: 'Hi', Status: '3' });
    await sandbox.create('EmailMessageRelation', { EmailMessageId: message, RelationId: a, RelationType: 'ToAddress' });
    sandbox.advance(60_000);
    await sandbox.admin('merge', { winner, losers: [loser] });
    await sandbox.admin('merge', { winner: b, losers: [a] });
    expect(await sandbox.rows('SELECT AccountId FROM Contact')).toMatchObject([{ AccountId: winner }]);
    expect(await sandbox.rows('SELECT AccountId, SystemModstamp FROM Opportunity')).toMatchObject([
      { AccountId: winner, SystemModstamp: '2026-03-02T12:00:00.000+0000' },
    ]);
    expect(await sandbox.rows('SELECT ContactId FROM OpportunityContactRole')).toMatchObject([{ ContactId: b }]);
    expect(await sandbox.rows('SELECT RelationId FROM EmailMessageRelation')).toMatchObject([{ RelationId: b }]);
    await sandbox.admin(`records/${a}/undelete`);
    expect(await sandbox.rows(`SELECT MasterRecordId FROM Contact WHERE Id = '${a}'`)).toMatchObject([
      { MasterRecordId: null },
    ]);
  });
});

describe('conversion', () => {
  it('makes contact, account and opportunity, moves activities, and closes the lead', async () => {
    const sandbox = await org({ now: () => NOON });
    const id = await makeLead(sandbox, { Email: 'a@oak.example', Website_Visits__c: 9 });
    await sandbox.create('Task', { WhoId: id, Subject: 'Call' });
    const CampaignId = await sandbox.create('Campaign', { Name: 'W' });
    await sandbox.create('CampaignMember', { CampaignId, LeadId: id });
    const { body } = await sandbox.admin('convert', { leadId: id });
    const [row] = await sandbox.rows(
      'SELECT IsConverted, ConvertedDate, ConvertedContactId, ConvertedAccountId, ConvertedOpportunityId FROM Lead',
    );
    expect(row).toMatchObject({
      IsConverted: true,
      ConvertedDate: '2026-03-02',
      ConvertedContactId: body['contactId'],
      ConvertedAccountId: body['accountId'],
      ConvertedOpportunityId: body['opportunityId'],
    });
    expect(await sandbox.rows('SELECT Email, Website_Visits__c, Account.Name FROM Contact')).toMatchObject([
      { Email: 'a@oak.example', Website_Visits__c: null, Account: { Name: 'Oak Schools' } },
    ]);
    expect(await sandbox.rows('SELECT WhoId FROM Task')).toMatchObject([{ WhoId: body['contactId'] }]);
    expect(await sandbox.rows('SELECT LeadId, ContactId FROM CampaignMember')).toMatchObject([
      { LeadId: id, ContactId: body['contactId'] },
    ]);
    expect((await sandbox.patch([lead(id, { Title: 'X' })]))[0]?.errors[0]).toStrictEqual({
      statusCode: 'CANNOT_UPDATE_CONVERTED_LEAD',
      message: 'cannot reference converted lead',
      fields: [],
    });
  });

  it('fills only the empty fields of a contact that is there already', async () => {
    const sandbox = await org();
    const AccountId = await sandbox.create('Account', { Name: 'Oak' });
    const contactId = await sandbox.create('Contact', { LastName: 'Known', AccountId });
    const leadId = await makeLead(sandbox, { Phone: '1' });
    const { body } = await sandbox.admin('convert', { leadId, contactId, opportunity: false });
    expect(body).toMatchObject({ contactId, opportunityId: null });
    expect(await sandbox.rows('SELECT LastName, Phone FROM Contact')).toMatchObject([
      { LastName: 'Known', Phone: '1' },
    ]);
  });

  it('into an account that is there, of a lead a queue owns; e-mails and activities follow and are stamped', async () => {
    const sandbox = await org({ now: () => NOON });
    const accountId = await sandbox.create('Account', { Name: 'Oak' });
    const leadId = await makeLead(sandbox, { Website: 'https://oak.example', Email: 'a@oak.example' });
    await sandbox.patch([lead(leadId, { Title: 'CTO' })], {});
    const message = await sandbox.create('EmailMessage', { Subject: 'Hi', Status: '3' });
    const relation = { EmailMessageId: message, RelationId: leadId, RelationType: 'ToAddress' };
    await sandbox.create('EmailMessageRelation', relation);
    expect(await sandbox.rows('SELECT RelationObjectType, RelationAddress FROM EmailMessageRelation')).toMatchObject([
      { RelationObjectType: 'Lead', RelationAddress: 'a@oak.example' },
    ]);
    await sandbox.create('Event', { WhoId: leadId, Subject: 'Intro' });
    sandbox.advance(60_000);
    const { body } = await sandbox.admin('convert', { leadId, accountId });
    expect(body['accountId']).toBe(accountId);
    expect(await sandbox.rows('SELECT Name, Website FROM Account')).toMatchObject([
      { Name: 'Oak', Website: 'https://oak.example' },
    ]);
    const [contact] = await sandbox.rows('SELECT AccountId, Owner.Name FROM Contact');
    expect(contact).toMatchObject({ AccountId: accountId, Owner: { Name: 'Leadloop Integration' } });
    expect(await sandbox.rows('SELECT WhoId, WhatId, AccountId, LastModifiedDate FROM Event')).toMatchObject([
      {
        WhoId: body['contactId'],
        WhatId: body['opportunityId'],
        AccountId: accountId,
        LastModifiedDate: '2026-03-02T12:01:00.000+0000',
      },
    ]);
    expect(
      await sandbox.rows('SELECT RelationId, RelationObjectType, SystemModstamp FROM EmailMessageRelation'),
    ).toMatchObject([
      {
        RelationId: body['contactId'],
        RelationObjectType: 'Contact',
        SystemModstamp: '2026-03-02T12:01:00.000+0000',
      },
    ]);
    expect(await sandbox.rows('SELECT ContactId, IsPrimary FROM OpportunityContactRole')).toMatchObject([
      { ContactId: body['contactId'], IsPrimary: true },
    ]);
    expect((await sandbox.admin('convert', { leadId })).status).toBe(400);
  });
});

describe('late commits', () => {
  it('appear with the stamp of their writing; until then latestDateCovered stays behind and rows are locked', async () => {
    const sandbox = await org({ now: () => NOON });
    const id = await makeLead(sandbox);
    const { body } = await sandbox.admin('transactions');
    await sandbox.admin(`transactions/${body.id}/writes`, {
      writes: [
        { object: 'Lead', id, values: { Title: 'CTO' } },
        { object: 'Lead', values: { LastName: 'Late', Company: 'Oak' } },
      ],
    });
    sandbox.advance(600_000);
    expect((await replicated(sandbox, 'updated', NOON - 60_000, NOON + 600_000))['latestDateCovered']).toBe(
      '2026-03-02T12:00:00.000+0000',
    );
    expect(await sandbox.rows('SELECT Title FROM Lead')).toMatchObject([{ Title: null }]);
    expect((await sandbox.patch([lead(id, { Title: 'X' })]))[0]?.errors[0]?.statusCode).toBe('UNABLE_TO_LOCK_ROW');
    await sandbox.admin(`transactions/${body.id}/commit`);
    expect(await sandbox.rows('SELECT Title, SystemModstamp FROM Lead ORDER BY Id')).toMatchObject([
      { Title: 'CTO', SystemModstamp: '2026-03-02T12:00:00.000+0000' },
      { SystemModstamp: '2026-03-02T12:00:00.000+0000' },
    ]);
    const after = await replicated(sandbox, 'updated', NOON - 60_000, NOON + 600_000);
    expect([(after['ids'] as string[]).length, after['latestDateCovered']]).toStrictEqual([
      2,
      '2026-03-02T12:10:00.000+0000',
    ]);
  });

  it('leave nothing behind when rolled back', async () => {
    const sandbox = await org();
    const id = await makeLead(sandbox);
    const { body } = await sandbox.admin('transactions');
    await sandbox.admin(`transactions/${body.id}/writes`, { writes: [{ object: 'Lead', id, values: { Title: 'X' } }] });
    await sandbox.admin(`transactions/${body.id}/rollback`);
    expect((await sandbox.patch([lead(id, { Phone: '1' })]))[0]?.success).toBe(true);
    expect(await sandbox.rows('SELECT Title FROM Lead')).toMatchObject([{ Title: null }]);
  });
});

describe('replication calls', () => {
  it('count minutes, not seconds, and reach back 30 and 15 days', async () => {
    const sandbox = await org({ now: () => NOON + 30_000 });
    const id = await makeLead(sandbox);
    expect(await replicated(sandbox, 'updated', NOON - 50_000, NOON + 59_000)).toStrictEqual({
      ids: [],
      latestDateCovered: '2026-03-02T12:00:00.000+0000',
    });
    expect((await replicated(sandbox, 'updated', NOON + 45_000, NOON + 120_000))['ids']).toStrictEqual([id]);
    for (const [kind, days] of [
      ['updated', 31],
      ['deleted', 16],
    ] as const) {
      const body = await replicated(sandbox, kind, NOON - days * 86_400_000, NOON);
      expect(first({ body } as never).errorCode).toBe('INVALID_REPLICATION_DATE');
    }
    const short = await replicated(sandbox, 'deleted', NOON, NOON + 59_000);
    expect(first({ body: short } as never).errorCode).toBe('INVALID_REPLICATION_DATE');
  });
});
