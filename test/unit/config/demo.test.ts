import { describe, expect, it } from 'vitest';
import { connectors } from '../../../connectors/index.ts';
import { atSandboxes, credentialsWith, demoOf } from '../../../src/config/demo.ts';
import { loadSettings } from '../../../src/config/load.ts';
import type { Settings } from '../../../src/config/settings.ts';
import { sandboxes } from '../../../src/sandbox/index.ts';
import { context, written } from './support.ts';

// A variable that is not set, and a file with a secret in it.
const unset = '{ env: LEADLOOP_TEST_UNSET }';
const set = '{ file: secret }';

const hubspot = (token: string, baseUrl: string | null = 'http://127.0.0.1:9001'): string =>
  connection('acme-hubspot', 'hubspot', `{ accessToken: ${token} }`, baseUrl);
const salesforce = (secret: string, baseUrl: string | null = 'http://localhost:9002'): string =>
  connection('acme-salesforce', 'salesforce', `{ clientId: sandbox-client, clientSecret: ${secret} }`, baseUrl);

function connection(name: string, kind: string, credentials: string, baseUrl: string | null): string {
  const at = baseUrl === null ? '' : `, baseUrl: '${baseUrl}'`;
  return `      - { name: ${name}, kind: ${kind}${at}, credentials: ${credentials} }\n`;
}

function load(...orgs: readonly (readonly string[])[]): Promise<Settings> {
  const text = orgs.map((lines, index) => `  - slug: org-${index}\n    connections:\n${lines.join('')}`).join('');
  return loadSettings(written({ 'c.yaml': `orgs:\n${text}`, secret: 'real' }), { ...context, connectors });
}

/** What `start` makes of a configuration where every sandbox that it asks for runs on port 1. */
async function staged(...orgs: readonly (readonly string[])[]) {
  const settings = await load(...orgs);
  const { addresses, leftOut } = demoOf(settings, sandboxes);
  const running = sandboxes.filter(({ kind }) => addresses.has(kind));
  const stage = {
    leftOut,
    places: running.map((sandbox) => ({ ...sandbox, url: `http://127.0.0.1:1/${sandbox.kind}` })),
  };
  const read = credentialsWith(stage);
  const connections = atSandboxes(settings, stage).orgs.map((org) =>
    org.connections.map((one) => ({ name: one.name, baseUrl: one.baseUrl, secrets: read(one) })),
  );
  return { addresses: [...addresses].map(([kind, url]) => `${kind} ${url.origin}`), leftOut, connections };
}

describe('the demo of a configuration', () => {
  it('is every connection to this machine whose secret is not set, each at a sandbox of its kind', async () => {
    expect(await staged([hubspot(unset), salesforce(unset)])).toEqual({
      addresses: ['hubspot http://127.0.0.1:9001', 'salesforce http://localhost:9002'],
      leftOut: [],
      connections: [
        [
          {
            name: 'acme-hubspot',
            baseUrl: 'http://127.0.0.1:1/hubspot',
            secrets: { values: { accessToken: 'sandbox-token' } },
          },
          {
            name: 'acme-salesforce',
            baseUrl: 'http://127.0.0.1:1/salesforce',
            secrets: { values: { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' } },
          },
        ],
      ],
    });
  });

  it.each([
    ['a secret that is set', salesforce(set)],
    ['an address elsewhere', salesforce(unset, 'https://proxy.example')],
    ['no address: the CRM itself', salesforce(unset, null)],
    [
      'another login than that of the sandbox',
      connection('acme-salesforce', 'salesforce', `{ accessToken: ${unset} }`, 'http://127.0.0.1:9002'),
    ],
  ])('is not one with %s', async (_, line) => {
    const settings = await load([line]);
    expect(demoOf(settings, sandboxes)).toEqual({ addresses: new Map(), leftOut: [] });
    expect(atSandboxes(settings, { places: [], leftOut: [] })).toEqual(settings);
  });

  it('leaves a sandbox out beside a real CRM of the same organisation, and touches nothing of the real one', async () => {
    for (const real of [hubspot(set, null), hubspot(unset, null), hubspot(set)]) {
      const { addresses, leftOut, connections } = await staged([real, salesforce(unset)]);
      expect({ addresses, leftOut }).toEqual({ addresses: [], leftOut: ['org-0/acme-salesforce'] });
      expect(connections[0]?.map(({ name }) => name)).toEqual(['acme-hubspot']);
      expect(connections[0]?.[0]?.secrets).not.toEqual({ values: { accessToken: 'sandbox-token' } });
    }
  });

  it('of another organisation goes on beside a real CRM', async () => {
    const { addresses, leftOut, connections } = await staged([hubspot(set, null)], [hubspot(unset), salesforce(unset)]);
    expect(leftOut).toEqual([]);
    expect(addresses).toHaveLength(2);
    expect(connections[0]?.[0]).toMatchObject({ baseUrl: null, secrets: { values: { accessToken: 'real' } } });
  });
});
