import { located } from './located.ts';
import { resolve } from 'node:path';
import type { TSchema } from 'typebox';
import type { DefinitionProblem } from '../model/mapping.ts';
import type { ActionTemplate, ProfileExample, ProfileExamples, ScoringProfile } from '../model/profile.ts';
import { validateProfile } from '../scoring/validate.ts';
import type { Reading } from './reading.ts';
import { ConfigurationError, type Problem } from './problems.ts';
import { type ProfileFile, profileFileSchema, profileSchema } from './schema-profile.ts';
import type { OrgFile } from './schema.ts';
import { deepFreeze, type OrgSettings } from './settings.ts';
import { shapeProblems } from './shape.ts';
import { type KeyPath, readSource, type Source, sourceOf } from './source.ts';

/** The scoring profiles of an organisation, from files or written in place; the default ones where none is named. */
export async function loadProfiles(
  files: OrgFile['profiles'],
  path: KeyPath,
  reading: Reading,
): Promise<Pick<OrgSettings, 'profiles' | 'examples'>> {
  if (files === undefined) return { profiles: reading.defaultProfiles, examples: [] };
  const profiles: ScoringProfile[] = [];
  const named: ProfileExamples[] = [];
  for (const [index, file] of files.entries()) {
    const read = await loadProfile(file, [...path, index], reading);
    if (read === null) continue;
    const { profile, examples } = read;
    if (profiles.some(({ kind }) => kind === profile.kind)) {
      const message = `a profile of the kind "${profile.kind}" is there already`;
      reading.problems.push(reading.source.problem([...path, index], message, 'Name one profile of each kind.'));
    }
    profiles.push(profile);
    if (examples !== null) named.push({ kind: profile.kind, examples });
  }
  return { profiles, examples: named };
}

async function loadProfile(file: string | ProfileFile, path: KeyPath, reading: Reading): Promise<ReadProfile | null> {
  const { source, problems } = reading;
  if (typeof file !== 'string') return profileAt(file, { source, path }, problems);
  const named = await readSource(source.resolve(file), source.problem(path, '', ''));
  return profileAt(named.value, { source: named, path: [] }, problems);
}

/**
 * The profile of one file, for `score preview`.
 * @throws ConfigurationError that lists every problem.
 */
export async function loadProfileFile(file: string): Promise<ScoringProfile> {
  const source = await readSource(resolve(file));
  const problems: Problem[] = [];
  const read = profileAt(source.value, { source, path: [] }, problems);
  if (read === null || problems.length > 0) throw new ConfigurationError(problems);
  return deepFreeze(read.profile);
}

/** The most levels of a definition: a condition in a condition takes two. Deeper ones would exhaust whoever walks through them. */
const maxDepth = 60;

/** A profile that comes without a file, for the console: complete, or with everything that is wrong with it. */
export function readProfileValue(
  value: unknown,
): { readonly profile: ScoringProfile } | { readonly problems: readonly DefinitionProblem[] } {
  if (isDeeper(value, maxDepth)) return { problems: [tooDeep] };
  const problems: Problem[] = [];
  const read = profileAt(value, { source: sourceOf(value), path: [], schema: profileSchema }, problems);
  if (read !== null && problems.length === 0) return { profile: read.profile };
  return { problems: problems.map(({ path, message, remedy }) => ({ path, message, remedy })) };
}

const tooDeep: DefinitionProblem = {
  path: '',
  message: 'conditions stand too deep inside each other',
  remedy: 'Write them in fewer levels.',
};

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1));
}

interface At {
  readonly source: Source;
  readonly path: KeyPath;
  /** That of a file, where it is left out. */
  readonly schema?: TSchema;
}

interface ReadProfile {
  readonly profile: ScoringProfile;
  /** Null = none are named. */
  readonly examples: readonly ProfileExample[] | null;
}

function profileAt(
  value: unknown,
  { source, path, schema = profileFileSchema }: At,
  problems: Problem[],
): ReadProfile | null {
  const found = source.problems.length > 0 ? source.problems : shapeProblems(schema, value, source, path);
  problems.push(...found);
  if (found.length > 0) return null;
  const file = value as ProfileFile;
  const profile = completed(file);
  problems.push(...validateProfile(profile).map((problem) => located(problem, source, path)));
  return { profile, examples: file.examples?.map(completedExample) ?? null };
}

/** What a file leaves out takes the default that schema-profile.ts documents. */
function completed(file: ProfileFile): ScoringProfile {
  return {
    kind: file.kind,
    name: file.name,
    version: file.version ?? 1,
    components: file.components.map(({ name, max, weightPercent = 100, rules }) => ({
      name,
      max,
      weightPercent,
      rules: rules.map(completedRule),
    })),
    tiers: file.tiers,
    triggers: (file.triggers ?? []) as ScoringProfile['triggers'],
    segments: (file.segments ?? []) as ScoringProfile['segments'],
    action: file.action ? completedAction(file.action) : null,
  };
}

function completedExample(example: NonNullable<ProfileFile['examples']>[number]): ProfileExample {
  const { name, facts, total = null, tier = null, qualifies = null } = example;
  return { name, facts, total, tier, qualifies };
}

type Rule = ScoringProfile['components'][number]['rules'][number];

function completedRule(rule: ProfileFile['components'][number]['rules'][number]): Rule {
  return { ...rule, cap: rule.cap ?? null, decay: rule.decay ?? null } as Rule;
}

function completedAction({ who, whyNow, whatToDo }: NonNullable<ProfileFile['action']>): ActionTemplate {
  const completed = (lines: typeof who) => (lines ?? []).map(({ when, say }) => ({ when: when ?? null, say }));
  return { who: completed(who), whyNow: completed(whyNow), whatToDo: completed(whatToDo) } as ActionTemplate;
}
