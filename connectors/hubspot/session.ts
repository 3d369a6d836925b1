import { RequestError } from 'leadloop/connector-sdk';
import type { HubSpotClient } from './client.ts';
import type { Context } from './context.ts';
import { accountDetails } from './endpoints.ts';
import { accountAgeMs } from './limits.ts';
import type { WireAccount } from './wire.ts';

/** One open connection: what every part of the connector works with. */
export interface Session {
  readonly client: HubSpotClient;
  readonly context: Context;
}

/**
 * The account behind the credentials; read once a day, and its midnight told to the governor.
 * @throws RequestError when it is not the one that the settings name.
 */
export async function account({ client, context }: Session, signal: AbortSignal): Promise<WireAccount> {
  const details = await context.cache.through('account', accountAgeMs, () => accountDetails(client, signal));
  client.useTimeZone(details.timeZone);
  const { portalId } = context.settings;
  if (portalId !== undefined && portalId !== details.portalId) {
    throw new RequestError(
      `The credentials belong to HubSpot account ${details.portalId}, not ${portalId}.`,
      { status: 200, category: 'WRONG_PORTAL' },
      { remedy: 'Enter the credentials of that account, or correct settings.portalId.' },
    );
  }
  return details;
}
