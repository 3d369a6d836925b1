export { runHubSpotSandbox } from './main.ts';
export { startHubSpotSandbox, type HubSpotSandbox, type HubSpotSandboxOptions } from './sandbox.ts';
export { keptPortal } from './memory.ts';
export { ALL_SCOPES, DEFAULT_TOKEN } from './scopes.ts';
export { FAULT_MENU, type FaultName } from './faults/menu.ts';
export type { FaultOrder } from './faults/faults.ts';
export { NO_LIMITS } from './limits.ts';
