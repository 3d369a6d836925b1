import type { ConnectorDefinition } from '../connector-sdk/index.ts';
import type { ScoringProfile } from '../model/profile.ts';
import type { Problem } from './problems.ts';
import type { Source } from './source.ts';

/** What the configuration is held against. */
export interface LoadContext {
  /** The connectors that are installed: they bring default mappings and the form of their settings and credentials. */
  readonly connectors: readonly InstalledConnector[];
  /** For organisations that name none. */
  readonly defaultProfiles: readonly ScoringProfile[];
}

export type InstalledConnector = Pick<
  ConnectorDefinition,
  'kind' | 'objects' | 'settings' | 'credentials' | 'defaultMapping'
>;

/** A reading of the configuration: where things stand, and what was found to be wrong on the way. */
export interface Reading extends LoadContext {
  readonly source: Source;
  readonly problems: Problem[];
  /** Those of the first file's form. */
  readonly malformed: readonly Problem[];
}
