import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { App, ApplyOptions } from '../../../src/cli/app-port.ts';
import { completePull, completePush, completeQuota } from '../../../src/config/defaults.ts';
import type { ConnectionSettings, Settings } from '../../../src/config/settings.ts';
import type { ConnectionStatus } from '../../../src/health/status-report.ts';
import type { ShownLead, ShownSignup } from '../../../src/leads/showcase.ts';
import { report, run } from './support.ts';

/** A CRM on this machine, as far as `start` asks whether there is one. */
async function listening(): Promise<string> {
  const server: Server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A home directory, with the sandbox of a demo in it or without. */
async function home(file: string | null = null): Promise<NodeJS.ProcessEnv> {
  const path = await mkdtemp(join(tmpdir(), 'leadloop-start-unit-'));
  onTestFinished(() => rm(path, { recursive: true }));
  if (file !== null) await writeFile(join(path, file), '{}');
  return { LEADLOOP_HOME: path };
}

const settingsOf = (...connections: readonly ConnectionSettings[]): Settings => ({
  orgs: [{ slug: 'acme', name: 'Acme', connections, sources: [], profiles: [], examples: [] }],
});

const hubspot: ConnectionSettings = {
  name: 'acme-hubspot',
  kind: 'hubspot',
  baseUrl: null,
  credentials: { accessToken: 'at-hand' },
  schedule: null,
  quota: completeQuota(),
  push: completePush({ mode: 'auto' }),
  options: { connector: {}, timezone: 'UTC', pull: completePull() },
  mapping: null,
};
const salesforce: ConnectionSettings = { ...hubspot, name: 'acme-salesforce', kind: 'salesforce' };
const unset = { env: 'LEADLOOP_TEST_UNSET' };
const salesforceDemo: ConnectionSettings = {
  ...salesforce,
  baseUrl: 'http://127.0.0.1:9002',
  credentials: { clientId: 'sandbox-client', clientSecret: unset },
};

type Stored = Pick<ConnectionStatus, 'name' | 'kind' | 'baseUrl' | 'pushMode' | 'waiting'>;

const nothingWaits = { urgent: 0, hot: 0, scores: 0, rest: 0 };
const state: Stored = {
  name: 'acme-hubspot',
  kind: 'hubspot',
  baseUrl: null,
  pushMode: 'auto',
  waiting: nothingWaits,
};

const lead = (crm: ShownLead['crm']): ShownLead => ({
  id: 'lead-1',
  name: 'Jane Doe',
  email: 'jane@district.example',
  companyName: null,
  title: null,
  status: 'engaged',
  segment: null,
  score: 42,
  tier: 'warm',
  reason: 'Strong: Website visits.',
  mqlAt: null,
  crm,
});

const record = (connection: string, has = 42): ShownLead['crm'][number] => ({
  connection,
  object: 'contacts',
  externalId: '1',
  isReadBack: true,
  fields: [
    { name: 'leadloop_score', of: 'lead_score', wanted: 42, has, agrees: has === 42 },
    { name: 'leadloop_tier', of: 'tier', wanted: 'warm', has: 'warm', agrees: true },
  ],
});

const signup: ShownSignup = {
  email: 'ana@velocitypay.example',
  champion_name: null,
  company_domain: 'velocitypay.example',
  company_name: null,
  total_score: 88,
  tier: 'hot',
  suggested_action: 'Call today.',
};

interface World {
  readonly settings: Settings;
  readonly stored?: readonly Stored[];
  readonly leads?: readonly ShownLead[];
  readonly signups?: readonly ShownSignup[];
}

const noAlerts = { waiting: 0, givenUp: 0, lastError: null };

/** An application that remembers what `start` asks of it. */
function appOf({ settings, stored = [state], leads = [], signups = [] }: World) {
  const asked: { applied: ApplyOptions[]; synced: string[] } = { applied: [], synced: [] };
  const answers: Partial<App> = {
    settings: async () => settings,
    migrate: async () => [],
    apply: async (_file, options) => {
      asked.applied.push(options);
      return [];
    },
    sync: async (connection) => {
      asked.synced.push(connection);
      return { ...report, connection };
    },
    status: async () => ({
      at: new Date(),
      orgs: [
        { org: 'acme', pauses: [], connections: stored as readonly ConnectionStatus[], sources: [], alerts: noAlerts },
      ],
      queue: null,
      needsPerson: [],
    }),
    showcase: async () => ({ org: 'acme', leads, engaged: leads, signups }),
  };
  return { asked, answers };
}

const start = async (answers: Partial<App>, variables?: NodeJS.ProcessEnv) =>
  run('start --once', answers, new AbortController().signal, variables ?? (await home()));

describe('start', () => {
  it('on a real CRM leaves the sandbox of another one out, and says what to do', async () => {
    const { asked, answers } = appOf({ settings: settingsOf(hubspot, salesforceDemo) });
    const { code, err } = await start(answers);
    expect(code).toBe(0);
    expect(asked.applied).toMatchObject([{ stage: { places: [], leftOut: ['acme/acme-salesforce'] } }]);
    expect(asked.synced).toEqual(['acme/acme-hubspot']);
    expect(err).toMatch(
      /acme\/acme-salesforce is left out: .* Delete it from config\/leadloop\.yaml, or set the secret/u,
    );
  });

  it('refuses to let real people meet those of the demo that ran before', async () => {
    const stored = [{ ...state, baseUrl: 'http://127.0.0.1:9001' }];
    for (const left of [settingsOf(hubspot), settingsOf({ ...hubspot, name: 'another-name' })]) {
      const { asked, answers } = appOf({ settings: left, stored });
      const demoHome = await home('sandbox.json');
      const { code, err } = await start(answers, demoHome);
      expect({ code, asked }).toEqual({ code: 2, asked: { applied: [], synced: [] } });
      expect(err).toContain('[demo-leads]');
      expect(err).toContain(`delete ${demoHome['LEADLOOP_HOME']}`);
    }
    // A proxy on this machine, and no demo that ever ran here.
    const { answers } = appOf({ settings: settingsOf(hubspot), stored });
    expect((await start(answers)).code).toBe(0);
  });

  it('says at once when nothing answers at an address on this machine', async () => {
    const silent = { ...hubspot, baseUrl: 'http://127.0.0.1:1' };
    const { asked, answers } = appOf({ settings: settingsOf(silent) });
    const { code, err } = await start(answers);
    expect({ code, asked }).toEqual({ code: 2, asked: { applied: [], synced: [] } });
    expect(err).toMatch(/\[address-silent\]\nremedy To run on the CRM itself, delete that baseUrl/u);
    const answering = { ...hubspot, baseUrl: await listening() };
    expect((await start(appOf({ settings: settingsOf(answering) }).answers)).code).toBe(0);
  });

  it('lets a CRM have another turn where a later one has added something, unless it may not write', async () => {
    const settings = settingsOf(hubspot, salesforce);
    const waiting = { ...state, waiting: { ...nothingWaits, scores: 3 } };
    const both = ['acme/acme-hubspot', 'acme/acme-salesforce'];
    const turns = async (stored: Stored): Promise<readonly string[]> => {
      const { asked, answers } = appOf({ settings, stored: [stored] });
      await start(answers);
      return asked.synced;
    };
    expect(await turns(waiting)).toEqual([...both, 'acme/acme-hubspot']);
    expect(await turns(state)).toEqual(both);
    expect(await turns({ ...waiting, pushMode: 'plan' })).toEqual(both);
    // What the last one has left will wait for its next run.
    expect(await turns({ ...waiting, name: 'acme-salesforce' })).toEqual(both);
  });

  it('shows a column for each CRM, with what it has of each lead', async () => {
    const crm = [record('acme-hubspot'), record('acme-salesforce', 7)];
    const { answers } = appOf({ settings: settingsOf(hubspot), leads: [lead(crm), lead([record('acme-salesforce')])] });
    const { out } = await start(answers);
    expect(out).toMatch(/score +tier +lead +acme-hubspot +acme-salesforce +why/u);
    expect(out).toMatch(/42 +warm +Jane Doe +42 warm ✓ +7 warm ≠ +Strong/u);
    expect(out).toMatch(/42 +warm +Jane Doe +– +42 warm ✓ +Strong/u);
    expect(out).not.toContain('Try it');
  });

  it('shows the record that is not as it should be where a CRM has several of one person', async () => {
    const twins = [record('acme-salesforce'), record('acme-salesforce', 7)];
    const agreeing = [record('acme-salesforce'), record('acme-salesforce')];
    const { answers } = appOf({ settings: settingsOf(hubspot), leads: [lead(twins), lead(agreeing)] });
    const { out } = await start(answers);
    expect(out).toContain('7 warm ≠');
    expect(out).toContain('42 warm ✓ ×2');
  });

  it('shows who uses the product most like a buyer, and nothing of it without product data', async () => {
    const ana: ShownSignup = { ...signup, champion_name: 'Ana Ruiz', company_name: 'VelocityPay' };
    const { answers } = appOf({ settings: settingsOf(hubspot), leads: [lead([])], signups: [ana, signup] });
    const { out } = await start(answers);
    expect(out).toMatch(/score +tier +signup +company +what to do/u);
    expect(out).toMatch(/88 +hot +Ana Ruiz +VelocityPay +Call today\./u);
    expect(out).toMatch(/88 +hot +ana@velocitypay\.example +velocitypay\.example +Call today\./u);
    const none = await start(appOf({ settings: settingsOf(hubspot), leads: [lead([])] }).answers);
    expect(none.out).not.toContain('signups');
  });
});
