import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const ready = /^ready {2}(?<url>\S+)/mu;
const tryHubSpot = /curl -X POST (?<url>\S+)\/__sandbox\/contacts\/(?<id>\d+) /u;
const trySalesforce = /curl -X POST (?<url>\S+)\/__sandbox\/records .*-d '(?<body>.*"ContactId":"(?<id>\w+)".*)'/u;

let home = '';
const children: ChildProcess[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'leadloop-start-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await ended(child, 'SIGKILL');
  // The server of a killed process lives on until somebody takes it over and leaves in good order.
  await finished(leadloop('migrate'));
  await rm(home, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly text: () => string;
}

function launch(command: string, line: readonly string[]): Started {
  const {
    DATABASE_URL: _database,
    HUBSPOT_TOKEN: _token,
    SF_SECRET: _secret,
    LEADLOOP_KEY: _key,
    ...variables
  } = process.env;
  const env = { ...variables, LEADLOOP_HOME: home, NO_COLOR: '1', LOG_LEVEL: 'warn' };
  const child = spawn(command, line, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return { child, text: () => text };
}

function leadloop(...line: readonly string[]): Started {
  const started = launch(process.execPath, ['--conditions=source', 'src/cli/main.ts', ...line]);
  children.push(started.child);
  return started;
}

async function finished({ child, text }: Started): Promise<{ code: number | null; text: string }> {
  if (child.exitCode === null && child.signalCode === null)
    await new Promise((resolve) => child.once('close', resolve));
  return { code: child.exitCode, text: text() };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill(signal);
  await closed;
  return child.exitCode;
}

/** The address of the page, once it is served. */
async function pageOf({ child, text }: Started): Promise<string> {
  for (;;) {
    const url = ready.exec(text())?.groups?.['url'];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}:\n${text()}`);
    await sleep(100);
  }
}

/** Makes the first account by the link that was printed, and asks the API as it. */
async function setUp(page: string, text: string): Promise<<Answer>(path: string) => Promise<Answer>> {
  const token = /\/set-up#(\S+)/u.exec(text)?.[1];
  const entered = await fetch(`${page}/api/v1/set-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, email: 'ada@acme.example', name: 'Ada', password: 'several words make one' }),
  });
  expect(entered.status).toBe(200);
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  return async (path) => (await fetch(`${page}/api/v1${path}`, { headers: { cookie } })).json() as never;
}

/** Lets a contact ask for a demo, as the report proposes. */
async function askForDemo(text: string): Promise<{ sandbox: string; id: string }> {
  const { url: sandbox = '', id = '' } = tryHubSpot.exec(text)?.groups ?? {};
  const properties = { hs_analytics_num_visits: 40, hs_email_click: 9, recent_conversion_event_name: 'Request a demo' };
  const answer = await fetch(`${sandbox}/__sandbox/contacts/${id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ properties }),
  });
  expect(answer.status).toBe(200);
  return { sandbox, id };
}

async function scoreInCrm(sandbox: string, id: string): Promise<number> {
  const answer = await fetch(`${sandbox}/crm/objects/2026-09/contacts/${id}?properties=leadloop_score`, {
    headers: { authorization: 'Bearer sandbox-token' },
  });
  const { properties } = (await answer.json()) as { properties: { leadloop_score: string } };
  return Number(properties.leadloop_score);
}

interface SalesforceContact {
  readonly Email: string;
  readonly Leadloop_Score__c: number | null;
}

async function salesforceContact(sandbox: string, id: string): Promise<SalesforceContact | undefined> {
  const soql = `SELECT Email, Leadloop_Score__c FROM Contact WHERE Id = '${id}'`;
  const answer = await fetch(`${sandbox}/services/data/v67.0/query?q=${encodeURIComponent(soql)}`, {
    headers: { authorization: 'Bearer 00Dak0000000001!sandbox.access.token' },
  });
  const { records } = (await answer.json()) as { records: SalesforceContact[] };
  return records[0];
}

async function hubspotIdOf(sandbox: string, email: string): Promise<string> {
  const answer = await fetch(`${sandbox}/crm/objects/2026-09/contacts/search`, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
    body: JSON.stringify({ filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: email }] }] }),
  });
  const { results } = (await answer.json()) as { results: { id: string }[] };
  return results[0]?.id ?? '';
}

describe('npm start', () => {
  test('--once shows scored leads and their values in both CRMs, twice in a row', async () => {
    const first = await finished(launch('npm', ['start', '--', '--once']));
    expect(first.text).toMatch(/^ +score +tier +lead +acme-hubspot +acme-salesforce +why$/mu);
    // The same person in both, with the same score in both.
    expect(first.text).toMatch(/^ +(\d+) +(hot|warm) .* \1 \2 ✓ +\1 \2 ✓ +MQL by /mu);
    expect(first.text).not.toMatch(/not read back|≠/u);
    expect(first.code).toBe(0);

    const second = await finished(launch('npm', ['start', '--', '--once']));
    for (const connection of ['acme-hubspot', 'acme-salesforce'])
      expect(second.text).toMatch(new RegExp(`^${connection}  succeeded: .* 0 leads scored, 0 records written`, 'mu'));
    expect(second.text.match(/ leads scored, /gu)).toHaveLength(2);
    expect(second.text).toMatch(/ ✓ +\d+ (hot|warm) ✓ +MQL by /u);
    expect(second.code).toBe(0);

    // The five signups of the demo, from the files to both CRMs.
    const { code, text } = await finished(leadloop('explain', 'marcus.chen@velocitypay.io'));
    expect(code).toBe(0);
    expect(text).toMatch(/^plg score 88 {2}hot /mu);
    expect(text).toMatch(/^plg score of the account VelocityPay 88 {2}hot/mu);
    expect(text).toMatch(/leadloop_plg_score +88$/mu);
    expect(text).toMatch(/Leadloop_PLG_Tier__c +hot$/mu);
    const again = await finished(leadloop('import', 'usage', 'config/examples/plg/usage.csv'));
    expect(again).toMatchObject({ code: 0, text: expect.stringMatching(/unchanged +5/u) as string });
  });

  test('--once --json is one document', async () => {
    const { child } = launch(process.execPath, ['--conditions=source', 'src/cli/main.ts', '--json', 'start', '--once']);
    let out = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    await new Promise((resolve) => child.once('close', resolve));
    const { leads, tries } = JSON.parse(out) as {
      leads: { email: string; crm: { connection: string; fields: { agrees: boolean }[] }[] }[];
      tries: { crm: string }[];
    };
    expect(leads).toHaveLength(10);
    expect(new Set(leads.map(({ email }) => email)).size).toBe(10);
    expect(leads.every(({ crm }) => crm.every(({ fields }) => fields.every(({ agrees }) => agrees)))).toBe(true);
    const inBoth = leads.filter(({ crm }) => new Set(crm.map(({ connection }) => connection)).size === 2);
    expect(inBoth.length).toBeGreaterThan(0);
    expect(tries.map(({ crm }) => crm)).toEqual(['HubSpot', 'Salesforce']);
  });

  test('the loop goes on: a change in the sandbox is scored, written and shown; killed, it goes on from there', async () => {
    const first = leadloop('start', '--port', '0');
    const page = await pageOf(first);
    const { sandbox, id } = await askForDemo(first.text());
    await expect.poll(() => scoreInCrm(sandbox, id), { timeout: 60_000, interval: 500 }).toBeGreaterThan(50);
    const score = await scoreInCrm(sandbox, id);
    const ask = await setUp(page, first.text());
    const { leads } = await ask<{ leads: { id: string; score: number }[] }>('/orgs/acme/leads?status=mql');
    const shown = leads.find((lead) => lead.score === score)!;
    const read = await ask<{ records: { fields: { name: string; has: unknown; agrees: boolean }[] }[] }>(
      `/orgs/acme/leads/${shown.id}/crm`,
    );
    const fields = read.records.flatMap((record) => record.fields);
    expect(fields.length).toBeGreaterThan(0);
    expect(fields.filter(({ agrees }) => !agrees)).toEqual([]);
    await ended(first.child, 'SIGKILL');

    const second = leadloop('start', '--port', '0');
    const again = await pageOf(second);
    expect(second.text()).toContain('0 leads scored, 0 records written');
    const { url = '' } = tryHubSpot.exec(second.text())?.groups ?? {};
    expect(await scoreInCrm(url, id)).toBe(score);
    expect(await (await fetch(`${again}/readyz`)).json()).toEqual({ status: 'ok' });
    expect(await ended(second.child, 'SIGTERM')).toBe(0);
    expect(second.text()).toContain('stopped');
  });

  test('what happens in Salesforce is scored, and both CRMs get the score', async () => {
    const started = leadloop('start', '--port', '0');
    await pageOf(started);
    const { url: hubspot = '' } = tryHubSpot.exec(started.text())?.groups ?? {};
    const { url: sandbox = '', id = '', body = '' } = trySalesforce.exec(started.text())?.groups ?? {};
    const before = await salesforceContact(sandbox, id);
    const twin = await hubspotIdOf(hubspot, before?.Email ?? '');
    expect(await scoreInCrm(hubspot, twin)).toBe(before?.Leadloop_Score__c);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${sandbox}/__sandbox/records`, { method: 'POST', headers, body });
    expect(answer.status).toBe(201);
    const inSalesforce = async (): Promise<number> => (await salesforceContact(sandbox, id))?.Leadloop_Score__c ?? 0;
    await expect
      .poll(inSalesforce, { timeout: 60_000, interval: 500 })
      .toBeGreaterThan(before?.Leadloop_Score__c ?? 100);
    const score = await inSalesforce();
    await expect.poll(() => scoreInCrm(hubspot, twin), { timeout: 30_000, interval: 500 }).toBe(score);
    expect(await ended(started.child, 'SIGTERM')).toBe(0);
  });

  test('names the remedy of a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, text } = await finished(leadloop('start', '--port', String(port)));
    other.close();
    expect(code).toBe(2);
    expect(text).toContain(`port ${port}`);
    expect(text).toContain('--port');
  });
});
