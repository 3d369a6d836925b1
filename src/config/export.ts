import { stringify } from 'yaml';
import type { Database } from '../db/tx.ts';
import type { InRule, MappingDefinition } from '../model/mapping.ts';
import type { ProfileExample, ScoringProfile } from '../model/profile.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../scoring/defaults.ts';
import type { StoredConnection, StoredOrg, StoredSource } from './apply.ts';
import { formatTransform } from './format-transform.ts';
import { readDirectory, readStored } from './stored.ts';

const head = `# yaml-language-server: $schema=leadloop.schema.json
#
# Written by \`leadloop export\`. \`leadloop apply\` accepts it and finds no difference. Secrets are not in it: they come from
# where \`credentials\` says.
`;

/** The configuration of every organisation, as a file that `apply` accepts. */
export async function exportSettings(database: Database): Promise<string> {
  const orgs: StoredOrg[] = [];
  for (const { id } of await database.operator(readDirectory)) {
    const org = await database.transaction(id, readStored);
    if (org !== null) orgs.push(org);
  }
  return formatExport(orgs);
}

export function formatExport(orgs: readonly StoredOrg[]): string {
  return head + textOf({ orgs: orgs.map(orgFile) });
}

/** One profile as a file of its own, that a configuration may name under `profiles`. */
export function formatProfile(profile: ScoringProfile): string {
  return `# yaml-language-server: $schema=profile.schema.json\n${textOf(profileFile(profile))}`;
}

function textOf(value: object): string {
  // No aliases: equal values are repeated, since a reader would have to look them up.
  return stringify(value, { lineWidth: 120, aliasDuplicateObjects: false });
}

/** A mapping as a file of its own, which `mapping:` of a connection may name. */
export function formatMapping(definition: MappingDefinition): string {
  return stringify(mappingFile(definition), { lineWidth: 120, aliasDuplicateObjects: false });
}

function orgFile({ slug, name, connections, sources, ...scoring }: StoredOrg): object {
  return {
    slug,
    name,
    connections: connections.map(connectionFile),
    ...(sources.length > 0 && { sources: sources.map(sourceFile) }),
    profiles: profileFiles(scoring),
  };
}

function connectionFile({ name, kind, baseUrl, schedule, quota, push, settings, mapping }: StoredConnection): object {
  const { connector, timezone, pull, credentials } = settings;
  return given({
    name,
    kind,
    baseUrl,
    credentials,
    schedule,
    timezone,
    quota: given(quota),
    push: given(push),
    pull: given(pull ?? {}),
    settings: connector,
    mapping: mapping === null ? null : mappingFile(mapping.definition),
  });
}

function sourceFile({ name, kind, secrets, query, since, columns, schedule, timezone }: StoredSource): object {
  const names = Object.keys(columns).length === 0 ? null : columns;
  return given({ name, kind, database: secrets['database'], query, since, columns: names, schedule, timezone });
}

function mappingFile({ objects, counters, events }: MappingDefinition): object {
  const rules = Object.entries(objects).map(([name, object]) => [
    name,
    { in: object.in.map(inRuleFile), out: object.out.map((rule) => given({ ...rule })) },
  ]);
  return { objects: Object.fromEntries(rules), counters, events };
}

function inRuleFile({ from, to, transform, ...policies }: InRule): object {
  const conversions = transform.map(formatTransform);
  return {
    from: from.length === 1 ? from[0] : from,
    to,
    ...(conversions.length > 0 && { transform: conversions }),
    ...policies,
  };
}

/** Examples may stand beside a default profile, which is stored nowhere: it comes with them. */
function profileFiles({ profiles, examples }: Pick<StoredOrg, 'profiles' | 'examples'>): object[] {
  const stored = profiles.map(({ profile }) => profile);
  const bare = [defaultMqlProfile, defaultPlgProfile].filter(
    ({ kind }) => stored.every((one) => one.kind !== kind) && examples.some((one) => one.kind === kind),
  );
  return [...stored, ...bare].map((profile) => {
    const named = examples.find(({ kind }) => kind === profile.kind)?.examples;
    return { ...profileFile(profile), ...(named !== undefined && { examples: named.map(exampleFile) }) };
  });
}

function exampleFile({ name, facts, total, tier, qualifies }: ProfileExample): object {
  return given({ name, facts, total, tier, qualifies });
}

/** Without the version, which numbers changes and is given by `apply`. */
function profileFile({ kind, name, components, tiers, triggers, segments, action }: ScoringProfile): object {
  return { kind, name, components, tiers, triggers, segments, action };
}

/** Null means "left out" in the database; in a file such a key is absent. */
function given(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}
