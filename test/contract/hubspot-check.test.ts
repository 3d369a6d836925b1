import { describe, expect, test } from 'vitest';
import { hubspot } from '../../connectors/hubspot/index.ts';
import type { CheckFinding } from '../../src/connector-sdk/index.ts';
import { ALL_SCOPES } from '../../src/sandbox/hubspot/index.ts';
import { startHubSpot, type HubSpotCrm } from '../support/connector-hubspot.ts';

const never = (): AbortSignal => new AbortController().signal;

/** An account whose key has all scopes but these. */
function without(...scopes: readonly string[]): Promise<HubSpotCrm> {
  const granted = ALL_SCOPES.filter((scope) => !scopes.includes(scope));
  return startHubSpot({ leads: 3 }, { tokens: { 'test-token': granted } });
}

async function gaps(crm: HubSpotCrm): Promise<readonly CheckFinding[]> {
  return (await crm.open().check(never())).filter(({ level }) => level !== 'ok');
}

async function prepared(crm: HubSpotCrm): Promise<HubSpotCrm> {
  for (const [object, fields] of Object.entries(hubspot.ownedFields)) {
    await crm.open().ensureFields(object, fields, never());
  }
  return crm;
}

describe('check of HubSpot', () => {
  test('changes nothing, and costs some dozen calls', async () => {
    await using crm = await startHubSpot({ leads: 3 });
    const properties = (): number => crm.sandbox.store.table('companies').catalogue.list().length;
    const [before, called] = [properties(), crm.calls()];
    const found = await gaps(crm);
    expect(found.map(({ level, subject }) => [level, subject])).toEqual([
      ['warning', 'fields companies'],
      ['warning', 'fields contacts'],
    ]);
    for (const { name } of hubspot.ownedFields['companies'] ?? []) expect(found[0]?.message).toContain(name);
    expect(properties()).toBe(before);
    expect(crm.calls() - called).toBeLessThanOrEqual(16);
  });

  test.for([
    ['companies', 'warning'],
    ['contacts', 'failure'],
  ] as const)('names the scope without which %s are not written, as a %s', async ([object, level]) => {
    await using crm = await prepared(await startHubSpot({ leads: 3 }));
    const scope = `crm.objects.${object}.write`;
    crm.sandbox.faults.activate({ name: 'missing-scope', scope, path: `/objects/[^/]+/${object}/batch/update` });
    const subject = `scope ${scope}`;
    expect(await gaps(crm)).toMatchObject([{ level, subject, remedy: `Give the key or app the scope ${scope}.` }]);
  });

  test.for([
    ['companies', 'warning'],
    ['contacts', 'failure'],
  ] as const)('names the scope without which the fields of %s cannot be made, as a %s', async ([object, level]) => {
    const scope = `crm.schemas.${object}.write`;
    await using crm = await without(scope);
    const found = (await gaps(crm)).find(({ subject }) => subject === `fields ${object}`);
    expect(found?.level).toBe(level);
    expect(found?.remedy).toBe(`Give the key or app the scope ${scope}. Or make them by hand.`);
  });

  test('is content without the right to make fields where they are all there', async () => {
    await using crm = await prepared(await startHubSpot({ leads: 3 }));
    crm.sandbox.faults.activate({ name: 'missing-scope', scope: 'crm.schemas.companies.write', path: '/batch/create' });
    expect(await gaps(crm)).toEqual([]);
  });
});
