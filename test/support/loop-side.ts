import { hubspot } from '../../connectors/hubspot/index.ts';
import { salesforce } from '../../connectors/salesforce/index.ts';
import {
  type HubSpotSandbox,
  type HubSpotSandboxOptions,
  NO_LIMITS,
  startHubSpotSandbox,
} from '../../src/sandbox/hubspot/index.ts';
import {
  type SalesforceSandbox,
  type SalesforceSandboxOptions,
  startSalesforceSandbox,
} from '../../src/sandbox/salesforce/index.ts';

/** What a CRM has of ours: field by field, by the record's id. The date of a qualification is only told to be there. */
export type WrittenValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface CrmSandbox extends AsyncDisposable {
  readonly url: string;
}

/** The CRM at the far end of a loop. */
export interface CrmSide<Sandbox extends CrmSandbox> {
  readonly kind: string;
  readonly credentials: object;
  readonly start: (now: () => number) => Promise<Sandbox>;
  readonly written: (crm: Sandbox) => WrittenValues;
}

export const sandboxToken = 'sandbox-token';

export function hubspotSide(options: HubSpotSandboxOptions = {}): CrmSide<HubSpotSandbox> {
  return {
    kind: hubspot.kind,
    credentials: { accessToken: sandboxToken },
    start: (now) => startHubSpotSandbox({ contacts: 60, limits: NO_LIMITS, now, ...options }),
    written: ({ store }) =>
      Object.fromEntries(
        [...store.contacts.from(0)].map(({ id, properties }) => [String(id), ours('leadloop_', properties)]),
      ),
  };
}

/** Nobody but Salesforce itself knows how long a session lasts: the loop asks for one with its own credentials. */
export function salesforceSide(options: SalesforceSandboxOptions = {}): CrmSide<SalesforceSandbox> {
  return {
    kind: salesforce.kind,
    credentials: { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' },
    start: (now) =>
      startSalesforceSandbox({ leads: 40, contacts: 20, hubspotContacts: 0, limits: 'off', now, ...options }),
    written: ({ org }) =>
      Object.fromEntries(
        ['Lead', 'Contact'].flatMap((object) =>
          [...org.table(object).all()].map(({ id, values }) => [id, ours('Leadloop_', values)]),
        ),
      ),
  };
}

type CrmValue = string | number | boolean | null | undefined;

function ours(prefix: string, values: Readonly<Record<string, CrmValue>>): Record<string, string> {
  const entries = Object.entries(values)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name, shown(name, value)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function shown(name: string, value: CrmValue): string {
  if (value === null || value === undefined || value === '') return '';
  return /mql_date/i.test(name) ? 'a date' : String(value);
}
