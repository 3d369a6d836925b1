/** DATA: the CRMs that are measured. One entry holds all that differs between them. */
import { hubspot } from '../../connectors/hubspot/index.ts';
import { salesforce } from '../../connectors/salesforce/index.ts';
import type { ConnectorDefinition } from '../../src/connector-sdk/connector.ts';
import type { Lane } from '../../src/model/run.ts';

export interface Crm {
  readonly definition: ConnectorDefinition;
  readonly credentials: Readonly<Record<string, string>>;
  /** The object that is measured. */
  readonly people: string;
  /** What people refer to: it is pulled before them, as in a sync. */
  readonly before: readonly string[];
  /** The fewest calls in which a lane can read so many records, by the CRM's own limits. */
  readonly leastRead: Readonly<Record<Lane, (records: number) => number>>;
  /** Calls that write people, and the records that one of them takes at most. */
  readonly write: { readonly route: RegExp; readonly records: number };
  /** Calls of a mass write; null = the CRM has none. */
  readonly massWrite: { readonly route: RegExp } | null;
  /**
   * Starts the sandbox with so many people and without rate limits. It is loaded here, so that a process which does not start
   * one does not hold one: its memory is measured.
   */
  start(people: number): Promise<{ readonly url: string; close(): Promise<void> }>;
}

/** Pages of `size` records; nothing at all takes a page, too. */
const pages =
  (size: number) =>
  (records: number): number =>
    Math.max(1, Math.ceil(records / size));

/** HubSpot: a page of a list and a batch have 100 records, a page of a search 200 ids. */
const hubspotList = pages(100);
const hubspotChanges = (records: number): number => pages(200)(records) + Math.ceil(records / 100);

/** Salesforce: a page of a query has 2,000 rows, a page of a bulk job 50,000; the job is made and looked at once at least. */
const salesforceQuery = pages(2_000);

export const crms = {
  hubspot: {
    // The engine of types gives each definition its own settings; here they are all alike.
    definition: hubspot,
    credentials: { accessToken: 'sandbox-token' },
    people: 'contacts',
    before: ['owners', 'companies'],
    leastRead: { full: hubspotList, live: hubspotChanges, settled: hubspotChanges, archived: hubspotList },
    write: { route: /^POST .*\/contacts\/batch\/update$/, records: 100 },
    massWrite: null,
    async start(people) {
      const { startHubSpotSandbox } = await import('../../src/sandbox/hubspot/index.ts');
      return startHubSpotSandbox({ contacts: people, limits: 'off' });
    },
  },
  salesforce: {
    definition: salesforce,
    credentials: { accessToken: '00Dak0000000001!sandbox.access.token' },
    people: 'Lead',
    before: ['User', 'Account'],
    leastRead: {
      full: (records) => 2 + pages(50_000)(records),
      live: salesforceQuery,
      // Salesforce is asked whether anything is new; rows are read only then.
      settled: (records) => 1 + Math.ceil(records / 2_000),
      archived: salesforceQuery,
    },
    write: { route: /^PATCH .*\/composite\/sobjects$/, records: 200 },
    massWrite: { route: /\/jobs\/ingest/ },
    // A job is complete when it is first looked at: what Salesforce's queue takes is not ours to measure.
    async start(people) {
      const { startSalesforceSandbox } = await import('../../src/sandbox/salesforce/index.ts');
      return startSalesforceSandbox({ leads: people, contacts: 0, limits: 'off', bulkPolls: 0 });
    },
  },
} satisfies Readonly<Record<string, Crm>>;

export type CrmName = keyof typeof crms;

export const crmNames = Object.keys(crms) as readonly CrmName[];

export function isCrmName(text: string): text is CrmName {
  return Object.hasOwn(crms, text);
}
