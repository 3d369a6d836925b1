import { completePull, completePush, completeQuota, defaultTimezone } from '../config/defaults.ts';
import type { StoredConnection } from '../config/apply.ts';
import { isSame } from '../config/differences.ts';
import { loadConnection } from '../config/load-connection.ts';
import type { Problem } from '../config/problems.ts';
import { type ConnectionFile, connectionFileSchema } from '../config/schema.ts';
import type { ConnectionSettings, PullSettings, PushSettings, QuotaSettings } from '../config/settings.ts';
import { shapeProblems } from '../config/shape.ts';
import { sourceOf } from '../config/source.ts';
import type { ConnectorDefinition } from '../connector-sdk/connector.ts';
import { InvalidSettings } from './refusals.ts';

/** What people set of a connection, besides its login and its mapping. */
export interface ConnectionParts {
  /** Null = the vendor's own address. */
  readonly baseUrl: string | null;
  /** Five cron fields; null = only by hand. */
  readonly schedule: string | null;
  readonly timezone: string;
  readonly quota: QuotaSettings;
  readonly push: PushSettings;
  readonly pull: PullSettings;
  /** The connector's own. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** As they are stored, with every default filled in. */
export function partsOf({ baseUrl, schedule, quota, push, settings }: StoredConnection): ConnectionParts {
  return {
    baseUrl,
    schedule,
    timezone: settings.timezone ?? defaultTimezone,
    quota: completeQuota(quota),
    push: completePush(push),
    pull: completePull(settings.pull),
    settings: settings.connector ?? {},
  };
}

/**
 * The settings of a connection as a configuration file would give them, held against the same rules; what is left out has its
 * default.
 * @throws InvalidSettings
 */
export async function settingsOf(
  named: Pick<ConnectionSettings, 'name' | 'kind'>,
  parts: Partial<ConnectionParts>,
  connectors: readonly ConnectorDefinition[],
): Promise<ConnectionSettings> {
  const { quota = {}, push = {}, pull = {}, settings = {}, ...rest } = parts;
  const groups = { quota: given(quota), push: given(push), pull: given(pull), settings: given(settings) };
  const file = { ...named, ...given(rest), ...groups } as ConnectionFile;
  const source = sourceOf(file);
  const malformed = shapeProblems(connectionFileSchema, file, source);
  if (malformed.length > 0) throw new InvalidSettings(malformed);
  const problems: Problem[] = [];
  const loaded = await loadConnection(file, [], { connectors, defaultProfiles: [], source, malformed, problems });
  if (problems.length > 0) throw new InvalidSettings(problems);
  return loaded;
}

/** In a file what is null is left out. */
function given(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}

/** Where credentials are sent. */
export interface Place {
  /** Null = the vendor's own address. */
  readonly baseUrl: string | null;
  /** The connector's own. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What was meant for one of them may be sent to the other. */
export function isSamePlace(one: Place, other: Place): boolean {
  return isSame(addressesOf(one), addressesOf(other));
}

function addressesOf({ baseUrl, settings }: Place): object {
  const entries = Object.entries(settings).filter(([, value]) => /^https?:/iu.test(String(value)));
  return { baseUrl, ...Object.fromEntries(entries) };
}
