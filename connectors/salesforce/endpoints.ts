import { ProtocolError, RequestError } from 'leadloop/connector-sdk';
import type { SalesforceClient } from './client.ts';
import { maxUrlLength } from './limits.ts';
import {
  withRecords,
  type WireCreated,
  type WireDeleted,
  type WireDescribe,
  type WireLimits,
  type WireQuery,
  type WireRecord,
  type WireSaved,
  type WireUpdated,
} from './wire.ts';

// One function for each endpoint that we use.

/** Whether a statement is short enough for a query, which is sent in the URL. */
export function fitsUrl(soql: string): boolean {
  return encodeURIComponent(soql).length <= maxUrlLength;
}

/** `all` shows what is in the recycle bin as well, and archived activities. */
export async function query(
  client: SalesforceClient,
  soql: string,
  { all, signal }: { readonly all: boolean; readonly signal: AbortSignal },
): Promise<WireQuery> {
  const path = all ? '/queryAll' : '/query';
  const url = `${path}?q=${encodeURIComponent(soql)}`;
  if (!fitsUrl(soql)) {
    throw new RequestError(
      'The mapping reads more fields than fit into one query.',
      { status: 414, category: 'URI_TOO_LONG' },
      { remedy: 'Map fewer fields of this object.' },
    );
  }
  const { body } = await client.send<unknown>({ method: 'GET', path: url }, signal);
  return withRecords(body, `GET ${path}`);
}

/** The versions of the API that there are, oldest first: `67.0`. */
export async function listVersions(client: SalesforceClient, signal: AbortSignal): Promise<readonly string[]> {
  const { body } = await client.send<readonly { readonly version: string }[] | null>(
    { method: 'GET', path: '/services/data' },
    signal,
  );
  return Array.isArray(body) ? body.map(({ version }: { readonly version: string }) => version) : [];
}

export async function describeObject(
  client: SalesforceClient,
  object: string,
  signal: AbortSignal,
): Promise<WireDescribe> {
  const { body } = await client.send<WireDescribe | null>(
    { method: 'GET', path: `/sobjects/${object}/describe` },
    signal,
  );
  if (!Array.isArray(body?.fields)) throw new ProtocolError(`Salesforce described ${object} without fields.`);
  return body;
}

/** Ids that changed, and how far Salesforce vouches for them: to the start of the oldest transaction that is still open. */
export async function getUpdated(
  client: SalesforceClient,
  object: string,
  { start, end }: { readonly start: number; readonly end: number },
  signal: AbortSignal,
): Promise<WireUpdated> {
  const path = replicationPath(object, 'updated', { start, end });
  const { body } = await client.send<WireUpdated | null>({ method: 'GET', path }, signal);
  if (!Array.isArray(body?.ids) || Number.isNaN(Date.parse(body.latestDateCovered))) {
    throw new ProtocolError(`Salesforce answered getUpdated of ${object} without ids and a date.`);
  }
  return body;
}

/** Ids of what was deleted and not restored, the bin or not: the only trace of what has no bin. */
export async function getDeleted(
  client: SalesforceClient,
  object: string,
  { start, end }: { readonly start: number; readonly end: number },
  signal: AbortSignal,
): Promise<WireDeleted> {
  const { body } = await client.send<WireDeleted | null>(
    { method: 'GET', path: replicationPath(object, 'deleted', { start, end }) },
    signal,
  );
  if (!Array.isArray(body?.deletedRecords))
    throw new ProtocolError(`Salesforce answered getDeleted of ${object} without ids.`);
  return body;
}

function replicationPath(
  object: string,
  what: 'updated' | 'deleted',
  { start, end }: { readonly start: number; readonly end: number },
): string {
  const instant = (at: number): string => encodeURIComponent(new Date(at).toISOString());
  return `/sobjects/${object}/${what}/?start=${instant(start)}&end=${instant(end)}`;
}

/** One call for up to 2,000 records of one object, in any order; null = there is none to see, or it is deleted. */
export async function retrieve(
  client: SalesforceClient,
  object: string,
  wanted: { readonly ids: readonly string[]; readonly fields: readonly string[] },
  signal: AbortSignal,
): Promise<readonly (WireRecord | null)[]> {
  const path = `/composite/sobjects/${object}`;
  const { body } = await client.send<unknown>({ method: 'POST', path, body: wanted }, signal);
  if (!Array.isArray(body)) throw new ProtocolError(`Salesforce answered POST ${path} without records.`);
  return body as readonly (WireRecord | null)[];
}

export interface Update {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One call for up to 200 records of one object. Empty where Salesforce says nothing. */
export async function updateCollection(
  client: SalesforceClient,
  object: string,
  updates: readonly Update[],
  signal: AbortSignal,
): Promise<readonly WireSaved[]> {
  const records = updates.map(({ id, fields }) => ({ attributes: { type: object }, id, ...fields }));
  const headers = {
    // The default is TRUE, for updates too: a score would hand the lead to another owner (docs, assignment rule header).
    'Sforce-Auto-Assign': 'FALSE',
    'Sforce-Duplicate-Rule-Header': 'allowSave=true',
  };
  const { body } = await client.send<unknown>(
    { method: 'PATCH', path: '/composite/sobjects', body: { allOrNone: false, records }, headers },
    signal,
  );
  return Array.isArray(body) ? (body as readonly WireSaved[]) : [];
}

export async function createRecord(
  client: SalesforceClient,
  object: string,
  fields: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<WireCreated> {
  const { body } = await client.send<WireCreated | null>(
    { method: 'POST', path: `/sobjects/${object}`, body: fields },
    signal,
  );
  return body ?? {};
}

/** Creates a custom field through the Tooling API. */
export async function createField(
  client: SalesforceClient,
  fullName: string,
  metadata: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<void> {
  await client.send(
    { method: 'POST', path: '/tooling/sobjects/CustomField', body: { FullName: fullName, Metadata: metadata } },
    signal,
  );
}

/** What is left of the organisation's limits. Needs the right "View Setup and Configuration". */
export async function readLimits(client: SalesforceClient, signal: AbortSignal): Promise<WireLimits> {
  const { body } = await client.send<WireLimits | null>({ method: 'GET', path: '/limits' }, signal);
  return body ?? {};
}

/** The user behind the credentials. */
export async function userId(client: SalesforceClient, signal: AbortSignal): Promise<string> {
  const { body } = await client.send<{ readonly user_id?: string } | null>(
    { method: 'GET', path: '/services/oauth2/userinfo' },
    signal,
  );
  if (typeof body?.user_id !== 'string') throw new ProtocolError('Salesforce does not say who its user is.');
  return body.user_id;
}
