import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_TOKEN, type HubSpotSandbox, startHubSpotSandbox } from '../../../src/sandbox/hubspot/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leadloop-sandbox-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = () => startHubSpotSandbox({ contacts: 80, limits: 'off', keepIn: join(folder, 'sandbox.json') });

async function post(sandbox: HubSpotSandbox, path: string, body: unknown): Promise<Response> {
  return fetch(`${sandbox.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function portal({ store }: HubSpotSandbox) {
  return {
    id: store.portalId,
    contacts: Array.from(store.contacts.from(0), (record) => ({ ...record })),
    companies: Array.from(store.table('companies').from(0), (record) => ({ ...record })),
    properties: store.contacts.catalogue.list(),
    links: store.associations.entries(),
    submissions: [...store.submissions],
    emailEvents: store.emailEvents,
  };
}

test('a kept portal is the same after its process is gone, writes included', async () => {
  const first = await start();
  await post(first, '/crm/properties/2026-09/contacts', {
    name: 'leadloop_score',
    label: 'Score',
    type: 'number',
    fieldType: 'number',
    groupName: 'contactinformation',
  });
  await post(first, '/crm/objects/2026-09/contacts/batch/update', {
    inputs: [{ id: '51', properties: { leadloop_score: '42' } }],
  });
  await post(first, '/__sandbox/contacts/101', { properties: { hs_email_open: 9 } });
  const before = portal(first);
  // No farewell: nothing is written at the end that a kill could prevent.
  await first.close();

  await using second = await start();
  expect(portal(second)).toEqual(before);
  expect(second.store.contacts.get(51)?.properties['leadloop_score']).toBe('42');
});

test('a moved clock stays moved, or later writes would seem older than earlier ones', async () => {
  const first = await start();
  await post(first, '/__sandbox/clock', { advanceMs: 3_600_000 });
  await first.close();
  await using second = await start();
  expect(second.store.now() - Date.now()).toBeGreaterThan(3_590_000);
});

test('an archived contact stays archived, and its address stays free', async () => {
  const first = await start();
  const { email } = first.store.contacts.get(51)?.properties ?? {};
  await fetch(`${first.url}/crm/objects/2026-09/contacts/51`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${DEFAULT_TOKEN}` },
  });
  await first.close();
  await using second = await start();
  expect(second.store.contacts.get(51)?.archivedAt).toBeDefined();
  const again = await post(second, '/crm/objects/2026-09/contacts', { properties: { email } });
  expect(again.status).toBe(201);
});
