import {
  DEFAULT_TOKEN,
  startSalesforceSandbox,
  type SalesforceSandbox,
  type SalesforceSandboxOptions,
} from './sandbox.ts';

export const DEFAULT_SALESFORCE_PORT = 9_002;

export interface RunningSandbox {
  sandbox: SalesforceSandbox;
  /** What a person at the terminal needs to know, one line each. */
  banner: readonly string[];
}

/** For the command line: a fixed port, and lines that say how to reach it. */
export async function runSalesforceSandbox(options: SalesforceSandboxOptions = {}): Promise<RunningSandbox> {
  const sandbox = await startSalesforceSandbox({ port: DEFAULT_SALESFORCE_PORT, ...options });
  return {
    sandbox,
    banner: [
      `Salesforce sandbox  ${sandbox.url}`,
      `client              sandbox-client, secret sandbox-secret`,
      `access token        ${(options.tokens ?? [DEFAULT_TOKEN]).join(', ')}`,
      `leads, contacts     ${sandbox.org.table('Lead').size}, ${sandbox.org.table('Contact').size}`,
      `fault menu          ${sandbox.url}/__sandbox/faults`,
    ],
  };
}
