import { resolve } from 'node:path';
import { connectorOf, loadConnection } from './load-connection.ts';
import { loadMapping } from './load-mapping.ts';
import { loadProfiles } from './load-profiles.ts';
import { loadSource } from './load-source.ts';
import { ConfigurationError } from './problems.ts';
import type { LoadContext, Reading } from './reading.ts';
import { configFileSchema, type ConnectionFile, type OrgFile } from './schema.ts';
import type { SourceFile } from './schema-source.ts';
import {
  deepFreeze,
  type ConnectionSettings,
  type OrgSettings,
  type Settings,
  type SourceSettings,
} from './settings.ts';
import { isRecord, shapeProblems } from './shape.ts';
import { formatPath, type KeyPath, readSource } from './source.ts';

/**
 * The settings of a configuration file and of all files that it names.
 * @throws ConfigurationError that lists every problem, each with its place and remedy.
 */
export async function loadSettings(file: string, context: LoadContext): Promise<Settings> {
  const source = await readSource(resolve(file));
  const malformed =
    source.problems.length > 0 ? source.problems : shapeProblems(configFileSchema, source.value, source);
  const reading: Reading = { ...context, source, malformed, problems: [...malformed] };
  const orgs = await loadOrgs(source.value, reading);
  if (reading.problems.length > 0) throw new ConfigurationError(reading.problems);
  return deepFreeze({ orgs });
}

/** Goes as far as the form of the file allows: the problems of the files that it names are wanted at the same time. */
async function loadOrgs(config: unknown, reading: Reading): Promise<readonly OrgSettings[]> {
  const files = listAt(config, 'orgs') as OrgFile[];
  reportTwins(files, { key: 'slug', path: ['orgs'] }, reading);
  const orgs: OrgSettings[] = [];
  for (const [index, org] of files.entries()) orgs.push(await loadOrg(org, ['orgs', index], reading));
  return orgs;
}

async function loadOrg(org: OrgFile, path: KeyPath, reading: Reading): Promise<OrgSettings> {
  const files = listAt(org, 'connections') as ConnectionFile[];
  reportTwins(files, { key: 'name', path: [...path, 'connections'] }, reading);
  const connections: ConnectionSettings[] = [];
  for (const [index, file] of files.entries()) {
    const at = [...path, 'connections', index];
    if (isSound(at, reading)) connections.push(await loadConnection(file, at, reading));
    else if (typeof file.mapping === 'string')
      await loadMapping(file.mapping, [...at, 'mapping'], { reading, connector: connectorOf(file, reading) });
  }
  const sources = loadSources(org, path, reading);
  const at = [...path, 'profiles'];
  const scoring = isSound(at, reading) ? await loadProfiles(org.profiles, at, reading) : { profiles: [], examples: [] };
  return { slug: org.slug, name: org.name ?? org.slug, connections, sources, ...scoring };
}

function loadSources(org: OrgFile, path: KeyPath, reading: Reading): readonly SourceSettings[] {
  const files = listAt(org, 'sources') as SourceFile[];
  reportTwins(files, { key: 'name', path: [...path, 'sources'] }, reading);
  return files.flatMap((file, index) => {
    const at = [...path, 'sources', index];
    return isSound(at, reading) ? [loadSource(file, at, reading)] : [];
  });
}

/** Whether the form is right at `path` and below it, so that values there are what the schema says. */
function isSound(path: KeyPath, { malformed }: Reading): boolean {
  const prefix = formatPath(path);
  return !malformed.some((problem) => problem.path.startsWith(prefix));
}

function listAt(value: unknown, key: string): readonly Readonly<Record<string, unknown>>[] {
  const list = isRecord(value) ? value[key] : [];
  // What is no group of keys is reported already; here it stands for an empty one, so that positions stay.
  return Array.isArray(list) ? list.map((item: unknown) => (isRecord(item) ? item : {})) : [];
}

function reportTwins<Item extends object>(
  items: readonly Item[],
  { key, path }: { readonly key: keyof Item & string; readonly path: KeyPath },
  { source, problems }: Reading,
): void {
  items.forEach((item, index) => {
    if (item[key] === undefined || items.findIndex((other) => other[key] === item[key]) === index) return;
    const message = `the ${key} "${String(item[key])}" is there already`;
    problems.push(source.problem([...path, index, key], message, `Give each its own ${key}.`));
  });
}
