import { salesforce } from '../../connectors/salesforce/index.ts';
import type { SalesforceCredentials, SalesforceSettings } from '../../connectors/salesforce/settings.ts';
import type { Connector, FieldSpec, RecordKey } from '../../src/connector-sdk/index.ts';
import {
  DEFAULT_TOKEN,
  startSalesforceSandbox,
  type SalesforceSandbox,
  type SalesforceSandboxOptions,
} from '../../src/sandbox/salesforce/index.ts';
import { field } from '../../src/sandbox/salesforce/schema/field.ts';
import type { Crm, Fault, StartOptions, Story } from '../contract/connector-suite.ts';
import { memoryCache, testContext, virtualClock, type ContextParts } from './connector-context.ts';

/** A Salesforce organisation in the sandbox, for the laws of a connector. */
export interface SalesforceCrm extends Crm {
  readonly sandbox: SalesforceSandbox;
  /** What connectors that were opened by `openWith` have logged. */
  readonly logged: readonly Logged[];
  openWith(settings: SalesforceSettings): Connector;
  convert(lead: string): Promise<RecordKey>;
  /** Begins a long transaction of somebody else's, which writes; the answer commits it. */
  writeSlowly(id: string, values: Readonly<Record<string, string>>): Promise<() => Promise<void>>;
}

interface Logged {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

type Order = Parameters<SalesforceSandbox['faults']['activate']>[0];

const data = '^/services/data/';
const orders: Readonly<Partial<Record<Fault, readonly Order[]>>> = {
  'rate-limit': [{ name: 'concurrent-limit' }],
  'day-used-up': [{ name: 'request-limit' }],
  locked: [{ name: '420-html' }],
  'server-error': [{ name: '503-html' }],
  reset: [{ name: 'socket-reset' }],
  hang: [{ name: 'hang' }],
  truncated: [{ name: 'truncated-json', path: data }],
  'token-expired': [{ name: 'session-expired' }],
  forbidden: [{ name: 'api-disabled' }],
  'applied-but-reset': [{ name: 'applied-but-reset' }],
  'row-fails': [{ name: 'row-fails', row: 3 }],
};

const session: SalesforceCredentials = { accessToken: DEFAULT_TOKEN };

export async function startSalesforce(
  { leads = 10, companies, isLimited = false, lagMs = 0 }: StartOptions = {},
  special: SalesforceSandboxOptions = {},
): Promise<SalesforceCrm> {
  const clock = virtualClock();
  const sandbox = await startSalesforceSandbox({
    leads: companies === undefined ? leads : 0,
    contacts: companies === undefined ? 5 : 0,
    hubspotContacts: 0,
    now: () => clock.now(),
    ...(isLimited ? {} : { limits: 'off' as const }),
    ...special,
  });
  // Sales have logged an e-mail lately, whoever else is there: `check` would ask for it.
  sandbox.org.insert(sandbox.org.table('Task').object, { TaskSubtype: 'Email', IsClosed: true }, { by: 'somebody' });
  for (let index = 0; index < (companies ?? 0); index += 1) {
    sandbox.org.insert(sandbox.org.table('Account').object, { Name: `Company ${index}` }, { by: 'somebody' });
  }
  // getUpdated cuts seconds off: the minute in which all was seeded shall be over.
  clock.advance(120_000);
  const cache = memoryCache(clock);
  const logged: Logged[] = [];
  const base = { definition: salesforce, settings: {}, clock, baseUrl: sandbox.url, cache };
  const object = companies === undefined ? 'Lead' : 'Account';
  const table = (): ReturnType<SalesforceSandbox['org']['table']> => sandbox.org.table(object);
  const living = (): string[] =>
    [...table().all()].filter(({ deletedAt }) => deletedAt === undefined).map(({ id }) => id);
  const rowOf = (id: string): NonNullable<ReturnType<SalesforceSandbox['org']['find']>> => {
    const row = sandbox.org.find(id);
    if (row === undefined) throw new Error(`no record ${id}`);
    return row;
  };
  const by = 'somebody';
  /** What users do in the CRM. */
  const post = async (path: string, body: unknown): Promise<Readonly<Record<string, unknown>>> => {
    clock.advance(1);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${sandbox.url}/__sandbox${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  // Those that are converted cannot be written, which has tests of its own.
  const people = sandbox.org.table('Lead').all();
  for (const row of people) sandbox.org.silently(row, { IsConverted: false, ConvertedContactId: null });
  void lagMs;

  return {
    sandbox,
    clock,
    logged,
    openWith: (settings) =>
      salesforce.open(
        testContext<SalesforceSettings, SalesforceCredentials>({
          ...base,
          settings,
          credentials: session,
          log: (_level, message, fields) => void logged.push({ message, fields }),
        }),
      ),
    faults: Object.keys(orders) as Fault[],
    open: () =>
      salesforce.open(testContext<SalesforceSettings, SalesforceCredentials>({ ...base, credentials: session })),
    openRenewable: () => openRenewable(base, sandbox),
    calls: () => sandbox.requests.entries().filter(({ url }) => url.startsWith('/services/data/')).length,
    limitsHit: () => sandbox.requests.entries().filter(({ status }) => status === 403).length,
    ids: living,
    value(id, field) {
      const value = rowOf(id).values[field] ?? null;
      return value === null || value === '' ? null : String(value);
    },
    edit(id, field, value) {
      clock.advance(1);
      sandbox.org.update(rowOf(id), { [field]: value }, { by });
    },
    touch(count) {
      clock.advance(1);
      for (const id of living().slice(0, count)) sandbox.org.update(rowOf(id), {}, { by });
    },
    archive(id) {
      clock.advance(1);
      sandbox.org.delete(rowOf(id), { by });
      return Promise.resolve();
    },
    async merge(winner, loser) {
      await post('/merge', { winner, losers: [loser] });
      return winner;
    },
    restore(id) {
      clock.advance(1);
      sandbox.org.undelete(rowOf(id), { by });
    },
    async convert(leadId) {
      return { object: 'Contact', externalId: String((await post('/convert', { leadId }))['contactId']) };
    },
    callOff(id) {
      clock.advance(1);
      sandbox.org.delete(rowOf(id), { by });
    },
    async writeSlowly(id, values) {
      const transaction = `/transactions/${String((await post('/transactions', {}))['id'])}`;
      await post(`${transaction}/writes`, { writes: [{ object: 'Lead', id, values }] });
      return async () => void (await post(`${transaction}/commit`, {}));
    },
    async occupy(field) {
      await occupy(sandbox, object, field);
    },
    break(fault, count) {
      for (const order of orders[fault] ?? [])
        sandbox.faults.activate({ ...order, ...(count === undefined ? {} : { count }) });
      // Only a session that is younger than the fault is spared.
      clock.advance(1);
    },
    mend: () => sandbox.faults.clear(),
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

type Base = Omit<ContextParts<SalesforceSettings, SalesforceCredentials>, 'credentials'>;

/** The story is put together from the sandbox's log: what was asked with an old token is no use of the new one. */
function openRenewable(base: Base, sandbox: SalesforceSandbox): ReturnType<Crm['openRenewable']> {
  const savedAfter = new Set<number>();
  const credentials: SalesforceCredentials = {
    clientId: 'sandbox-client',
    clientSecret: 'sandbox-secret',
    refreshToken: 'sandbox-refresh-token',
  };
  const saveCredentials = (): Promise<void> => {
    savedAfter.add(sandbox.requests.entries().length);
    return Promise.resolve();
  };
  const connector = salesforce.open(
    testContext<SalesforceSettings, SalesforceCredentials>({ ...base, credentials, saveCredentials }),
  );
  const story = (): Story => {
    const steps = sandbox.requests.entries().flatMap(({ url, status }, index): Story => {
      const before: Story = savedAfter.has(index) ? ['saved'] : [];
      if (status !== 200) return before;
      return [...before, url.startsWith('/services/oauth2/') ? 'renewed' : 'used'];
    });
    return steps.slice(Math.max(0, steps.indexOf('renewed')));
  };
  return { connector, story };
}

/** A user's own field, which everybody sees. */
function occupy(sandbox: SalesforceSandbox, object: string, { name, label, type }: FieldSpec): Promise<void> {
  const metadata = type === 'number' ? 'double' : 'string';
  sandbox.org.table(object).object.add(field(name, metadata, { label, precision: 18 }));
  return Promise.resolve();
}
