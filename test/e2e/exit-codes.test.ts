import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startHubSpotSandbox, type HubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { startSalesforceSandbox, type SalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { testDatabase } from '../support/database.ts';
import { sandboxToken } from '../support/loop-side.ts';

const cli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A machine with leadloop on it, a database, and a CRM to talk to. */
interface Machine<Crm> extends AsyncDisposable {
  readonly crm: Crm;
  /** Writes the configuration; lines of the connection may be added. */
  configure(...more: readonly string[]): Promise<void>;
  /** One command line in a process of its own. */
  run(line: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Ended>;
}

const hubspot = [
  'name: acme-hubspot',
  'kind: hubspot',
  'credentials: { accessToken: { env: HUBSPOT_TOKEN } }',
  'push: { mode: auto }',
  'pull: { objects: [owners] }',
];

const salesforce = [
  'name: acme-salesforce',
  'kind: salesforce',
  'credentials: { clientId: sandbox-client, clientSecret: { env: SF_SECRET } }',
  'push: { mode: auto }',
];

async function startMachine(): Promise<Machine<HubSpotSandbox>> {
  return machineWith(await startHubSpotSandbox({ contacts: 12 }), hubspot);
}

/** An organisation that may make 1,000 calls in 24 hours. */
async function startSalesforceMachine(): Promise<Machine<SalesforceSandbox>> {
  const limits = { dailyApiRequests: 1_000 };
  return machineWith(await startSalesforceSandbox({ leads: 30, contacts: 20, limits }), salesforce);
}

async function machineWith<Crm extends AsyncDisposable & { readonly url: string }>(
  opened: Crm,
  connection: readonly string[],
): Promise<Machine<Crm>> {
  await using stack = new AsyncDisposableStack();
  const crm = stack.use(opened);
  const db = stack.use(await testDatabase());
  const home = await mkdtemp(join(tmpdir(), 'leadloop-exit-'));
  stack.defer(async () => rm(home, { recursive: true, force: true }));
  const config = join(home, 'leadloop.yaml');
  const kept = stack.move();
  return {
    crm,
    async configure(...more) {
      const lines = [...connection, `baseUrl: ${crm.url}`, ...more];
      const text = lines.map((line, index) => `${index === 0 ? '      - ' : '        '}${line}\n`).join('');
      await writeFile(config, `orgs:\n  - slug: acme\n    connections:\n${text}`);
    },
    async run(line, variables = {}) {
      const child = spawn(process.execPath, ['--conditions=source', cli, '--config', config, ...line], {
        cwd: home,
        env: {
          PATH: process.env['PATH'] ?? '',
          DATABASE_URL: db.url,
          LEADLOOP_HOME: home,
          HUBSPOT_TOKEN: sandboxToken,
          SF_SECRET: 'sandbox-secret',
          NO_COLOR: '1',
          ...variables,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [out, err] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
      await once(child, 'close');
      return { code: child.exitCode, out, err };
    },
    [Symbol.asyncDispose]: async () => kept.disposeAsync(),
  };
}

/** The only document on stdout. */
function documentOf({ out }: Ended): Record<string, unknown> {
  expect(out.endsWith('}\n')).toBe(true);
  return JSON.parse(out) as Record<string, unknown>;
}

test('0: every step of a first loop is done, and with --json says so in one document and nothing else', async () => {
  await using machine = await startMachine();
  await machine.configure();
  const documents: Record<string, unknown>[] = [];
  for (const line of [['apply'], ['check'], ['sync', 'acme-hubspot'], ['rejected']]) {
    const ended = await machine.run([...line, '--json']);
    expect({ line, code: ended.code, err: ended.err }).toEqual({ line, code: 0, err: '' });
    documents.push(documentOf(ended));
  }
  expect(documents[2]).toMatchObject({
    connection: 'acme-hubspot',
    status: 'succeeded',
    failure: null,
    nextTryAt: null,
  });
  expect(documents[2]?.['counts']).not.toMatchObject({ pushed: 0 });
  expect(documents[3]).toHaveProperty('rejected');
});

test('75: a used-up day ends the sync with the time of its end, and afterwards the same command goes on', async () => {
  await using machine = await startMachine();
  await machine.configure();
  expect((await machine.run(['apply', '--json'])).code).toBe(0);
  machine.crm.faults.activate({ name: '429-daily' });
  const stopped = await machine.run(['sync', 'acme-hubspot', '--json']);
  expect(stopped).toMatchObject({ code: 75, err: '' });
  const report = documentOf(stopped);
  expect(report).toMatchObject({ status: 'failed', failure: { code: 'crm-quota-exhausted', recovery: 'retry' } });
  const waitMs = Date.parse(String(report['nextTryAt'])) - Date.now();
  expect(waitMs).toBeGreaterThan(0);
  // A day has 25 hours where clocks are set back.
  expect(waitMs).toBeLessThanOrEqual(90_000_000);

  machine.crm.faults.clear();
  expect((await machine.run(['sync', 'acme-hubspot', '--json'])).code).toBe(0);
});

/** What a sync with --json said of itself. */
interface SyncDocument {
  readonly status: string;
  readonly counts: { readonly pushed: number; readonly apiCalls: number };
  readonly objects: readonly { readonly object: string; readonly lane: string }[];
  readonly failure: { readonly code: string; readonly remedy: string } | null;
  readonly nextTryAt: string | null;
}

const syncOf = (ended: Ended): SyncDocument => documentOf(ended) as unknown as SyncDocument;

test('75: on Salesforce, a sync stops at the share of the day that everybody together may use, and goes on when it is free', async () => {
  await using machine = await startSalesforceMachine();
  await machine.configure('quota: { stopAtOrgUse: 0.8 }');
  expect(await machine.run(['apply', '--json'])).toMatchObject({ code: 0, err: '' });
  machine.crm.usage.others = 799;
  const stopped = await machine.run(['sync', 'acme-salesforce', '--json']);
  expect(stopped).toMatchObject({ code: 75, err: '' });
  expect(syncOf(stopped)).toMatchObject({
    failure: { code: 'crm-quota-exhausted', remedy: expect.stringContaining('quota.stopAtOrgUse') },
    // What was used is told with the first answer: it was the only one.
    counts: { apiCalls: 1, pushed: 0 },
  });
  expect(Date.parse(syncOf(stopped).nextTryAt ?? '')).toBeGreaterThan(Date.now());

  // A day that Salesforce itself calls used up ends the same way.
  machine.crm.usage.others = 1_000;
  const refused = await machine.run(['sync', 'acme-salesforce', '--json']);
  expect(refused).toMatchObject({ code: 75, err: '' });
  expect(syncOf(refused).failure?.code).toBe('crm-quota-exhausted');

  // What was told is believed for a while, without a call to find out; whoever knows better says so.
  machine.crm.usage.others = 0;
  expect(syncOf(await machine.run(['sync', 'acme-salesforce', '--json'])).counts.apiCalls).toBe(0);
  await machine.run(['check', 'acme-salesforce', '--json']);
  const done = await machine.run(['sync', 'acme-salesforce', '--json']);
  expect(done).toMatchObject({ code: 0, err: '' });
  expect(syncOf(done)).toMatchObject({ failure: null, nextTryAt: null });
  expect(syncOf(done).counts.pushed).toBeGreaterThan(0);
});

test('75: on Salesforce, a sync stops at our own share of the day, and goes on from its checkpoint when it is raised', async () => {
  await using machine = await startSalesforceMachine();
  await machine.configure('quota: { dailyShare: 0.012, urgentReserve: 0 }');
  expect(await machine.run(['apply', '--json'])).toMatchObject({ code: 0, err: '' });
  const stopped = await machine.run(['sync', 'acme-salesforce', '--json']);
  expect(stopped).toMatchObject({ code: 75, err: '' });
  expect(syncOf(stopped)).toMatchObject({
    failure: { code: 'crm-quota-exhausted', remedy: expect.stringContaining('quota.dailyShare') },
    counts: { apiCalls: 12, pushed: 0 },
  });
  expect(machine.crm.usage.used()).toBeLessThanOrEqual(12);
  // Today there is nothing left, and another process knows it without a call.
  const again = await machine.run(['sync', 'acme-salesforce', '--json']);
  expect(again).toMatchObject({ code: 75 });
  expect(syncOf(again).counts.apiCalls).toBe(0);
  expect(machine.crm.usage.used()).toBeLessThanOrEqual(12);

  await machine.configure('quota: { dailyShare: 0.25 }');
  expect((await machine.run(['apply', '--json'])).code).toBe(0);
  const done = await machine.run(['sync', 'acme-salesforce', '--json']);
  expect(done).toMatchObject({ code: 0, err: '' });
  // What had been read whole is not read whole again; the rest is read for the first time.
  const { objects, counts } = syncOf(done);
  const lanesOf = (name: string) => objects.filter(({ object }) => object === name).map(({ lane }) => lane);
  expect(lanesOf('Account')).toEqual(['live', 'settled']);
  expect(lanesOf('Event')).toEqual(['full']);
  expect(counts.pushed).toBeGreaterThan(0);
});

test('3: one rejected record makes a sync partial, the others come through, and it is listed with its reason', async () => {
  await using machine = await startMachine();
  await machine.configure(
    'mapping:',
    '  objects:',
    '    contacts:',
    '      in: [{ from: email, to: email, onInvalid: reject }, { from: jobtitle, to: title }]',
    '      out: [{ from: lead_score, to: leadloop_score }]',
    ...['website_visits', 'email_opens', 'email_clicks', 'content_downloads', 'demo_requested'].map(
      (counter, index) => `${index === 0 ? '  counters:\n        ' : ''}    ${counter}: events`,
    ),
  );
  expect(await machine.run(['apply', '--json'])).toMatchObject({ code: 0, err: '' });
  const { store } = machine.crm;
  const [contact] = [...store.contacts.from(0)].filter(({ archivedAt }) => archivedAt === undefined);
  store.update(store.contacts, contact!, { ...contact!.properties, email: 'nobody at all' }, store.stamp());
  const partial = await machine.run(['sync', 'acme-hubspot', '--json']);
  expect(partial).toMatchObject({ code: 3, err: '' });
  expect(documentOf(partial)).toMatchObject({ status: 'partial', failure: null, counts: { rejected: 1 } });
  expect(documentOf(partial)['counts']).not.toMatchObject({ pushed: 0 });

  const told = await machine.run(['rejected']);
  expect(told.code).toBe(0);
  expect(told.out).toContain(String(contact!.id));
  expect(told.out).toContain('email is not an e-mail address');
  expect(told.out).not.toContain('nobody at all');
});

test('2: a broken configuration is refused with file, line, key and remedy of everything that is wrong', async () => {
  await using machine = await startMachine();
  await machine.configure('schedul: "*/15 * * * *"', 'quota: { dailyShare: lots }');
  const told = await machine.run(['apply', '--dry-run']);
  expect({ code: told.code, out: told.out }).toEqual({ code: 2, out: '' });
  expect(told.err).toContain('[config-invalid]');
  expect(told.err).toMatch(/leadloop\.yaml:10:\d+ +orgs\[0\]\.connections\[0\]\.schedul: .+\n +.*schedule/u);
  expect(told.err).toMatch(/leadloop\.yaml:11:\d+ +orgs\[0\]\.connections\[0\]\.quota\.dailyShare: .+\n +\S+/u);
  expect(told.err).toMatch(/^remedy .+/mu);
  expect(told.err).not.toContain('    at ');
  const ended = await machine.run(['apply', '--json']);
  expect(ended.code).toBe(2);
  expect(documentOf(ended)).toMatchObject({
    error: { code: 'config-invalid', message: expect.stringContaining('leadloop.yaml:10:'), recovery: 'fix-config' },
  });

  for (const line of [
    ['snyc', 'acme-hubspot'],
    ['sync', 'acme-hubspot'],
  ]) {
    const misused = await machine.run([...line, '--json']);
    expect({ line, code: misused.code }).toEqual({ line, code: 2 });
    const { error } = documentOf(misused) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ recovery: 'fix-config', remedy: expect.stringMatching(/\S/u) });
  }
});

test('1: refused credentials fail with what has to be renewed, and a secret that is not set is named', async () => {
  await using machine = await startMachine();
  await machine.configure();
  const unset = await machine.run(['apply'], { HUBSPOT_TOKEN: '' });
  expect(unset.code).toBeGreaterThan(0);
  expect(unset.err).toContain('HUBSPOT_TOKEN');

  expect((await machine.run(['apply', '--json'], { HUBSPOT_TOKEN: 'no-such-token' })).code).toBe(0);
  const refused = await machine.run(['sync', 'acme-hubspot', '--json']);
  expect(refused).toMatchObject({ code: 1, err: '' });
  expect(documentOf(refused)).toMatchObject({
    status: 'failed',
    failure: { code: 'crm-credentials', recovery: 'reauthorise', remedy: expect.stringMatching(/\S/u) },
    nextTryAt: null,
  });
  const checked = await machine.run(['check', '--json']);
  expect(checked).toMatchObject({ code: 1, err: '' });
  expect(documentOf(checked)).toMatchObject({
    connections: [{ name: 'acme-hubspot', findings: [{ level: 'failure', remedy: expect.stringMatching(/\S/u) }] }],
  });
  for (const { out, err } of [refused, checked]) expect(out + err).not.toContain('no-such-token');
});
