import { startHubSpotSandbox, type HubSpotSandbox, type HubSpotSandboxOptions } from './sandbox.ts';
import { DEFAULT_TOKEN } from './scopes.ts';

const DEFAULT_HUBSPOT_PORT = 9_001;

export interface RunningSandbox {
  sandbox: HubSpotSandbox;
  /** What a person at the terminal needs to know, one line each. */
  banner: readonly string[];
}

/** For the command line: a fixed port, and lines that say how to reach it. */
export async function runHubSpotSandbox(options: HubSpotSandboxOptions = {}): Promise<RunningSandbox> {
  const sandbox = await startHubSpotSandbox({ port: DEFAULT_HUBSPOT_PORT, ...options });
  const tokens = Object.keys(options.tokens ?? { [DEFAULT_TOKEN]: [] });
  return {
    sandbox,
    banner: [
      `HubSpot sandbox   ${sandbox.url}`,
      `access token      ${tokens.join(', ')}`,
      `contacts          ${sandbox.store.contacts.size}`,
      `fault menu        ${sandbox.url}/__sandbox/faults`,
    ],
  };
}
