/**
 * The configuration that comes with leadloop points at sandboxes: `start` runs them and puts their addresses and secrets in.
 * PURE but for the secrets, which it looks for where the configuration says.
 */
import { type CredentialValues, readCredentials } from './environment.ts';
import type { ConnectionSettings, OrgSettings, Settings } from './settings.ts';

/** A CRM that can be played on this machine, and what logs in to it. */
export interface SandboxOffer {
  readonly kind: string;
  readonly credentials: Readonly<Record<string, string>>;
}

/** One that runs. */
export interface SandboxPlace extends SandboxOffer {
  readonly url: string;
}

/** What of a configuration is for show. */
export interface Demo {
  /** Where a sandbox of each kind is expected: the first connection of the kind says it for all. */
  readonly addresses: ReadonlyMap<string, URL>;
  /**
   * `org/name` of connections that mean a sandbox in an organisation whose other ones do not: its made-up people would be
   * scored as if they were real.
   */
  readonly leftOut: readonly string[];
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

export function demoOf({ orgs }: Settings, offers: readonly SandboxOffer[]): Demo {
  const addresses = new Map<string, URL>();
  const leftOut: string[] = [];
  for (const org of orgs) {
    const shown = org.connections.filter((one) => isDemo(one, offers));
    const isReal = shown.length < org.connections.length;
    if (isReal) leftOut.push(...shown.map((one) => nameOf(org, one)));
    else for (const { kind, baseUrl } of shown) addresses.set(kind, addresses.get(kind) ?? new URL(baseUrl ?? ''));
  }
  return { addresses, leftOut };
}

/** What a run of `start` puts in the place of the configuration. */
export interface Stage extends Pick<Demo, 'leftOut'> {
  readonly places: readonly SandboxPlace[];
}

/** The settings with the connections of the demo at sandboxes that run, and without those that are left out. */
export function atSandboxes(settings: Settings, { places, leftOut }: Stage): Settings {
  const orgOf = (org: OrgSettings): OrgSettings => ({
    ...org,
    connections: org.connections
      .filter((connection) => !leftOut.includes(nameOf(org, connection)))
      .map((connection) => moved(connection, places)),
  });
  return { orgs: settings.orgs.map(orgOf) };
}

/** The sandbox may have had to take another port than the configured one. */
function moved(connection: ConnectionSettings, places: readonly SandboxPlace[]): ConnectionSettings {
  const place = places.find((offer) => isDemo(connection, [offer]));
  return place === undefined ? connection : { ...connection, baseUrl: place.url };
}

/** The secrets as configured; where those of a connection of the demo are not at hand, the sandbox's. */
export function credentialsWith({ places }: Stage): (connection: ConnectionSettings) => CredentialValues {
  return (connection) => {
    const place = places.find((offer) => isDemo(connection, [offer]));
    return place === undefined ? readCredentials(connection.credentials) : { values: place.credentials };
  };
}

/** Whether an address is on this machine. */
export function isLocal(address: string | null): boolean {
  return address !== null && loopback.includes(new URL(address).hostname);
}

/** On this machine, and with no secret to show elsewhere. */
function isDemo({ kind, baseUrl, credentials }: ConnectionSettings, offers: readonly SandboxOffer[]): boolean {
  if (!isLocal(baseUrl)) return false;
  const offer = offers.find((one) => one.kind === kind);
  if (offer === undefined || !('missing' in readCredentials(credentials))) return false;
  return Object.keys(credentials).sort().join() === Object.keys(offer.credentials).sort().join();
}

function nameOf({ slug }: OrgSettings, { name }: ConnectionSettings): string {
  return `${slug}/${name}`;
}
