import { describe, expect, it } from 'vitest';
import { startHubSpotSandbox } from '../../../src/sandbox/hubspot/index.ts';
import { plgSamples } from '../scoring/plg-samples.ts';
import { org, type Row, type TestOrg } from './org.ts';

const EPOCH = Date.UTC(2026, 2, 2);

async function seeded(): Promise<TestOrg> {
  return org({ leads: 150, contacts: 100, hubspotContacts: 250, seed: 1, epoch: EPOCH, now: () => EPOCH });
}

describe('seeded data', () => {
  it('is the same for the same numbers', async () => {
    const soql = 'SELECT FIELDS(ALL) FROM Lead ORDER BY Id LIMIT 200';
    const [one, two] = [await seeded(), await seeded()];
    expect(await one.rows(soql)).toStrictEqual(await two.rows(soql));
  });

  it('shares people by e-mail with the HubSpot sandbox, and has people of its own', async () => {
    const sandbox = await seeded();
    await using hubspot = await startHubSpotSandbox({ contacts: 250, seed: 1, epoch: EPOCH });
    const theirs = new Set([...hubspot.store.contacts.from(0)].flatMap(({ properties }) => properties['email'] ?? []));
    const share = async (object: string): Promise<number> => {
      const rows = await sandbox.rows(`SELECT Email FROM ${object} WHERE Email != null`);
      return rows.filter(({ Email }) => theirs.has(String(Email))).length / rows.length;
    };
    for (const object of ['Lead', 'Contact']) {
      expect(await share(object)).toBeGreaterThan(0.3);
      expect(await share(object)).toBeLessThan(0.95);
    }
  });

  it('has districts with their enrollment, and the five software companies with their people', async () => {
    const sandbox = await seeded();
    expect((await sandbox.rows('SELECT Id FROM Account WHERE Enrollment__c > 0')).length).toBeGreaterThan(10);
    for (const { name, email, signup, company: known } of plgSamples) {
      const accounts = await sandbox.rows(`SELECT Website, NumberOfEmployees FROM Account WHERE Name = '${name}'`);
      // A lead that was converted has made another one of its company, as people do.
      expect(accounts.length).toBeGreaterThan(0);
      for (const account of accounts)
        expect(account).toMatchObject({
          Website: `https://${signup.company_domain}`,
          NumberOfEmployees: known.company?.employee_count,
        });
      const people = await Promise.all(
        [`Lead WHERE Company = '${name}'`, `Contact WHERE Account.Name = '${name}'`].map((from) =>
          sandbox.rows(`SELECT Id FROM ${from} AND Email = '${email}'`),
        ),
      );
      expect([name, people.flat()]).toStrictEqual([name, [expect.anything()]]);
    }
    const [bank] = await sandbox.rows("SELECT Industry FROM Account WHERE Name = 'VelocityPay'");
    expect(bank).toMatchObject({ Industry: 'Finance' });
    const people = (object: string, name: string): Promise<Row[]> =>
      sandbox.rows(`SELECT Id FROM ${object} WHERE Name = '${name}'`);
    const known = [...(await people('Lead', 'Marcus Chen')), ...(await people('Contact', 'Sarah Kim'))];
    expect(known.length).toBeGreaterThan(0);
  });

  it('has every source of engagement, and the cases nobody wants', async () => {
    const sandbox = await seeded();
    const count = async (soql: string): Promise<number> => (await sandbox.query(soql, { all: true })).body.totalSize;
    for (const object of [
      'Campaign',
      'CampaignMember',
      'Task',
      'Event',
      'EmailMessage',
      'EmailMessageRelation',
      'Opportunity',
      'OpportunityContactRole',
      'User',
    ]) {
      expect([object, await count(`SELECT COUNT() FROM ${object}`)]).not.toStrictEqual([object, 0]);
    }
    const relations = await sandbox.rows(
      'SELECT RelationType, RelationAddress, Relation.Name, EmailMessage.Incoming, EmailMessage.FromAddress FROM EmailMessageRelation',
    );
    for (const { RelationType, RelationAddress, EmailMessage } of relations) {
      const { FromAddress } = EmailMessage as { FromAddress: unknown };
      if (RelationType === 'FromAddress') expect(RelationAddress).toBe(FromAddress);
    }
    expect(await count('SELECT COUNT() FROM EmailMessage')).toBe(relations.length / 2);
    const cases = [
      'IsConverted = TRUE',
      'IsDeleted = TRUE AND MasterRecordId = null',
      'MasterRecordId != null',
      'Email = null',
      "Enrollment_Text__c = '12,500 students'",
      "Owner.Name = 'Inbound'",
    ];
    for (const where of cases)
      expect([where, await count(`SELECT COUNT() FROM Lead WHERE ${where}`)]).not.toStrictEqual([where, 0]);
    expect(await count('SELECT COUNT() FROM Task WHERE IsArchived = TRUE')).toBeGreaterThan(0);
    const [organisation] = await sandbox.rows(
      'SELECT Id, InstanceName, IsSandbox, TrialExpirationDate FROM Organization',
    );
    expect(organisation).toMatchObject({ Id: sandbox.org.id, IsSandbox: true });
  });

  it('of 100,000 leads is served fast', { timeout: 60_000 }, async () => {
    const sandbox = await org({ leads: 100_000, contacts: 0, hubspotContacts: 20 });
    const started = performance.now();
    const { body } = await sandbox.query(
      'SELECT Id, Email, SystemModstamp FROM Lead WHERE IsDeleted = FALSE ORDER BY SystemModstamp, Id LIMIT 2000',
    );
    expect(body.records).toHaveLength(2_000);
    // Far above what it takes on a quiet machine; a quadratic slip takes minutes.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
