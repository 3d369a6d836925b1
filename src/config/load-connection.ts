import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { completePull, completePush, completeQuota, defaultTimezone } from './defaults.ts';
import type { InstalledConnector, Reading } from './reading.ts';
import { loadMapping } from './load-mapping.ts';
import { reportSchedule } from './load-schedule.ts';
import { referencesOf } from './references.ts';
import { didYouMean, type Problem } from './problems.ts';
import { type ConnectionFile, connectionKinds } from './schema.ts';
import type { ConnectionSettings } from './settings.ts';
import { isRecord, shapeProblems } from './shape.ts';
import { formatPath, type KeyPath } from './source.ts';

/** One connection with its defaults filled in; what is wrong with it is added to the reading's problems. */
export async function loadConnection(
  file: ConnectionFile,
  path: KeyPath,
  reading: Reading,
): Promise<ConnectionSettings> {
  const connector = connectorOf(file, reading);
  reportUnknownKind(file, path, reading);
  reportSchedule(file, path, reading);
  const settings = { ...(file.loginUrl === undefined ? {} : { loginUrl: file.loginUrl }), ...file.settings };
  if (connector !== null) reportForConnector(file, settings, { connector, path, reading });
  return {
    name: file.name,
    kind: file.kind,
    baseUrl: file.baseUrl ?? null,
    credentials: referencesOf(file.credentials ?? {}, reading),
    schedule: file.schedule ?? null,
    quota: completeQuota(file.quota),
    push: completePush(file.push),
    options: { connector: settings, timezone: file.timezone ?? defaultTimezone, pull: completePull(file.pull) },
    mapping: await loadMapping(file.mapping, [...path, 'mapping'], { reading, connector }),
  };
}

export function connectorOf({ kind }: ConnectionFile, { connectors }: Reading): InstalledConnector | null {
  return connectors.find((connector) => connector.kind === kind) ?? null;
}

function reportUnknownKind({ kind }: ConnectionFile, path: KeyPath, { source, problems, connectors }: Reading): void {
  const known = [...new Set([...connectionKinds, ...connectors.map((connector) => connector.kind)])];
  if (known.includes(kind)) return;
  const meant = didYouMean(kind, known);
  const remedy = `${meant === null ? '' : `Did you mean "${meant}"? `}Known are: ${known.join(', ')}.`;
  problems.push(source.problem([...path, 'kind'], `there is no CRM of the kind "${kind}"`, remedy));
}

interface ForConnector {
  readonly connector: InstalledConnector;
  readonly path: KeyPath;
  readonly reading: Reading;
}

/** What only the connector knows: its settings, the names of its credentials, its objects. */
function reportForConnector(file: ConnectionFile, settings: object, { connector, path, reading }: ForConnector): void {
  const { source, problems } = reading;
  problems.push(...settingsProblems(file, settings, { connector, path, reading }));
  problems.push(...credentialProblems(file, { connector, path, reading }));
  const known = connector.objects.map(({ object }) => object);
  (file.pull?.objects ?? []).forEach((object, index) => {
    if (known.includes(object)) return;
    const meant = didYouMean(object, known);
    const remedy = `${meant === null ? '' : `Did you mean "${meant}"? `}${connector.kind} has: ${known.join(', ')}.`;
    problems.push(source.problem([...path, 'pull', 'objects', index], `there is no object "${object}"`, remedy));
  });
}

/** `loginUrl` stands beside `baseUrl`, where people look for it, and is one of the connector's settings all the same. */
function settingsProblems(
  file: ConnectionFile,
  settings: object,
  { connector, path, reading }: ForConnector,
): Problem[] {
  const { source } = reading;
  const all = shapeProblems(connector.settings, settings, source, [...path, 'settings']);
  if (file.loginUrl === undefined || file.settings?.['loginUrl'] !== undefined) return all;
  const there = formatPath([...path, 'settings', 'loginUrl']);
  const here = shapeProblems({ ...connector.settings, required: [] }, { loginUrl: file.loginUrl }, source, path);
  return [...all.filter((problem) => problem.path !== there), ...here];
}

/** Stands in for a secret that is not read yet, so that the names can be checked against the connector's own schema. */
const placeholder = '?';

function credentialProblems({ credentials = {} }: ConnectionFile, { connector, path, reading }: ForConnector) {
  const stand = Object.fromEntries(Object.keys(credentials).map((name) => [name, placeholder]));
  // None at all: a connection that is prepared, and connected later.
  if (Object.keys(stand).length === 0 || Value.Check(connector.credentials, stand)) return [];
  const ways = waysToLogIn(connector.credentials);
  const known = [...new Set(ways.flatMap(({ all }) => all))];
  const unknown = Object.keys(credentials).filter((name) => !known.includes(name));
  const remedy = `${connector.kind} takes ${ways.map(({ required }) => required.join(' + ')).join(', or ')}.`;
  const at = [...path, 'credentials'];
  if (unknown.length === 0) return [reading.source.problem(at, 'these credentials are incomplete or mixed', remedy)];
  return unknown.map((name) => {
    const meant = didYouMean(name, known);
    const hint = meant === null ? remedy : `Did you mean "${meant}"? ${remedy}`;
    return reading.source.problem([...at, name], `the credential "${name}" is not known here`, hint);
  });
}

/** The alternatives of a credentials schema: an object, or a union of objects. */
function waysToLogIn(schema: TSchema): { readonly required: readonly string[]; readonly all: readonly string[] }[] {
  const node: Readonly<Record<string, unknown>> = { ...schema };
  if (Array.isArray(node['anyOf'])) return (node['anyOf'] as TSchema[]).flatMap(waysToLogIn);
  const properties = node['properties'];
  const required = Array.isArray(node['required']) ? (node['required'] as string[]) : [];
  return [{ required, all: isRecord(properties) ? Object.keys(properties) : [] }];
}
