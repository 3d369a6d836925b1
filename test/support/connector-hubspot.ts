import { hubspot } from '../../connectors/hubspot/index.ts';
import type { FieldSpec } from '../../src/connector-sdk/index.ts';
import {
  ALL_SCOPES,
  startHubSpotSandbox,
  type FaultOrder,
  type HubSpotSandbox,
  type HubSpotSandboxOptions,
} from '../../src/sandbox/hubspot/index.ts';
import type { HubSpotCredentials, HubSpotSettings } from '../../connectors/hubspot/settings.ts';
import type { Crm, Fault, StartOptions, Story } from '../contract/connector-suite.ts';
import { memoryCache, testContext, virtualClock, type ContextParts } from './connector-context.ts';

/** A HubSpot account in the sandbox, for the laws of a connector. */
export interface HubSpotCrm extends Crm {
  readonly sandbox: HubSpotSandbox;
  readonly readableForms: number;
  logged: readonly { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[];
}

const orders: Readonly<Record<Fault, readonly FaultOrder[]>> = {
  'rate-limit': [{ name: '429-ten-secondly' }],
  'day-used-up': [{ name: '429-daily' }],
  locked: [{ name: '423-locked' }],
  'server-error': [{ name: '502' }],
  reset: [{ name: 'socket-reset' }],
  hang: [{ name: 'hang' }],
  truncated: [{ name: 'truncated-json' }],
  'token-expired': [{ name: 'token-expired' }],
  forbidden: [{ name: 'missing-scope', scope: 'crm.objects.contacts.read', path: '^/(crm|marketing|email|form)' }],
  'applied-but-reset': [{ name: 'applied-but-reset' }],
  'silent-success': [{ name: 'empty-2xx' }],
  'row-fails': [{ name: '207-some-rows-failed', row: 3 }],
};

export async function startHubSpot(
  { leads = 10, companies, isLimited = false, lagMs = 0 }: StartOptions = {},
  special: HubSpotSandboxOptions = {},
): Promise<HubSpotCrm> {
  const clock = virtualClock();
  const sandbox = await startHubSpotSandbox({
    contacts: companies === undefined ? leads : 0,
    now: () => clock.now(),
    searchLagMs: lagMs,
    tokens: { 'test-token': ALL_SCOPES },
    ...(isLimited ? {} : { limits: 'off' as const }),
    ...special,
  });
  const object = companies === undefined ? 'contacts' : 'companies';
  const table = sandbox.store.table(object);
  for (let index = 0; index < (companies ?? 0); index += 1) {
    sandbox.store.create(table, { name: `Company ${index}`, domain: `company${index}.example` }, sandbox.store.stamp());
  }
  clock.advance(1_000);
  const cache = memoryCache(clock);
  const logged: { message: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const base = {
    definition: hubspot,
    settings: {},
    clock,
    baseUrl: sandbox.url,
    cache,
    log: (_level: string, message: string, fields: Readonly<Record<string, unknown>>): void => {
      logged.push({ message, fields });
    },
  };
  const post = async (path: string, body: unknown): Promise<{ id: string }> => {
    clock.advance(1);
    const headers = { authorization: 'Bearer test-token', 'content-type': 'application/json' };
    const response = await fetch(`${sandbox.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return (text === '' ? {} : JSON.parse(text)) as { id: string };
  };

  return {
    sandbox,
    clock,
    logged,
    faults: Object.keys(orders) as Fault[],
    readableForms: sandbox.store.forms.filter(({ formType }) => formType !== 'blog_comment').length,
    open: () =>
      hubspot.open(
        testContext<HubSpotSettings, HubSpotCredentials>({ ...base, credentials: { accessToken: 'test-token' } }),
      ),
    openRenewable: () => openRenewable(base, sandbox),
    calls: () => sandbox.requests.entries().length,
    limitsHit: () => sandbox.requests.entries().filter(({ status }) => status === 429).length,
    ids: () => [...table.from(0)].filter(({ archivedAt }) => archivedAt === undefined).map(({ id }) => String(id)),
    value: (id, field) => table.get(Number(id))?.properties[field] || null,
    edit(id, field, value) {
      clock.advance(1);
      const record = table.get(Number(id));
      if (record === undefined) throw new Error(`no record ${id}`);
      sandbox.store.update(table, record, { ...record.properties, [field]: value }, sandbox.store.stamp());
    },
    touch(count) {
      clock.advance(1);
      const at = sandbox.store.stamp();
      const living = [...table.from(0)].filter(({ archivedAt }) => archivedAt === undefined);
      for (const record of living.slice(0, count)) sandbox.store.update(table, record, record.properties, at);
    },
    async archive(id) {
      await post(`/crm/objects/2026-09/${object}/batch/archive`, { inputs: [{ id }] });
    },
    restore(id) {
      clock.advance(1);
      const record = table.get(Number(id));
      if (record === undefined) throw new Error(`no record ${id}`);
      sandbox.store.restore(table, record);
    },
    convert: null,
    callOff(id) {
      clock.advance(1);
      const meetings = sandbox.store.table('meetings');
      const record = meetings.get(Number(id));
      if (record === undefined) throw new Error(`no meeting ${id}`);
      const properties = { ...record.properties, hs_meeting_outcome: 'CANCELED' };
      sandbox.store.update(meetings, record, properties, sandbox.store.stamp());
    },
    async merge(winner, loser) {
      const body = { primaryObjectId: winner, objectIdToMerge: loser };
      return (await post(`/crm/objects/2026-09/${object}/merge`, body)).id;
    },
    async occupy(field) {
      await post(`/crm/properties/2026-09/${object}`, foreignProperty(object, field));
    },
    break(fault, count) {
      for (const order of orders[fault])
        sandbox.faults.activate({ ...order, ...(count === undefined ? {} : { count }) });
    },
    mend: () => sandbox.faults.clear(),
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

type Base = Omit<ContextParts<HubSpotSettings, HubSpotCredentials>, 'credentials'>;

/** The story is put together from the sandbox's log: what was asked with an old token is no use of the new one. */
function openRenewable(base: Base, sandbox: HubSpotSandbox): ReturnType<Crm['openRenewable']> {
  const savedAfter = new Set<number>();
  const credentials: HubSpotCredentials = {
    clientId: 'sandbox-client',
    clientSecret: 'sandbox-secret',
    refreshToken: 'sandbox-refresh-token',
  };
  const saveCredentials = (): Promise<void> => {
    savedAfter.add(sandbox.requests.entries().length);
    return Promise.resolve();
  };
  const connector = hubspot.open(
    testContext<HubSpotSettings, HubSpotCredentials>({ ...base, credentials, saveCredentials }),
  );
  const story = (): Story => {
    const steps = sandbox.requests.entries().flatMap(({ url, status }, index): Story => {
      const before: Story = savedAfter.has(index) ? ['saved'] : [];
      if (status !== 200) return before;
      return [...before, url.startsWith('/oauth/') ? 'renewed' : 'used'];
    });
    return steps.slice(Math.max(0, steps.indexOf('renewed')));
  };
  return { connector, story };
}

function foreignProperty(object: string, { name, label, type }: FieldSpec): Record<string, unknown> {
  const wire = type === 'number' ? { type: 'number', fieldType: 'number' } : { type: 'string', fieldType: 'text' };
  return { name, label, groupName: object === 'contacts' ? 'contactinformation' : 'companyinformation', ...wire };
}
