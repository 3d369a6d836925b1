import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAULT_MENU as hubspotFaults, type FaultName } from '../../../src/sandbox/hubspot/index.ts';
import { FAULT_MENU as salesforceFaults } from '../../../src/sandbox/salesforce/index.ts';
import type { FaultName as SalesforceFault } from '../../../src/sandbox/salesforce/faults/menu.ts';
import type { RunReport } from '../../../src/sync/options.ts';
import { startApi } from '../../support/api.ts';
import { startCli } from '../../support/cli-process.ts';
import { testDatabase } from '../../support/database.ts';
import { type Loop, sealingKey, startLoop, startSalesforceLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { sandboxToken } from '../../support/loop-side.ts';
import { leaksIn, privateIn, zyxanthe } from '../../support/private-texts.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'leadloop-logs-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const secrets = [sandboxToken, 'sandbox-secret', sealingKey.toString('base64')];
const hubspotFields = ['email', 'phone', 'company', 'hs_full_name_or_email'];
const salesforceFields = ['Email', 'Phone', 'Company', 'Name'];
const contact = {
  email: zyxanthe.email,
  firstname: zyxanthe.first,
  lastname: zyxanthe.last,
  company: zyxanthe.company,
  jobtitle: zyxanthe.title,
  phone: zyxanthe.phone,
};
const signup = { email: zyxanthe.email, full_name: zyxanthe.first, company_domain: zyxanthe.domain };
/** Each has something that cannot be used. */
const badRows = [
  { ...signup, signed_up_at: `not a day, said ${zyxanthe.last}` },
  { ...signup, email: `${zyxanthe.first} at nowhere` },
  { ...signup, surprise: zyxanthe.phone },
];

const people = (loop: Loop): string[] =>
  [...loop.crm.store.contacts.from(0)].flatMap(({ properties }) => privateIn(properties, hubspotFields));

interface Line {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function listener(): {
  readonly lines: Line[];
  readonly log: (level: string, message: string, fields: object) => void;
} {
  const lines: Line[] = [];
  return { lines, log: (_, message, fields) => lines.push({ message, fields: { ...fields } }) };
}

/** Of a report, what a scheduler logs and an alert sends. */
const told = ({ failure, status, runId }: RunReport): unknown => ({ failure, status, runId });

test('the search finds each text that it looks for, however it is written', () => {
  const texts = [...Object.values(zyxanthe), ...secrets];
  for (const text of texts) {
    expect(leaksIn(JSON.stringify({ level: 30, msg: 'run failed', why: `no such thing: ${text}` }), texts)).toContain(
      text,
    );
    expect(leaksIn(`GET /search?q=${encodeURIComponent(text)}`, texts)).toContain(text);
    expect(leaksIn(text.toUpperCase(), texts)).toContain(text);
  }
  expect(leaksIn('{"msg":"run ended","org":"acme","connection":"acme-hubspot"}', texts)).toEqual([]);
});

test(
  'whatever HubSpot does, no line tells of a person or a secret, and each says whose run it is',
  { timeout: 300_000 },
  async () => {
    const { lines, log } = listener();
    await using db = await testDatabase();
    const reports: RunReport[] = [];
    const hidden = new Set([...Object.values(zyxanthe), ...secrets]);
    for (const name of Object.keys(hubspotFaults) as FaultName[]) {
      await using loop = await startLoop({
        sandbox: { contacts: 10, epoch: Date.now() - 3_600_000 },
        pull: { objects: ['forms'] },
        connector: { requestTimeoutSeconds: 1 },
        db,
        org: `org-${name}`,
        log,
      });
      const id = await handsOf(loop).create(contact);
      reports.push(await loop.sync());
      loop.clock.advance(400_000);
      handsOf(loop).edit(id, { hs_analytics_num_visits: '40', hs_email_click: '9' });
      const order = name === 'unknown-property' ? { name, property: 'leadloop_reasons' } : { name, count: 3 };
      loop.crm.faults.activate({ ...order, ...(name === 'slow-body' && { ms: 50 }) });
      reports.push(await loop.sync());
      for (const text of people(loop)) hidden.add(text);
    }
    expect(hidden.size).toBeGreaterThan(30);
    expect(lines.length).toBeGreaterThan(100);
    const seen = JSON.stringify([lines, reports.map(told)]);
    expect(leaksIn(seen, hidden)).toEqual([]);
    expect(new Set(reports.map(({ failure }) => failure?.code)).size).toBeGreaterThan(3);
    const runs = new Set(reports.map(({ runId }) => runId));
    for (const { fields } of lines) {
      expect(fields).toMatchObject({ org: expect.stringMatching(/^org-/u), connection: 'acme-hubspot' });
      expect(runs).toContain(fields['runId']);
    }
  },
);

test('whatever Salesforce does, no line tells of a person or a secret', { timeout: 300_000 }, async () => {
  const { lines, log } = listener();
  await using db = await testDatabase();
  const reports: RunReport[] = [];
  const hidden = new Set<string>(secrets);
  for (const name of Object.keys(salesforceFaults) as SalesforceFault[]) {
    const isBulk = name === 'bulk-job-fails' || name === 'headers-lost' || name === 'truncated-body';
    await using loop = await startSalesforceLoop({
      sandbox: isBulk ? { leads: 210, contacts: 3 } : { leads: 8, contacts: 4 },
      pull: { objects: ['CampaignMember', 'Task'] },
      connector: { requestTimeoutSeconds: 1 },
      massFrom: isBulk ? 200 : 100_000,
      db,
      org: `org-${name}`,
      log,
    });
    const order = { name, count: 3, ...(name === 'row-fails' && { row: 1 }), ...(name === 'slow-body' && { ms: 50 }) };
    loop.crm.faults.activate({
      ...order,
      ...(name === 'field-hidden' && { field: 'Lead.Phone' }),
      ...(name === 'object-read-only' && { object: 'Lead' }),
    });
    reports.push(await loop.sync(), await loop.sync());
    for (const object of ['Lead', 'Contact'])
      for (const { values } of loop.crm.org.table(object).all())
        for (const text of privateIn(values, salesforceFields)) hidden.add(text);
  }
  expect(hidden.size).toBeGreaterThan(50);
  expect(leaksIn(JSON.stringify([lines, reports.map(told)]), hidden)).toEqual([]);
  expect(lines.some(({ message }) => message.includes('Bulk'))).toBe(true);
});

test('the API tells of no row, no token and no search', async () => {
  await using db = await testDatabase();
  const orgId = await db.org('acme');
  await using api = await startApi(db);
  const token = await api.token(orgId, 'ingest', 'read');
  const send = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${api.url}/api/v1/ingest/signups`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body,
    });
  expect((await send(JSON.stringify([signup, ...badRows]), { 'idempotency-key': zyxanthe.last })).status).toBe(200);
  await send(JSON.stringify([signup]), { 'idempotency-key': zyxanthe.last });
  await send(`[{"email": "${zyxanthe.email}"`);
  await send(zyxanthe.email, { 'content-type': 'text/plain' });
  await send('[]', { authorization: `Bearer ${zyxanthe.last}` });
  const query = new URLSearchParams({ company: zyxanthe.domain, tier: zyxanthe.first });
  await fetch(`${api.url}/api/v1/dashboard?${query.toString()}`, { headers: { authorization: `Bearer ${token}` } });
  await fetch(`${api.url}/api/v1/${encodeURIComponent(zyxanthe.email)}`);
  expect(api.said.length).toBeGreaterThan(3);
  expect(leaksIn(api.said.join('\n'), [...Object.values(zyxanthe), token])).toEqual([]);
});

test(
  'a daemon that logs everything it can, and an import, tell of nobody on their standard error',
  { timeout: 120_000 },
  async () => {
    const port = await freePort();
    await using loop = await startLoop({ sandbox: { contacts: 15 } });
    const id = await handsOf(loop).create(contact);
    await loop.db.sql(`update connections set schedule = '* * * * * *'`);
    loop.crm.faults.activate({ name: '503', count: 2 });
    const options = { home, variables: { LOG_LEVEL: 'trace', LEADLOOP_METRICS_TOKEN: 'a-token-for-metrics' } };
    const daemon = startCli(loop.db, ['serve', '--port', String(port)], options);
    await until(() => daemon.log().split('"run ended"').length > 2 && id > 0);
    handsOf(loop).edit(id, { hs_analytics_num_visits: '45', hs_email_click: '30' });
    loop.crm.faults.activate({ name: '207-some-rows-failed', count: 2 });
    await fetch(`http://127.0.0.1:${port}/?q=${encodeURIComponent(zyxanthe.email)}`);
    await fetch(`http://127.0.0.1:${port}/leads/${zyxanthe.last}`);
    const api = {
      method: 'POST',
      headers: { authorization: `Bearer ${zyxanthe.last}` },
      body: JSON.stringify([signup]),
    };
    await fetch(`http://127.0.0.1:${port}/api/v1/ingest/signups`, api);
    await loop.db.sql(`alter table leads add constraint nobody check (name not like '${zyxanthe.first}%') not valid`);
    handsOf(loop).edit(id, { hs_analytics_num_visits: '46', phone: zyxanthe.phone });
    await until(() => daemon.log().includes('"unexpected"'));
    daemon.signal('SIGTERM');
    const code = await daemon.ended;
    const path = join(home, 'signups.json');
    await writeFile(path, JSON.stringify([signup, ...badRows]));
    const importing = startCli(loop.db, ['import', 'signups', path], options);
    await importing.ended;
    const log = daemon.log();
    expect({ code, log: log.includes('"runId"') }).toEqual({ code: 0, log: true });
    const password = new URL(loop.db.url).password;
    const hidden = [...Object.values(zyxanthe), ...people(loop), ...secrets, 'a-token-for-metrics'];
    if (password.length >= 8) hidden.push(password);
    expect(leaksIn(log, hidden)).toEqual([]);
    expect(leaksIn(importing.log().replaceAll(path, ''), hidden)).toEqual([]);
  },
);

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 300 && !isSo(); turn += 1) await sleep(100);
  expect(isSo()).toBe(true);
}
