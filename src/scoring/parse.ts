import type { DefinitionProblem } from '../model/mapping.ts';
import {
  profileKinds,
  type Component,
  type Condition,
  type Decay,
  type Rule,
  type ScoringProfile,
} from '../model/profile.ts';
import type { FieldValue } from '../model/values.ts';
import { createReader, isObject, type Node, type Reader } from './reader.ts';
import { validateProfile } from './validate.ts';

/**
 * A profile from a YAML file's plain data, or every problem that it has: of shape first, else of meaning (`validateProfile`).
 *
 * The file has the keys of `ScoringProfile`, with three shorthands: `cap` and `decay` may be left out; `words` may group
 * phrases by points (`words: { 15: [owner, founder] }`); `steps` may be a map (`steps: { 25000: 20 }`).
 */
export function parseProfile(
  raw: unknown,
): { readonly profile: ScoringProfile } | { readonly problems: readonly DefinitionProblem[] } {
  const reader = createReader();
  const profile = readProfile(reader, { value: raw, path: '' });
  const problems = reader.problems.length > 0 ? reader.problems : validateProfile(profile);
  return problems.length > 0 ? { problems } : { profile };
}

function readProfile(reader: Reader, node: Node): ScoringProfile {
  const keys = ['kind', 'name', 'version', 'components', 'tiers', 'triggers', 'segments'] as const;
  const { kind, name, version, components, tiers, triggers, segments } = reader.members(node, keys);
  const known = profileKinds.find((candidate) => candidate === kind.value);
  if (known === undefined) reader.report(kind, 'is no kind of profile', `Use one of: ${profileKinds.join(', ')}.`);
  return {
    kind: known ?? 'mql',
    name: reader.text(name),
    version: reader.number(version),
    components: reader.items(components).map((item) => readComponent(reader, item)),
    tiers: reader.items(tiers).map((item) => {
      const { tier, atLeast } = reader.members(item, ['tier', 'atLeast']);
      return { tier: reader.text(tier), atLeast: reader.number(atLeast) };
    }),
    triggers: optionalItems(reader, triggers).map((item) => {
      const { id, label, when } = reader.members(item, ['id', 'label', 'when']);
      return { id: reader.text(id), label: reader.text(label), when: readCondition(reader, when) };
    }),
    segments: optionalItems(reader, segments).map((item) => {
      const { segment, when } = reader.members(item, ['segment', 'when']);
      return { segment: reader.text(segment), when: readCondition(reader, when) };
    }),
  };
}

function optionalItems(reader: Reader, node: Node): readonly Node[] {
  return node.value === undefined ? [] : reader.items(node);
}

function readComponent(reader: Reader, node: Node): Component {
  const { name, max, weightPercent, rules } = reader.members(node, ['name', 'max', 'weightPercent', 'rules']);
  return {
    name: reader.text(name),
    max: reader.number(max),
    weightPercent: reader.number(weightPercent),
    rules: reader.items(rules).map((item) => readRule(reader, item)),
  };
}

const commonKeys = ['type', 'id', 'label', 'cap'] as const;

function readRule(reader: Reader, node: Node): Rule {
  const type = isObject(node.value) ? node.value['type'] : undefined;
  if (type === 'per-unit') {
    const { of, points, decay, ...common } = reader.members(node, [...commonKeys, 'of', 'points', 'decay']);
    const unit = { of: reader.text(of), points: reader.number(points), decay: readDecay(reader, decay) };
    return { type, ...readCommon(reader, common), ...unit };
  }
  if (type === 'tier') {
    const { of, steps, ...common } = reader.members(node, [...commonKeys, 'of', 'steps']);
    return { type, ...readCommon(reader, common), of: reader.text(of), steps: readSteps(reader, steps) };
  }
  if (type === 'match') {
    const { of, words, ...common } = reader.members(node, [...commonKeys, 'of', 'words']);
    return { type, ...readCommon(reader, common), of: reader.text(of), words: readWords(reader, words) };
  }
  const { when, points, ...common } = reader.members(node, [...commonKeys, 'when', 'points']);
  if (type !== 'flag') reader.report(common.type, 'is no type of rule', 'Use one of: per-unit, tier, match, flag.');
  return {
    type: 'flag',
    ...readCommon(reader, common),
    when: readCondition(reader, when),
    points: reader.number(points),
  };
}

function readCommon(reader: Reader, { id, label, cap }: { readonly [K in 'id' | 'label' | 'cap']: Node }) {
  return { id: reader.text(id), label: reader.text(label), cap: cap.value === undefined ? null : reader.number(cap) };
}

function readDecay(reader: Reader, node: Node): Decay | null {
  if (node.value === undefined) return null;
  if (isObject(node.value) && 'windowDays' in node.value) {
    return { windowDays: reader.number(reader.members(node, ['windowDays']).windowDays) };
  }
  return { halfLifeDays: reader.number(reader.members(node, ['halfLifeDays']).halfLifeDays) };
}

function readSteps(reader: Reader, node: Node): readonly { readonly atLeast: number; readonly points: number }[] {
  if (isObject(node.value)) {
    const entries = entriesOf(reader, node).map(([atLeast, points]) => ({ atLeast, points: reader.number(points) }));
    return entries.sort((a, b) => b.atLeast - a.atLeast);
  }
  return reader.items(node).map((item) => {
    const { atLeast, points } = reader.members(item, ['atLeast', 'points']);
    return { atLeast: reader.number(atLeast), points: reader.number(points) };
  });
}

function readWords(reader: Reader, node: Node): readonly { readonly phrase: string; readonly points: number }[] {
  if (isObject(node.value)) {
    const groups = entriesOf(reader, node).sort(([a], [b]) => b - a);
    return groups.flatMap(([points, list]) =>
      reader.items(list).map((item) => ({ phrase: reader.text(item), points })),
    );
  }
  return reader.items(node).map((item) => {
    const { phrase, points } = reader.members(item, ['phrase', 'points']);
    return { phrase: reader.text(phrase), points: reader.number(points) };
  });
}

/** The members of an object whose keys are numbers. */
function entriesOf(reader: Reader, node: Node): [number, Node][] {
  return Object.entries(isObject(node.value) ? node.value : {}).map(([key, value]) => {
    const member = { value, path: `${node.path}.${key}` };
    if (!Number.isFinite(Number(key))) reader.report(member, 'is not a number', 'Write a number before the colon.');
    return [Number(key), member];
  });
}

function readCondition(reader: Reader, node: Node): Condition {
  const keys = ['all', 'any', 'not', 'of', 'atLeast', 'below', 'equals', 'in', 'contains', 'known'] as const;
  const parts = reader.members(node, keys);
  const given = keys.filter((key) => key !== 'of' && parts[key].value !== undefined);
  const [kind] = given;
  if (given.length !== 1 || kind === undefined || (parts.of.value !== undefined) === isGroup(kind)) {
    const remedy = 'Write `all`, `any` or `not`; or `of` with one of atLeast, below, equals, in, contains, known.';
    reader.report(node, 'is no condition', remedy);
    return { all: [] };
  }
  const part = parts[kind];
  if (kind === 'not') return { not: readCondition(reader, part) };
  if (kind === 'all') return { all: reader.items(part).map((item) => readCondition(reader, item)) };
  if (kind === 'any') return { any: reader.items(part).map((item) => readCondition(reader, item)) };
  return readLeaf(reader, { kind, of: reader.text(parts.of), part });
}

type LeafKind = 'atLeast' | 'below' | 'equals' | 'in' | 'contains' | 'known';

function isGroup(kind: LeafKind | 'all' | 'any' | 'not' | 'of'): boolean {
  return kind === 'all' || kind === 'any' || kind === 'not';
}

function readLeaf(
  reader: Reader,
  leaf: { readonly kind: LeafKind | 'of'; readonly of: string; readonly part: Node },
): Condition {
  const { kind, of, part } = leaf;
  if (kind === 'atLeast') return { of, atLeast: reader.number(part) };
  if (kind === 'below') return { of, below: reader.number(part) };
  if (kind === 'in') return { of, in: reader.items(part).map((item) => reader.text(item)) };
  if (kind === 'contains') return { of, contains: reader.text(part) };
  if (kind === 'known') return { of, known: reader.boolean(part) };
  return { of, equals: readScalar(reader, part) };
}

function readScalar(reader: Reader, node: Node): FieldValue {
  const { value } = node;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return reader.text(node);
}
