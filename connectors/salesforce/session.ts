import { ProtocolError, RequestError } from 'leadloop/connector-sdk';
import type { SalesforceClient } from './client.ts';
import type { Context } from './context.ts';
import { query } from './endpoints.ts';
import { accountAgeMs } from './limits.ts';

/** One open connection: what every part of the connector works with. */
export interface Session {
  readonly client: SalesforceClient;
  readonly context: Context;
}

interface Organization {
  readonly id: string;
  readonly type: string;
  readonly isSandbox: boolean;
}

/**
 * The organisation behind the session, in every run: what is kept for a day is what we know of an organisation by its id.
 * @throws RequestError when it is not the one that the settings name.
 */
export async function account({ client, context }: Session, signal: AbortSignal): Promise<Organization> {
  const key = `account:${(await client.organization(signal)) ?? ''}`;
  const organization = await context.cache.through(key, accountAgeMs, () => readOrganization(client, signal));
  const { organizationId } = context.settings;
  // The first fifteen characters are the id; the other three are their check sum.
  if (organizationId !== undefined && organizationId.slice(0, 15) !== organization.id.slice(0, 15)) {
    throw new RequestError(
      `The credentials belong to Salesforce organisation ${organization.id}, not ${organizationId}.`,
      { status: 200, category: 'WRONG_ORGANIZATION' },
      { remedy: 'Enter the credentials of that organisation, or correct settings.organizationId.' },
    );
  }
  return organization;
}

async function readOrganization(client: SalesforceClient, signal: AbortSignal): Promise<Organization> {
  const soql = 'SELECT Id, OrganizationType, IsSandbox FROM Organization LIMIT 1';
  const { records } = await query(client, soql, { all: false, signal });
  const [row] = records;
  if (row === undefined) throw new ProtocolError('Salesforce names no organisation.');
  const { Id, OrganizationType, IsSandbox } = row;
  return {
    id: Id,
    type: typeof OrganizationType === 'string' ? OrganizationType : 'of unknown edition',
    isSandbox: IsSandbox === true,
  };
}
