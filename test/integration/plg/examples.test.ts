import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { connectors } from '../../../connectors/index.ts';
import type { ConnectorDefinition } from '../../../src/connector-sdk/connector.ts';
import { importFile } from '../../../src/ingest/file/import-file.ts';
import { ingestKinds } from '../../../src/ingest/rows.ts';
import { plgSamples } from '../../unit/scoring/plg-samples.ts';
import { type Loop, startLoop, startSalesforceLoop } from '../../support/loop.ts';
import { salesforceHandsOf } from '../../support/loop-salesforce.ts';

const definitions = connectors as unknown as readonly ConnectorDefinition[];

async function importAll({ db, orgId, clock }: Pick<Loop, 'db' | 'orgId' | 'clock'>): Promise<void> {
  const services = { database: db.database, definitions, now: () => new Date(clock.now()), newId: randomUUID };
  // In no particular order.
  for (const kind of ingestKinds.toReversed()) {
    const path = `config/examples/plg/${kind}.${kind === 'companies' ? 'ndjson' : 'csv'}`;
    const report = await importFile(services, orgId, { ...plainImport, kind, path });
    expect(report).toMatchObject({ rejected: 0, examples: [] });
    expect(report.rows).toBeGreaterThanOrEqual(scores.length);
  }
}

const plainImport = {
  stdin: process.stdin,
  format: null,
  dryRun: false,
  rejectedPath: '/nowhere/rejected.ndjson',
  signal: new AbortController().signal,
  onProgress: () => undefined,
};

const scores = [
  ['HomeFront Technologies', 91, 'hot'],
  ['VelocityPay', 88, 'hot'],
  ['MediSync', 69, 'warm'],
  ['CloudMetrics', 65, 'warm'],
  ['TaskFlow', 45, 'nurture'],
] as const;

test('the five examples are on the dashboard in their order, and at their people and companies in both sandbox CRMs', async () => {
  await using hubspot = await startLoop({ sandbox: { contacts: 60 }, pull: { objects: [] } });
  const sandbox = { leads: 30, contacts: 20, hubspotContacts: 60 };
  await using salesforce = await startSalesforceLoop({ sandbox, pull: { objects: [] }, beside: hubspot });
  await importAll(hubspot);
  for (const loop of [hubspot, salesforce, hubspot]) expect(await loop.sync()).toMatchObject({ failure: null });

  // What the CRMs say of these companies is what was imported, in other words at most.
  const shown = await hubspot.db.sql<{ name: string; total: number; tier: string; action: string }>(
    `select company_name as name, total_score as total, tier, suggested_action as action from lead_dashboard where total_score is not null`,
  );
  expect(shown.map(({ name, total, tier }) => [name, total, tier])).toEqual(scores);

  const { store } = hubspot.crm;
  const hands = salesforceHandsOf(salesforce);
  for (const [name, total, tier] of scores) {
    const { action } = shown.find((row) => row.name === name)!;
    expect(action.length).toBeGreaterThan(20);
    const email = plgSamples.find((sample) => sample.name === name)?.email;
    const there = [
      ...[...store.table('companies').from(0)].filter(({ properties }) => properties['name'] === name),
      ...[...store.contacts.from(0)].filter(({ properties }) => properties['email'] === email),
    ];
    expect(there.length).toBe(2);
    for (const { properties } of there) {
      expect(properties).toMatchObject({
        leadloop_plg_score: String(total),
        leadloop_plg_tier: tier,
        leadloop_suggested_action: action,
      });
    }
    const accounts = hands.living('Account').filter(({ values }) => values['Name'] === name);
    const people = ['Lead', 'Contact'].flatMap((object) =>
      hands.living(object).filter(({ values }) => values['Email'] === email),
    );
    expect([accounts.length > 0, people.length]).toEqual([true, 1]);
    for (const { values } of [...accounts, ...people]) {
      expect(values).toMatchObject({
        Leadloop_PLG_Score__c: total,
        Leadloop_PLG_Tier__c: tier,
        Leadloop_Suggested_Action__c: action,
      });
    }
  }
});
