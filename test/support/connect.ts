import { setTimeout } from 'node:timers/promises';
import { connectors } from '../../connectors/index.ts';
import type { SessionServices } from '../../src/connection.ts';
import type { ConnectorDefinition } from '../../src/connector-sdk/connector.ts';
import type { OrgId } from '../../src/model/values.ts';
import { type HubSpotSandbox, NO_LIMITS, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { startConsole, type TestConsole } from './console.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { sandboxToken } from './loop-side.ts';
import { bareServices } from './services.ts';

/** An organisation without any connection, a HubSpot that it could connect, and the console. */
export interface Unconnected extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly crm: HubSpotSandbox;
  readonly console: TestConsole;
  readonly services: SessionServices;
  readonly orgId: OrgId;
}

/** Its token may read contacts and nothing else. */
export const poorToken = 'poor-token';

/** An app that people let in from a browser. */
export const oauthApp = { clientId: 'leadloop-app', clientSecret: 'leadloop-secret' };

/** The scopes of a token that may do everything that leadloop does. */
const richScopes = ['contacts', 'companies', 'deals']
  .flatMap((object) => ['objects', 'schemas'].map((part) => `crm.${part}.${object}`))
  .flatMap((scope) => [`${scope}.read`, `${scope}.write`])
  .concat('crm.objects.owners.read', 'sales-email-read', 'forms', 'content', 'oauth');

export async function startUnconnected(options: { readonly hasPages?: boolean } = {}): Promise<Unconnected> {
  await using stack = new AsyncDisposableStack();
  const db = stack.use(await testDatabase());
  const orgId = await db.org('acme');
  // In a list they are only what JSON holds.
  const definitions = connectors as unknown as readonly ConnectorDefinition[];
  const console = stack.use(await startConsole({ ...bareServices(db.database), definitions, sleep: briefly }, options));
  const tokens = { [sandboxToken]: richScopes, [poorToken]: ['crm.objects.contacts.read', 'oauth'] };
  const oauthClients = [{ ...oauthApp, scopes: richScopes, redirectUris: [`${console.url}/oauth/callback`] }];
  const crm = stack.use(await startHubSpotSandbox({ contacts: 12, limits: NO_LIMITS, tokens, oauthClients }));
  const kept = stack.move();
  return {
    db,
    crm,
    console,
    services: console.services,
    orgId,
    [Symbol.asyncDispose]: async () => kept.disposeAsync(),
  };
}

/** Nobody waits for back-offs as long as in earnest. */
async function briefly(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(Math.min(ms, 20), undefined, { signal });
}

/** What makes a connection to it; `accessToken`: which may be a wrong one. */
export function hubspotWish({ url }: Pick<HubSpotSandbox, 'url'>, accessToken = sandboxToken) {
  return {
    name: 'acme-hubspot',
    kind: 'hubspot',
    baseUrl: url,
    schedule: '*/15 * * * *',
    credentials: { login: 'Token', values: { accessToken } as Record<string, string | null> },
    acceptWarnings: true,
  };
}
