import { describe, expect, it } from 'vitest';
import { first, makeLead, org, V } from './org.ts';

const START = Date.UTC(2026, 2, 2, 8, 0, 0, 450);

describe('SOQL', () => {
  it('answers records with attributes, nulls as nulls and a missing parent as null', async () => {
    const sandbox = await org({ now: () => START });
    const id = await makeLead(sandbox, { Email: 'A@Oak.example' });
    const { body } = await sandbox.query(
      'SELECT Id, Email, Phone, Owner.Name, CreatedDate, ConvertedContact.Name FROM Lead',
    );
    expect(body).toMatchObject({ totalSize: 1, done: true });
    expect(body.records[0]).toStrictEqual({
      attributes: { type: 'Lead', url: `${V}/sobjects/Lead/${id}` },
      Id: id,
      Email: 'A@Oak.example',
      Phone: null,
      Owner: {
        attributes: { type: 'Name', url: expect.stringContaining('/sobjects/User/005') as string },
        Name: 'Leadloop Integration',
      },
      CreatedDate: '2026-03-02T08:00:00.000+0000',
      ConvertedContact: null,
    });
  });

  it.each([
    ["LastName = 'STONE'", 1],
    ["LastName LIKE 'st_n%'", 1],
    ["LastName != 'Stone'", 2],
    ["LastName IN ('Stone', 'Blake')", 2],
    ["LastName NOT IN ('Stone', 'Blake')", 1],
    ['Phone = null', 2],
    ['Phone != null', 1],
    ['Website_Visits__c >= 10', 1],
    ['Website_Visits__c < 10', 1],
    ["Phone = null AND (LastName = 'Blake' OR LastName = 'Monroe')", 2],
    ["NOT LastName = 'Stone'", 2],
    ['CreatedDate = TODAY', 3],
    ['CreatedDate = LAST_N_DAYS:2', 3],
    ['CreatedDate < YESTERDAY', 0],
    ['CreatedDate = 2026-03-02T08:00:00Z', 3],
    ['CreatedDate > 2026-03-02T08:00:00Z', 0],
    ['CreatedDate >= 2026-03-02T09:00:00+01:00', 3],
    ["Owner.Name = 'leadloop integration'", 3],
    ["Id IN (SELECT LeadId FROM CampaignMember WHERE Campaign.Type = 'Webinar')", 1],
    ['HasOptedOutOfEmail = TRUE', 0],
  ])('WHERE %s finds %i', async (where, found) => {
    const sandbox = await org({ now: () => START });
    const id = await makeLead(sandbox, { Phone: '1', Website_Visits__c: 12 });
    await makeLead(sandbox, { LastName: 'Blake', Website_Visits__c: 3 });
    await makeLead(sandbox, { LastName: 'Monroe' });
    const CampaignId = await sandbox.create('Campaign', { Name: 'W', Type: 'Webinar' });
    await sandbox.create('CampaignMember', { CampaignId, LeadId: id, Status: 'Attended' });
    expect((await sandbox.query(`SELECT COUNT() FROM Lead WHERE ${where}`)).body).toStrictEqual({
      totalSize: found,
      done: true,
      records: [],
    });
  });

  it('orders with nulls first in both directions unless told otherwise', async () => {
    const sandbox = await org();
    for (const visits of [2, null, 1]) await makeLead(sandbox, { Website_Visits__c: visits });
    const order = async (by: string): Promise<unknown[]> =>
      (await sandbox.rows(`SELECT Website_Visits__c FROM Lead ORDER BY ${by}`)).map((row) => row['Website_Visits__c']);
    expect(await order('Website_Visits__c')).toStrictEqual([null, 1, 2]);
    expect(await order('Website_Visits__c DESC')).toStrictEqual([null, 2, 1]);
    expect(await order('Website_Visits__c DESC NULLS LAST')).toStrictEqual([2, 1, null]);
  });

  it('nests child records, and null where there are none', async () => {
    const sandbox = await org();
    const AccountId = await sandbox.create('Account', { Name: 'Oak' });
    const ContactId = await sandbox.create('Contact', { LastName: 'Stone', AccountId });
    await sandbox.create('Contact', { LastName: 'Alone' });
    const OpportunityId = await sandbox.create('Opportunity', {
      Name: 'O',
      StageName: 'Prospecting',
      CloseDate: '2026-05-01',
      AccountId,
    });
    await sandbox.create('OpportunityContactRole', { OpportunityId, ContactId, Role: 'Influencer' });
    const rows = await sandbox.rows(
      'SELECT Id, Account.Name, (SELECT Role FROM OpportunityContactRoles) FROM Contact ORDER BY Id',
    );
    expect(rows[0]?.['OpportunityContactRoles']).toMatchObject({
      totalSize: 1,
      done: true,
      records: [{ Role: 'Influencer' }],
    });
    expect(rows[1]).toMatchObject({ Account: null, OpportunityContactRoles: null });
  });

  it('groups', async () => {
    const sandbox = await org();
    for (const LastName of ['A', 'A', 'B']) await makeLead(sandbox, { LastName });
    const { body } = await sandbox.query('SELECT LastName, COUNT(Id), MAX(Id) newest FROM Lead GROUP BY LastName');
    expect(body.records.map(({ LastName, expr0 }) => [LastName, expr0])).toStrictEqual([
      ['A', 2],
      ['B', 1],
    ]);
    expect(body.records[0]?.['attributes']).toStrictEqual({ type: 'AggregateResult' });
  });

  it.each([
    ['SELECT Nope__c FROM Lead', 'INVALID_FIELD'],
    ['SELECT Id FROM Nope', 'INVALID_TYPE'],
    ['SELECT invalid', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Lead WHERE A', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Lead WHERE Phone = '1' AND Email = null OR Title = null", 'MALFORMED_QUERY'],
    ['SELECT Id, Id FROM Lead', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Lead WHERE Id = 'somethingwonky'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ["SELECT Id FROM Lead WHERE SystemModstamp > '2026-01-01T00:00:00Z'", 'INVALID_FIELD'],
    ["SELECT Id FROM Lead WHERE Notes__c = 'x'", 'INVALID_FIELD'],
    ['SELECT Id FROM Lead ORDER BY Notes__c', 'INVALID_FIELD'],
    ['SELECT Id FROM Lead OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE'],
    ['SELECT FIELDS(ALL) FROM Lead', 'MALFORMED_QUERY'],
    ['SELECT Owner.Phone FROM Lead', 'INVALID_FIELD'],
  ])('%s is %s', async (soql, code) => {
    const sandbox = await org();
    const answer = await sandbox.query(soql);
    expect(answer.status).toBe(400);
    expect(first(answer).errorCode).toBe(code);
    expect(first(answer)).not.toHaveProperty('fields');
  });

  it('refuses addresses of more than 16,000 characters with a page of HTML', async () => {
    const sandbox = await org();
    const { status, text } = await sandbox.query(`SELECT Id FROM Lead WHERE Title = '${'x'.repeat(16_000)}'`);
    expect(status).toBe(414);
    expect(text).toContain('URI Too Long');
  });

  it('describes its columns to the command line of the vendor', async () => {
    const sandbox = await org();
    const { body } = await sandbox.call('GET', `${V}/query?q=SELECT+Id,Owner.Name+FROM+Lead&columns=true`);
    expect(body).toMatchObject({
      entityName: 'Lead',
      idSelected: true,
      columnMetadata: [{ columnName: 'Id' }, { columnName: 'Owner.Name' }],
    });
  });
});

describe('pages', () => {
  async function filled(count: number): Promise<Awaited<ReturnType<typeof org>>> {
    const sandbox = await org();
    const { object } = sandbox.org.table('Lead');
    for (let at = 0; at < count; at += 1) sandbox.org.insert(object, { LastName: `L${at}` }, { by: '' });
    return sandbox;
  }

  it('have 2,000 rows at most; batchSize is a wish between 200 and 2,000', async () => {
    const sandbox = await filled(2_500);
    const { body } = await sandbox.query('SELECT Id FROM Lead');
    expect([body.records.length, body.done, body.totalSize]).toStrictEqual([2_000, false, 2_500]);
    const rest = await sandbox.call('GET', body.nextRecordsUrl ?? '');
    expect([rest.body.records.length, rest.body.done, rest.body.nextRecordsUrl]).toStrictEqual([500, true, undefined]);
    for (const [wish, rows] of [
      [1, 200],
      [300, 300],
      [9_000, 2_000],
    ]) {
      const headers = { 'sforce-query-options': `batchSize=${wish}` };
      expect((await sandbox.query('SELECT Id FROM Lead', { headers })).body.records).toHaveLength(rows ?? 0);
    }
  });

  it('have 200 rows where two long texts are selected', async () => {
    const sandbox = await filled(250);
    expect((await sandbox.query('SELECT Notes__c, Research__c FROM Lead')).body.records).toHaveLength(200);
    expect((await sandbox.query('SELECT Notes__c FROM Lead')).body.records).toHaveLength(250);
  });

  it('are refused after two days', async () => {
    const sandbox = await filled(2_001);
    const { body } = await sandbox.query('SELECT Id FROM Lead');
    sandbox.advance(2 * 86_400_000);
    const late = await sandbox.call('GET', body.nextRecordsUrl ?? '');
    expect([late.status, first(late).errorCode]).toStrictEqual([400, 'INVALID_QUERY_LOCATOR']);
    expect(first(await sandbox.call('GET', `${V}/query/0r8xx`)).errorCode).toBe('INVALID_QUERY_LOCATOR');
  });

  it('of queryAll go on under /query/ and still bring deleted records', async () => {
    const sandbox = await filled(2_100);
    const rows = [...sandbox.org.table('Lead').all()];
    for (const row of rows) sandbox.org.delete(row, { by: '' });
    const { body } = await sandbox.query('SELECT Id, IsDeleted FROM Lead', { all: true });
    expect(body.nextRecordsUrl).toMatch(/\/query\/0r8/);
    const rest = await sandbox.call('GET', body.nextRecordsUrl ?? '');
    expect(rest.body.records.every((row) => row['IsDeleted'] === true)).toBe(true);
    expect(rest.body.records).toHaveLength(100);
  });
});
