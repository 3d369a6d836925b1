/** The configuration that comes with leadloop points at a sandbox: `start` runs one and puts its address and token in. */
import { type CredentialValues, readCredentials } from './environment.ts';
import type { ConnectionSettings, CredentialReferences, Settings } from './settings.ts';

/** A sandbox that runs. */
export interface SandboxPlace {
  readonly url: string;
  readonly token: string;
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** Null = no connection means a sandbox: each has another address than this machine's, or a token of its own. */
export function sandboxAddress(settings: Settings): URL | null {
  const meant = settings.orgs.flatMap(({ connections }) => connections).find(isDemo);
  return meant?.baseUrl ? new URL(meant.baseUrl) : null;
}

/** The sandbox may have had to take another port than the configured one. */
export function atSandbox(settings: Settings, { url }: SandboxPlace): Settings {
  const moved = (connection: ConnectionSettings): ConnectionSettings =>
    isDemo(connection) ? { ...connection, baseUrl: url } : connection;
  return { orgs: settings.orgs.map((org) => ({ ...org, connections: org.connections.map(moved) })) };
}

/** The secrets as configured; where the one of a demo connection is not at hand, the sandbox's. */
export function credentialsWith(sandbox: SandboxPlace): (references: CredentialReferences) => CredentialValues {
  return (references) =>
    isTokenMissing(references) ? { values: { accessToken: sandbox.token } } : readCredentials(references);
}

function isDemo({ kind, baseUrl, credentials }: ConnectionSettings): boolean {
  if (kind !== 'hubspot' || baseUrl === null || !loopback.includes(new URL(baseUrl).hostname)) return false;
  return isTokenMissing(credentials);
}

function isTokenMissing(references: CredentialReferences): boolean {
  return Object.keys(references).join() === 'accessToken' && 'missing' in readCredentials(references);
}
