import { RequestError } from 'leadloop/connector-sdk';
import type { Answer, Call, HubSpotClient } from './client.ts';
import { apiVersion, emailEventPageSize, listPageSize, submissionPageSize } from './limits.ts';
import {
  withList,
  type WireAccount,
  type WireAssociations,
  type WireBatch,
  type WireEmailEvents,
  type WireForm,
  type WireOption,
  type WireOwner,
  type WirePage,
  type WireProperty,
  type WireRecord,
  type WireSearch,
  type WireSubmission,
} from './wire.ts';

// Every endpoint that we use, one function each: the path, the query, the shape of the answer.

export interface ListQuery {
  readonly properties: readonly string[];
  readonly after: string | null;
  readonly archived: boolean;
}

/** `GET`, 100 records in order of id. A pure function, because its length decides how a page is read. */
export function listPath(object: string, { properties, after, archived }: ListQuery): string {
  return `/crm/objects/${apiVersion}/${object}${query({ limit: listPageSize, properties: properties.join(','), after, archived })}`;
}

export async function listRecords(
  client: HubSpotClient,
  object: string,
  list: ListQuery,
  signal: AbortSignal,
): Promise<WirePage<WireRecord>> {
  return results(await client.send(get(listPath(object, list)), signal), 'list');
}

export interface SearchBody {
  readonly filterGroups: readonly { readonly filters: readonly SearchFilter[] }[];
  readonly sorts: readonly { readonly propertyName: string; readonly direction: 'ASCENDING' }[];
  readonly properties: readonly string[];
  readonly limit: number;
}

export interface SearchFilter {
  readonly propertyName: string;
  readonly operator: 'GTE' | 'LTE' | 'GT';
  readonly value: string;
}

export async function search(
  client: HubSpotClient,
  object: string,
  body: SearchBody,
  signal: AbortSignal,
): Promise<WireSearch> {
  const call: Call = { ...post(`/crm/objects/${apiVersion}/${object}/search`, body), bucket: 'search' };
  return results(await client.send(call, signal), 'search');
}

/** At most 100 ids. Ids that are gone are in `errors`; results come in any order. */
export async function readBatch(
  client: HubSpotClient,
  object: string,
  { ids, properties }: { readonly ids: readonly string[]; readonly properties: readonly string[] },
  signal: AbortSignal,
): Promise<WireBatch<WireRecord>> {
  const body = { properties, propertiesWithHistory: [], inputs: ids.map((id) => ({ id })) };
  return results(
    await client.send(post(`/crm/objects/${apiVersion}/${object}/batch/read`, body), signal),
    'batch/read',
  );
}

/** One record by its id, or by one that it has absorbed; null = it is gone. */
export async function readRecord(
  client: HubSpotClient,
  object: string,
  { id, properties }: { readonly id: string; readonly properties: readonly string[] },
  signal: AbortSignal,
): Promise<WireRecord | null> {
  const path = `/crm/objects/${apiVersion}/${object}/${encodeURIComponent(id)}${query({ properties: properties.join(',') })}`;
  try {
    return (await client.send<WireRecord>(get(path), signal)).body;
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return null;
    throw error;
  }
}

export interface WriteInput {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly objectWriteTraceId: string;
}

/** At most 100 inputs with different ids. */
export async function updateBatch(
  client: HubSpotClient,
  object: string,
  inputs: readonly WriteInput[],
  signal: AbortSignal,
): Promise<Answer<WireBatch<WireRecord>>> {
  const answer = await client.send<WireBatch<WireRecord>>(
    post(`/crm/objects/${apiVersion}/${object}/batch/update`, { inputs }),
    signal,
  );
  return { requestId: answer.requestId, body: results(answer, 'batch/update') };
}

/** At most 1,000 inputs; a result with `paging` has more behind its own `after`. */
export async function readAssociations(
  client: HubSpotClient,
  [from, to]: readonly [string, string],
  inputs: readonly { readonly id: string; readonly after?: string }[],
  signal: AbortSignal,
): Promise<WireBatch<WireAssociations>> {
  const call = post(`/crm/associations/${apiVersion}/${from}/${to}/batch/read`, { inputs });
  return results(await client.send(call, signal), 'associations');
}

export async function listProperties(
  client: HubSpotClient,
  object: string,
  signal: AbortSignal,
): Promise<readonly WireProperty[]> {
  const answer = await client.send<WirePage<WireProperty>>(get(`/crm/properties/${apiVersion}/${object}`), signal);
  return results(answer, 'properties').results;
}

/** At most 100; those whose names are taken are in `errors`. */
export async function createProperties(
  client: HubSpotClient,
  object: string,
  inputs: readonly WireProperty[],
  signal: AbortSignal,
): Promise<WireBatch<WireProperty>> {
  const call = post(`/crm/properties/${apiVersion}/${object}/batch/create`, { inputs });
  return results(await client.send(call, signal), 'properties batch/create');
}

/** Also brings an archived property of that name back. */
export async function createProperty(
  client: HubSpotClient,
  object: string,
  property: WireProperty & { readonly description: string },
  signal: AbortSignal,
): Promise<WireProperty> {
  return (await client.send<WireProperty>(post(`/crm/properties/${apiVersion}/${object}`, property), signal)).body;
}

/** Replaces the whole list of options. */
export async function setOptions(
  client: HubSpotClient,
  object: string,
  { name, options }: { readonly name: string; readonly options: readonly WireOption[] },
  signal: AbortSignal,
): Promise<void> {
  await client.send(
    { method: 'PATCH', path: `/crm/properties/${apiVersion}/${object}/${name}`, body: { options } },
    signal,
  );
}

export async function createGroup(
  client: HubSpotClient,
  object: string,
  group: { readonly name: string; readonly label: string },
  signal: AbortSignal,
): Promise<void> {
  await client.send(post(`/crm/properties/${apiVersion}/${object}/groups`, group), signal);
}

export async function listOwners(
  client: HubSpotClient,
  page: { readonly after: string | null; readonly archived: boolean },
  signal: AbortSignal,
): Promise<WirePage<WireOwner>> {
  return results(
    await client.send(get(`/crm/owners/${apiVersion}${query({ limit: listPageSize, ...page })}`), signal),
    'owners',
  );
}

export async function accountDetails(client: HubSpotClient, signal: AbortSignal): Promise<WireAccount> {
  return (await client.send<WireAccount>(get(`/account-info/${apiVersion}/details`), signal)).body;
}

/** Of all types: without `formTypes=all` HubSpot lists its own only. No dated path is released yet (2026-11). */
export async function listForms(
  client: HubSpotClient,
  after: string | null,
  signal: AbortSignal,
): Promise<WirePage<WireForm>> {
  return results(
    await client.send(get(`/marketing/v3/forms${query({ formTypes: 'all', limit: listPageSize, after })}`), signal),
    'forms',
  );
}

/** Newest first. */
export async function listSubmissions(
  client: HubSpotClient,
  form: string,
  after: string | null,
  signal: AbortSignal,
): Promise<WirePage<WireSubmission>> {
  const path = `/form-integrations/v1/submissions/forms/${form}${query({ limit: submissionPageSize, after })}`;
  return results(await client.send(get(path), signal), 'submissions');
}

/** Both ends belong to the range; milliseconds. */
export async function listEmailEvents(
  client: HubSpotClient,
  range: { readonly startTimestamp: number; readonly endTimestamp: number; readonly offset: string | null },
  signal: AbortSignal,
): Promise<WireEmailEvents> {
  const path = `/email/public/v1/events${query({ limit: emailEventPageSize, ...range })}`;
  return withList(
    (await client.send<WireEmailEvents>(get(path), signal)).body,
    'events',
    'GET /email/public/v1/events',
  );
}

function get(path: string): Call {
  return { method: 'GET', path };
}

function post(path: string, body: unknown): Call {
  return { method: 'POST', path, body };
}

function results<T>(answer: Answer<T>, what: string): T {
  return withList(answer.body, 'results', what);
}

/** Leaves out null, false and ''. Commas stay commas: as `%2C` a list of properties would be a third longer. */
function query(values: Readonly<Record<string, string | number | boolean | null>>): string {
  const set = Object.entries(values).filter(([, value]) => value !== null && value !== false && value !== '');
  if (set.length === 0) return '';
  return `?${set.map(([name, value]) => `${name}=${encodeURIComponent(String(value)).replaceAll('%2C', ',')}`).join('&')}`;
}
