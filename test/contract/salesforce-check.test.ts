import { describe, expect, test } from 'vitest';
import { salesforce } from '../../connectors/salesforce/index.ts';
import type { SalesforceCredentials, SalesforceSettings } from '../../connectors/salesforce/settings.ts';
import type { CheckFinding } from '../../src/connector-sdk/index.ts';
import { DEFAULT_TOKEN } from '../../src/sandbox/salesforce/index.ts';
import { field } from '../../src/sandbox/salesforce/schema/field.ts';
import { testContext } from '../support/connector-context.ts';
import { createReplica, walk } from '../support/connector-replica.ts';
import { startSalesforce, type SalesforceCrm } from '../support/connector-salesforce.ts';

const never = (): AbortSignal => new AbortController().signal;

async function checked(crm: SalesforceCrm): Promise<readonly CheckFinding[]> {
  return crm.open().check(never());
}

/** An organisation that has been set up for leadloop. */
async function ready(): Promise<SalesforceCrm> {
  const crm = await startSalesforce({ leads: 5 });
  for (const [object, fields] of Object.entries(salesforce.ownedFields)) {
    await crm.open().ensureFields(object, fields, never());
  }
  return crm;
}

const gaps = (findings: readonly CheckFinding[]): readonly CheckFinding[] =>
  findings.filter(({ level }) => level !== 'ok');

function add(crm: SalesforceCrm, object: string, name: string): void {
  crm.sandbox.org.table(object).object.add(field(name, name === 'CurrencyIsoCode' ? 'picklist' : 'boolean'));
}

describe('check of Salesforce', () => {
  test('finds nothing where all is as it should be, and changes nothing', async () => {
    await using crm = await ready();
    const before = crm.sandbox.requests.entries().length;
    expect(gaps(await checked(crm))).toEqual([]);
    const asked = crm.sandbox.requests.entries().slice(before);
    expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(asked.length).toBeLessThanOrEqual(20);
  });

  test('names the fields that are missing, what to deploy, and the permission set that nobody has', async () => {
    await using crm = await startSalesforce({ leads: 5 });
    const found = gaps(await checked(crm));
    expect(found.map(({ subject }) => subject)).toEqual([
      'our fields Account',
      'our fields Lead',
      'our fields Contact',
      'permission set Leadloop_Integration',
    ]);
    for (const [index, object] of ['Account', 'Lead'].entries()) {
      for (const { name } of salesforce.ownedFields[object] ?? []) expect(found[index]?.message).toContain(name);
    }
    for (const { remedy } of found) expect(remedy).toContain('connectors/salesforce/package');
  });

  test('names fields that field-level security hides: our own, those that we read, and those without which nothing comes', async () => {
    await using crm = await ready();
    crm.sandbox.faults.activate({ name: 'field-hidden', field: 'Lead.Leadloop_Tier__c' });
    crm.sandbox.faults.activate({ name: 'field-hidden', field: 'Task.Subject' });
    crm.sandbox.faults.activate({ name: 'field-hidden', field: 'Campaign.Type' });
    const found = gaps(await checked(crm));
    expect(found.map(({ level, subject }) => [level, subject])).toEqual([
      ['warning', 'our fields Lead'],
      ['failure', 'fields CampaignMember'],
      ['warning', 'fields Task'],
    ]);
    expect(found[0]?.message).toBe('Not there, or hidden, on Lead: Leadloop_Tier__c.');
    expect(found[1]?.remedy).toContain('Read on Campaign.Type');
    expect(found[2]?.message).toContain('Hidden on Task: Subject.');
  });

  test('names the objects that may not be edited: without accounts people are written, without people nothing is', async () => {
    await using crm = await ready();
    for (const object of ['Account', 'Lead']) crm.sandbox.faults.activate({ name: 'object-read-only', object });
    const found = gaps(await checked(crm)).filter(({ subject }) => subject.startsWith('write '));
    expect(found.map(({ level, subject }) => [level, subject])).toEqual([
      ['warning', 'write Account'],
      ['failure', 'write Lead'],
    ]);
    for (const { remedy } of found) expect(remedy).toMatch(/Edit on \w+, by the permission set Leadloop_Integration/);
  });

  test('refuses a version of the API that the organisation does not speak, and says which it does', async () => {
    await using crm = await startSalesforce({ leads: 1 });
    const { clock, sandbox } = crm;
    const credentials: SalesforceCredentials = { accessToken: DEFAULT_TOKEN };
    const parts = { definition: salesforce, clock, baseUrl: sandbox.url, credentials };
    for (const apiVersion of ['99.0', '25.0']) {
      const connector = salesforce.open(
        testContext<SalesforceSettings, SalesforceCredentials>({ ...parts, settings: { apiVersion } }),
      );
      const [finding, ...others] = await connector.check(never());
      expect(others).toEqual([]);
      expect(finding).toMatchObject({ level: 'failure', subject: 'API version' });
      expect(finding?.message).toContain(apiVersion);
      expect(finding?.remedy).toMatch(/from 31\.0 to \d+\.0; leadloop is tested with 67\.0/);
    }
  });

  test('warns of e-mail that is nowhere to be found: Einstein Activity Capture may keep it to itself', async () => {
    await using crm = await ready();
    const { org } = crm.sandbox;
    for (const row of org.table('EmailMessage').all()) org.table('EmailMessage').remove(row);
    for (const row of org.table('Task').all()) org.silently(row, { TaskSubtype: 'Call' });
    const call = { TaskSubtype: 'Call', IsClosed: true, CreatedDate: crm.clock.now() };
    org.insert(org.table('Task').object, call, { by: 'somebody' });
    expect(gaps(await checked(crm))).toMatchObject([
      {
        level: 'warning',
        subject: 'activity',
        message: expect.stringMatching(/No e-mail .* though tasks have/) as string,
      },
    ]);
    for (const row of org.table('Task').all()) org.table('Task').remove(row);
    const [finding] = gaps(await checked(crm));
    expect(finding?.message).toMatch(/Neither a task nor an e-mail/);
    expect(finding?.remedy).toContain('Sync Email as Salesforce Activity');
  });

  test('says how person accounts and several currencies are treated, and a person’s account is no company', async () => {
    await using crm = await ready();
    add(crm, 'Account', 'IsPersonAccount');
    add(crm, 'Account', 'CurrencyIsoCode');
    const found = await checked(crm);
    expect(gaps(found)).toEqual([]);
    expect(found.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['person accounts', 'currencies']));

    const accounts = [...crm.sandbox.org.table('Account').all()];
    const [person] = accounts;
    if (person !== undefined) crm.sandbox.org.silently(person, { IsPersonAccount: true });
    // What the object has is asked for once an hour.
    crm.clock.advance(3_600_000);
    const replica = createReplica();
    const until = new Date(crm.clock.now());
    await walk(crm.open(), replica, { object: 'Account', lane: 'full', fields: ['Name'], until });
    expect(replica.records.has(person?.id ?? '')).toBe(false);
    expect(replica.records.size).toBe(accounts.length - 1);
    expect(replica.rejected).toEqual([]);
  });
});

describe('fields of ours', () => {
  test('that the integration user may not make are named one by one, with what to deploy instead', async () => {
    await using crm = await startSalesforce({ leads: 1 });
    crm.sandbox.faults.activate({ name: 'api-disabled', path: '/tooling/' });
    const fields = salesforce.ownedFields['Lead'] ?? [];
    const ensured = await crm.open().ensureFields('Lead', fields, never());
    expect(ensured.map(({ field: name, status }) => [name, status])).toEqual(
      fields.map(({ name }) => [name, 'forbidden']),
    );
    for (const { field: name, message } of ensured) {
      expect(message).toContain(`Lead.${name}`);
      expect(message).toContain('connectors/salesforce/package');
    }
  });

  test('that nobody may see yet are asked for with what to assign', async () => {
    await using crm = await startSalesforce({ leads: 1 });
    crm.sandbox.faults.activate({ name: 'api-disabled', path: '/sobjects/FieldPermissions' });
    const [score] = salesforce.ownedFields['Lead'] ?? [];
    const [ensured] = await crm.open().ensureFields('Lead', score === undefined ? [] : [score], never());
    expect(ensured).toMatchObject({ status: 'forbidden' });
    expect(ensured?.message).toContain('Leadloop_Integration');
  });
});
