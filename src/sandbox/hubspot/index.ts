export { runHubSpotSandbox, DEFAULT_HUBSPOT_PORT, type RunningSandbox } from './main.ts';
export { startHubSpotSandbox, type HubSpotSandbox, type HubSpotSandboxOptions } from './sandbox.ts';
export { keptPortal } from './memory.ts';
export { ALL_SCOPES, DEFAULT_TOKEN } from './scopes.ts';
export { FAULT_MENU, type FaultName } from './faults/menu.ts';
export type { FaultOrder } from './faults/faults.ts';
export { HUBSPOT_LIMITS, NO_LIMITS, type Limits } from './limits.ts';
export type { OAuthClient } from './auth.ts';
