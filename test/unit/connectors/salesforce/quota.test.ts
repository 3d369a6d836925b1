import { expect, test } from 'vitest';
import { QuotaExhaustedError, type CheckFinding } from '../../../../src/connector-sdk/index.ts';
import { salesforce } from '../../../../connectors/salesforce/index.ts';
import type { SalesforceCredentials, SalesforceSettings } from '../../../../connectors/salesforce/settings.ts';
import { DEFAULT_TOKEN, type SalesforceSandboxOptions } from '../../../../src/sandbox/salesforce/index.ts';
import { testContext } from '../../../support/connector-context.ts';
import { memoryPool } from '../../../support/memory-pool.ts';
import { createReplica, walk } from '../../../support/connector-replica.ts';
import { startSalesforce, type SalesforceCrm } from '../../../support/connector-salesforce.ts';

const limits = { dailyApiRequests: 5_000, dailyBulkQueryJobs: 3 };

async function quota(crm: SalesforceCrm): Promise<CheckFinding | undefined> {
  const findings = await crm.open().check(new AbortController().signal);
  return findings.find(({ subject }) => subject === 'quota');
}

function start(special: SalesforceSandboxOptions): Promise<SalesforceCrm> {
  return startSalesforce({ leads: 5 }, special);
}

test('the quota is asked for: calls and bulk jobs', async () => {
  await using crm = await start({ limits, usedByOthers: 1_000 });
  const finding = await quota(crm);
  const left = 5_000 - 1_000 - crm.calls();
  expect(finding).toMatchObject({
    level: 'ok',
    message: `${left} of 5000 calls are left to the whole organisation in these 24 hours, and 3 of 3 bulk query jobs.`,
  });
});

test('without the right to ask, the last answer tells of the calls', async () => {
  await using crm = await start({ limits });
  crm.sandbox.faults.activate({ name: 'api-disabled', path: '/limits$' });
  const finding = await quota(crm);
  expect(finding).toMatchObject({ level: 'ok', message: expect.stringMatching(/^\d+ of 5000 calls .* 24 hours\.$/) });
});

test('bulk jobs that are used up are a warning with what follows', async () => {
  await using crm = await start({ limits: { ...limits, dailyBulkQueryJobs: 0 } });
  const finding = await quota(crm);
  expect(finding).toMatchObject({ level: 'warning', message: expect.stringContaining('0 of 0 bulk query jobs') });
  expect(finding?.remedy).not.toBe('');
});

test('every call of Bulk counts against our share of the day', async () => {
  await using crm = await start({ bulkPageRows: 2, limits: { dailyApiRequests: 12 } });
  const pool = memoryPool(crm.clock);
  const context = testContext<SalesforceSettings, SalesforceCredentials>({
    definition: salesforce,
    clock: crm.clock,
    baseUrl: crm.sandbox.url,
    credentials: { accessToken: DEFAULT_TOKEN },
    settings: {},
    daily: { share: 0.5, stopAtOrgUse: 1, urgentReserve: 0, pool },
  });
  const until = new Date(crm.clock.now());
  const pulling = walk(salesforce.open(context), createReplica(), {
    object: 'Lead',
    lane: 'full',
    fields: ['Title'],
    until,
  });
  // Half of twelve: organisation, describe, begin, two looks and a page.
  await expect(pulling).rejects.toBeInstanceOf(QuotaExhaustedError);
  expect(crm.calls()).toBe(6);
  expect(context.governor.admitted).toBe(6);
});
