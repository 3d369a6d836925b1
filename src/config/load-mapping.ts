import { parseTransforms, ruleDefaults } from '../mapping/parse.ts';
import { validateMapping } from '../mapping/validate.ts';
import { counterFields } from '../model/lead.ts';
import type { InRule, MappingDefinition, ObjectMapping, OutRule } from '../model/mapping.ts';
import { eventSourceProblems, suggestion } from './event-sources.ts';
import { located } from './located.ts';
import type { InstalledConnector, Reading } from './reading.ts';
import type { Problem } from './problems.ts';
import {
  type InRuleFile,
  type MappingFile,
  type MappingFileObject,
  mappingFileSchema,
  type OutRuleFile,
} from './schema-mapping.ts';
import type { ConnectionFile } from './schema.ts';
import { shapeProblems } from './shape.ts';
import { type KeyPath, readSource, type Source } from './source.ts';

/** Where a mapping stands, and what it is for. */
interface Place {
  readonly source: Source;
  readonly path: KeyPath;
  readonly connector: InstalledConnector | null;
  readonly problems: Problem[];
}

/** The mapping of a connection, from a file or written in place; the connector's default where none is named. */
export async function loadMapping(
  file: ConnectionFile['mapping'],
  path: KeyPath,
  {
    reading: { source, problems },
    connector,
  }: { readonly reading: Reading; readonly connector: InstalledConnector | null },
): Promise<MappingDefinition | null> {
  if (file === undefined) return connector?.defaultMapping ?? null;
  if (typeof file !== 'string') return mappingOf(file, { source, path, connector, problems });
  const named = await readSource(source.resolve(file), source.problem(path, '', ''));
  const shape = named.problems.length > 0 ? named.problems : shapeProblems(mappingFileSchema, named.value, named);
  problems.push(...shape);
  return shape.length > 0
    ? null
    : mappingOf(named.value as MappingFile, { source: named, path: [], connector, problems });
}

/**
 * Fills in what the file leaves out: an object, its `in` or its `out`, and `events` are then the connector's default; a
 * counter comes from the CRM where a rule fills it, else from events. What is there but empty stays empty.
 */
function mappingOf(file: MappingFile, place: Place): MappingDefinition {
  const { connector, source, path, problems } = place;
  const before = problems.length;
  const defaults = connector?.defaultMapping ?? null;
  const events = file.events?.map((rule) => ({ ...rule, contains: rule.contains ?? '' })) ?? defaults?.events ?? [];
  reportUnknownObjects(file, place);
  if (connector !== null) {
    const found = eventSourceProblems(connector.objects, events);
    problems.push(...found.map((problem) => located(problem, source, path)));
  }
  const named = Object.entries(file.objects ?? {}).map(
    ([object, rules]) =>
      [
        object,
        objectOf(rules, defaults?.objects[object] ?? null, { ...place, path: [...path, 'objects', object] }),
      ] as const,
  );
  const objects = { ...defaults?.objects, ...Object.fromEntries(named) };
  const definition: MappingDefinition = {
    objects,
    counters: countersOf(file, objects),
    events,
  };
  // A rule that could not be read would only be reported a second time, in other words.
  const kinds = new Map(connector?.objects.map(({ object, kind }) => [object, kind]));
  if (problems.length === before)
    problems.push(...validateMapping(definition, kinds).map((problem) => located(problem, source, path)));
  return definition;
}

function objectOf(file: MappingFileObject, defaults: ObjectMapping | null, place: Place): ObjectMapping {
  const { path } = place;
  return {
    in: file.in?.map((rule, index) => inRuleOf(rule, { ...place, path: [...path, 'in', index] })) ?? defaults?.in ?? [],
    out: file.out?.map(outRuleOf) ?? defaults?.out ?? [],
  };
}

function inRuleOf(file: InRuleFile, place: Place): InRule {
  const { transforms, problems } = parseTransforms(file.transform);
  // One conversion may stand alone, without a list and so without an index.
  const at = (path: string) => `transform${Array.isArray(file.transform) ? path : ''}`;
  place.problems.push(...problems.map((each) => located({ ...each, path: at(each.path) }, place.source, place.path)));
  return {
    from: typeof file.from === 'string' ? [file.from] : file.from,
    to: file.to,
    transform: transforms,
    // YAML reads an unquoted null as nothing; here it means the word.
    onInvalid: file.onInvalid ?? ruleDefaults.onInvalid,
    blank: file.blank ?? ruleDefaults.blank,
    conflict: file.conflict ?? ruleDefaults.conflict,
  };
}

function outRuleOf(file: OutRuleFile): OutRule {
  return {
    from: file.from,
    to: file.to,
    write: file.write ?? ruleDefaults.write,
    values: file.values ?? ruleDefaults.values,
  };
}

function countersOf(
  { counters = {} }: MappingFile,
  objects: MappingDefinition['objects'],
): MappingDefinition['counters'] {
  const filled = new Set(Object.values(objects).flatMap((object) => object.in.map(({ to }) => to)));
  const entries = counterFields.map((counter) => [
    counter,
    counters[counter] ?? (filled.has(counter) ? 'crm' : 'events'),
  ]);
  return Object.fromEntries(entries) as MappingDefinition['counters'];
}

function reportUnknownObjects(file: MappingFile, { source, path, connector, problems }: Place): void {
  if (connector === null) return;
  const known = connector.objects.map(({ object }) => object);
  for (const object of Object.keys(file.objects ?? {})) {
    if (known.includes(object)) continue;
    const remedy = suggestion(object, known, `${connector.kind} has`);
    problems.push(source.problem([...path, 'objects', object], `there is no object "${object}"`, remedy));
  }
}
