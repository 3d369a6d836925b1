/** The CRMs that can be played on this machine. Nothing of one is loaded before it is asked for. */
import { DEFAULT_TOKEN as HUBSPOT_TOKEN } from './hubspot/scopes.ts';

export interface SandboxKind {
  /** Of the connections that may point at it: `hubspot`. */
  readonly kind: string;
  readonly label: string;
  /** Where it listens unless it is told otherwise. */
  readonly port: number;
  /** What it is kept in, in a directory that others share. */
  readonly file: string;
  /** What logs in to it, by the names that a connection uses. */
  readonly credentials: Readonly<Record<string, string>>;
  /** What it is filled with, and how many of each unless it is told otherwise. */
  readonly sizes: Readonly<Record<string, number>>;
  open(options: SandboxOptions): Promise<OpenSandbox>;
  /** The account that a file keeps; null where there is none yet. */
  keptAccount(file: string): Promise<string | null>;
  /** The account that plays at `url`; null where no sandbox of this kind answers. */
  accountAt(url: URL): Promise<string | null>;
}

export interface SandboxOptions {
  /** 0 takes any free port. */
  readonly port?: number;
  readonly seed?: number;
  readonly sizes?: Readonly<Record<string, number>>;
  /** Keeps it in this file, over restarts and kills: it is then an account of its own, for a demo. */
  readonly keepIn?: string;
}

export interface OpenSandbox extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** A token for `curl`, which never ends. */
  readonly token: string;
  /** `250 contacts` */
  readonly contents: string;
  /** What a person at the terminal needs to know, one line each. */
  readonly banner: readonly string[];
  /** A call of the vendor's API to begin with. */
  readonly firstCall: string;
  /** Some orders to begin with; the menu names all of them. */
  readonly firstFaults: readonly object[];
  /** What makes the person of a record ask for a demo, as if on a website. */
  askForDemo(record: { readonly object: string; readonly externalId: string }): AdminCall;
}

/** A POST to the admin paths of a sandbox. */
export interface AdminCall {
  readonly path: string;
  readonly body: object;
}

/** Whoever listens on the port of a sandbox answers at once, or is no sandbox. */
const probeMs = 1_000;

async function stateAt(url: URL): Promise<Readonly<Record<string, unknown>>> {
  try {
    const answer = await fetch(new URL('/__sandbox/state', url), { signal: AbortSignal.timeout(probeMs) });
    return (await answer.json()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const hubspot: SandboxKind = {
  kind: 'hubspot',
  label: 'HubSpot',
  port: 9_001,
  file: 'sandbox.json',
  credentials: { accessToken: HUBSPOT_TOKEN },
  sizes: { contacts: 250 },
  async open({ sizes, ...options }) {
    const { runHubSpotSandbox } = await import('./hubspot/index.ts');
    const own = options.keepIn === undefined ? {} : { portalId: 44_000_001 + chance(1_000_000) };
    const { sandbox, banner } = await runHubSpotSandbox({ ...options, ...sizes, ...own });
    return {
      url: sandbox.url,
      port: sandbox.port,
      token: HUBSPOT_TOKEN,
      contents: `${sandbox.store.contacts.size} contacts`,
      banner,
      firstCall: '/crm/objects/2026-09/contacts?limit=3',
      firstFaults: [
        { name: '429-ten-secondly', count: 3 },
        { name: '503', count: 1 },
        { name: '207-some-rows-failed', count: 1 },
      ],
      askForDemo: ({ externalId }) => ({
        path: `/__sandbox/contacts/${externalId}`,
        body: {
          properties: {
            hs_analytics_num_visits: 40,
            hs_email_click: 9,
            recent_conversion_event_name: 'Request a demo',
          },
        },
      }),
      [Symbol.asyncDispose]: () => sandbox.close(),
    };
  },
  async keptAccount(file) {
    const { keptPortal } = await import('./hubspot/index.ts');
    return textOf(keptPortal(file));
  },
  accountAt: async (url) => textOf((await stateAt(url))['portalId']),
};

const salesforce: SandboxKind = {
  kind: 'salesforce',
  label: 'Salesforce',
  port: 9_002,
  file: 'sandbox-salesforce.json',
  credentials: { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' },
  sizes: { leads: 150, contacts: 100 },
  async open({ sizes, ...options }) {
    const { DEFAULT_TOKEN, runSalesforceSandbox } = await import('./salesforce/index.ts');
    const { makeId } = await import('./salesforce/ids.ts');
    // Somebody looks on: jobs are done at once, and a loop of ten seconds needs more calls than a middling organisation has.
    const own = {
      orgId: makeId('00D', 1_000_000 + chance(1_000_000)),
      limits: { dailyApiRequests: 1_000_000 },
      bulkPolls: 0,
    };
    const { sandbox, banner } = await runSalesforceSandbox({
      ...options,
      ...sizes,
      ...(options.keepIn !== undefined && own),
    });
    const campaigns = [...sandbox.org.table('Campaign').all()];
    const demo = campaigns.find(({ values }) => values['Type'] === 'Demo Request')?.id ?? '';
    return {
      url: sandbox.url,
      port: sandbox.port,
      token: DEFAULT_TOKEN,
      contents: `${sandbox.org.table('Lead').size} leads and ${sandbox.org.table('Contact').size} contacts`,
      banner,
      firstCall: '/services/data/v67.0/query?q=SELECT+Id,Email+FROM+Lead+LIMIT+3',
      firstFaults: [
        { name: 'request-limit', count: 1 },
        { name: 'session-expired', count: 1 },
        { name: 'row-fails', row: 3, count: 1 },
      ],
      askForDemo: ({ object, externalId }) => ({
        path: '/__sandbox/records',
        body: {
          object: 'CampaignMember',
          values: { CampaignId: demo, [`${object}Id`]: externalId, Status: 'Responded' },
        },
      }),
      [Symbol.asyncDispose]: () => sandbox.close(),
    };
  },
  async keptAccount(file) {
    const { Memory } = await import('./salesforce/memory.ts');
    return textOf(new Memory(file).origin?.orgId);
  },
  accountAt: async (url) => textOf((await stateAt(url))['orgId']),
};

function textOf(id: unknown): string | null {
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

function chance(below: number): number {
  return Math.floor(Math.random() * below);
}

export const sandboxes: readonly SandboxKind[] = [hubspot, salesforce];
