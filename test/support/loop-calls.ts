import type { HubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';

/** What was called since the log was cleared, by method and path: versions left out, ids of forms as `:form`. */
export function callsOf(crm: HubSpotSandbox): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const [route, count] of Object.entries(crm.requests.counts())) {
    const name = route.replace('/2026-09', '').replace(/\/forms\/[0-9a-f-]{36}$/, '/forms/:form');
    calls[name] = (calls[name] ?? 0) + count;
  }
  return calls;
}

/** Calls that write records. */
export function writesOf(crm: HubSpotSandbox): number {
  return crm.requests.count('POST', /\/batch\/(update|create|upsert)/) + crm.requests.count('PATCH', /./);
}
