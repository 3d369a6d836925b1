import type { HubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import type { SalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';

/** What was called since the log was cleared, by method and path: versions left out, ids of forms as `:form`. */
export function callsOf(crm: HubSpotSandbox): Record<string, number> {
  const names = Object.entries(crm.requests.counts()).map(
    ([route, count]) =>
      [route.replace('/2026-09', '').replace(/\/forms\/[0-9a-f-]{36}$/, '/forms/:form'), count] as const,
  );
  return summed(names);
}

/** Versions left out, ids as `:id`; a query is named by the object that it asks for. */
export function salesforceCallsOf({ requests }: SalesforceSandbox): Record<string, number> {
  return summed(requests.entries().map(({ method, url }) => [`${method} ${nameOf(url)}`, 1]));
}

/** Calls that write records. */
export function writesOf(crm: HubSpotSandbox): number {
  return crm.requests.count('POST', /\/batch\/(update|create|upsert)/) + crm.requests.count('PATCH', /./);
}

export function salesforceWritesOf({ requests }: SalesforceSandbox): number {
  return requests.count('PATCH', /\/composite\/sobjects/) + requests.count('PUT', /\/jobs\/ingest\//);
}

function nameOf(url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const path = pathname
    .replace(/^\/services\/data\/v\d+\.\d/, '')
    .replaceAll(/\/[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?(?=\/|$)/g, '/:id')
    .replace(/\/$/, '');
  const object = / FROM (\w+)/.exec(searchParams.get('q') ?? '')?.[1];
  return object === undefined ? path : `${path} ${object}`;
}

function summed(named: readonly (readonly [name: string, count: number])[]): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const [name, count] of named) calls[name] = (calls[name] ?? 0) + count;
  return calls;
}
