import type { DefinitionProblem, InRule, OutRule, Transform } from '../model/mapping.ts';

/** What a rule has where the file leaves it out. */
export const ruleDefaults: Pick<InRule, 'transform' | 'onInvalid' | 'blank' | 'conflict'> &
  Pick<OutRule, 'write' | 'values'> = {
  transform: [],
  onInvalid: 'null',
  blank: 'keep',
  conflict: 'crm',
  write: 'always',
  values: null,
};

/** Transforms that are written by their name alone. */
const plainNames = [
  ...(['trim', 'lower', 'upper', 'title', 'integer', 'number', 'boolean', 'date', 'datetime'] as const),
  ...(['coalesce', 'state', 'domain'] as const),
];

/** How each transform with arguments is written, and what its main argument is. */
const forms = {
  values: '{ values: { THEIRS: ours }, otherwise: keep }',
  regex: '{ regex: "(\\\\d+)", group: 1 }',
  split: '{ split: ",", index: 0 }',
  concat: '{ concat: " " }',
  truncate: '{ truncate: 200 }',
  contains: '{ contains: demo }',
  matches: '{ matches: "^demo" }',
} as const;

type Form = keyof typeof forms;
const formNames = Object.keys(forms) as readonly Form[];

export const transformNames: readonly string[] = [...plainNames, ...formNames];

/** Reads a rule's `transform:` as it stands in YAML: a list, or one alone. What cannot be read is left out and named. */
export function parseTransforms(raw: unknown): {
  readonly transforms: readonly Transform[];
  readonly problems: readonly DefinitionProblem[];
} {
  const list: readonly unknown[] = raw === undefined || raw === null ? [] : Array.isArray(raw) ? raw : [raw];
  const parsed = list.map((item, index) => parseTransform(item, `[${index}]`));
  return {
    transforms: parsed.filter((item) => 'name' in item),
    problems: parsed.filter((item) => 'path' in item),
  };
}

function parseTransform(raw: unknown, path: string): Transform | DefinitionProblem {
  if (typeof raw === 'string') return parsePlain(raw, path);
  if (typeof raw !== 'object' || raw === null) return unknownTransform(String(raw), path);
  const options: ReadonlyMap<string, unknown> = new Map(Object.entries(raw));
  const form = formNames.find((name) => options.has(name));
  if (form === undefined) return unknownTransform([...options.keys()].join(', '), path);
  const transform = [...options.keys()].every((key) => allowed(form).includes(key)) ? parseForm(form, options) : null;
  if (transform !== null) return transform;
  return { path, message: `the transform "${form}" is not written so`, remedy: `Write \`${forms[form]}\`.` };
}

function parsePlain(raw: string, path: string): Transform | DefinitionProblem {
  const name = plainNames.find((candidate) => candidate === raw);
  if (name !== undefined) return { name };
  const form = formNames.find((candidate) => candidate === raw);
  if (form === undefined) return unknownTransform(raw, path);
  return { path, message: `the transform "${form}" needs an argument`, remedy: `Write \`${forms[form]}\`.` };
}

function unknownTransform(name: string, path: string): DefinitionProblem {
  return { path, message: `there is no transform "${name}"`, remedy: `Use one of: ${transformNames.join(', ')}.` };
}

function allowed(form: Form): readonly string[] {
  const more: { readonly [F in Form]?: string } = { values: 'otherwise', regex: 'group', split: 'index' };
  return [form, more[form] ?? form];
}

/** Null where an argument is of the wrong type. */
function parseForm(form: Form, options: ReadonlyMap<string, unknown>): Transform | null {
  const main = options.get(form);
  if (form === 'values') return parseValues(main, options.get('otherwise') ?? null);
  if (form === 'truncate') return typeof main === 'number' ? { name: form, length: main } : null;
  // YAML reads an unquoted 1 or true as no text, where text is certainly meant.
  const text = textOf(main);
  if (text === null) return null;
  if (form === 'regex') return withNumber(options.get('group') ?? 1, (group) => ({ name: form, pattern: text, group }));
  if (form === 'split')
    return withNumber(options.get('index') ?? 0, (index) => ({ name: form, separator: text, index }));
  if (form === 'concat') return { name: form, separator: text };
  return form === 'contains' ? { name: form, text } : { name: form, pattern: text };
}

function parseValues(main: unknown, otherwise: unknown): Transform | null {
  if (typeof main !== 'object' || main === null || Array.isArray(main)) return null;
  const entries = Object.entries(main).map(([theirs, ours]) => [theirs, textOf(ours)] as const);
  const other = otherwise === null ? null : textOf(otherwise);
  if (entries.some(([, ours]) => ours === null) || (other === null && otherwise !== null)) return null;
  return {
    name: 'values',
    map: Object.fromEntries(entries.map(([theirs, ours]) => [theirs, String(ours)])),
    otherwise: other,
  };
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function withNumber(value: unknown, make: (number: number) => Transform): Transform | null {
  return typeof value === 'number' && Number.isInteger(value) ? make(value) : null;
}
