import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'typebox';
import { onTestFinished } from 'vitest';
import type { InstalledConnector, LoadContext } from '../../../src/config/reading.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { ConfigurationError, type Problem } from '../../../src/config/problems.ts';
import type { Settings } from '../../../src/config/settings.ts';
import type { MappingDefinition } from '../../../src/model/mapping.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';

export const defaultMapping: MappingDefinition = {
  objects: {
    contacts: {
      in: [
        {
          from: ['email'],
          to: 'email',
          transform: [{ name: 'trim' }],
          onInvalid: 'null',
          blank: 'keep',
          conflict: 'crm',
        },
      ],
      out: [{ from: 'lead_score', to: 'leadloop_score', write: 'always', values: null }],
    },
  },
  counters: {
    website_visits: 'events',
    content_downloads: 'events',
    email_opens: 'events',
    email_clicks: 'events',
    demo_requested: 'events',
  },
  events: [{ object: 'forms', contains: 'demo', type: 'demo_request' }],
};

const capability = { lanes: ['full'], push: null, optional: false, eventTexts: [] } as const;

const connector: InstalledConnector = {
  kind: 'hubspot',
  objects: [
    { ...capability, object: 'companies', kind: 'company' },
    { ...capability, object: 'contacts', kind: 'lead' },
    { ...capability, object: 'forms', kind: 'engagement', eventTexts: ['name', 'status'] },
  ],
  settings: Type.Object({ portalId: Type.Optional(Type.Integer()) }, { additionalProperties: false }),
  credentials: Type.Union([
    Type.Object({ accessToken: Type.String() }, { additionalProperties: false }),
    Type.Object({ clientId: Type.String(), clientSecret: Type.String() }, { additionalProperties: false }),
  ]),
  defaultMapping,
};

export const context: LoadContext = {
  connectors: [connector],
  defaultProfiles: [defaultMqlProfile, defaultPlgProfile],
};

/** Files in a folder of their own, gone after the test; returns the path of the first. */
export function written(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return join(folder, Object.keys(files)[0] ?? '');
}

export async function load(files: Readonly<Record<string, string>>, installed = context): Promise<Settings> {
  return loadSettings(written(files), installed);
}

/** The problems of files that must not load. */
export async function problemsOf(
  files: Readonly<Record<string, string>>,
  within?: Parameters<typeof load>[1],
): Promise<readonly Problem[]> {
  const error: unknown = await load(files, within).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ConfigurationError) return error.problems;
  throw new Error(`expected a configuration error, not ${String(error)}`);
}
