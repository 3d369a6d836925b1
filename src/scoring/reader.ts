import type { DefinitionProblem } from '../model/mapping.ts';

/** A part of a document and where it stands. */
export interface Node {
  readonly value: unknown;
  readonly path: string;
}

/**
 * Reads plain data (as YAML or JSON gives it) part by part. A part of the wrong shape is noted with its path and read as an
 * empty value of the right one, so that a single pass finds every mistake.
 */
export interface Reader {
  readonly problems: readonly DefinitionProblem[];
  report(node: Node, message: string, remedy: string): void;
  /** The members of an object; any key beyond `keys` is a problem, for a misspelt one would be lost in silence. */
  members<K extends string>(node: Node, keys: readonly K[]): { readonly [key in K]: Node };
  items(node: Node): readonly Node[];
  text(node: Node): string;
  number(node: Node): number;
  boolean(node: Node): boolean;
}

export function createReader(): Reader {
  const problems: DefinitionProblem[] = [];
  const report = ({ path }: Node, message: string, remedy: string) => void problems.push({ path, message, remedy });
  return {
    problems,
    report,
    members: (node, keys) => membersOf(node, keys, report),
    items(node) {
      if (Array.isArray(node.value))
        return node.value.map((value: unknown, i) => ({ value, path: `${node.path}[${i}]` }));
      report(node, 'is not a list', 'Write a list.');
      return [];
    },
    text(node) {
      if (typeof node.value === 'string') return node.value;
      report(node, 'is not a text', 'Write a text, in quotes if it looks like a number.');
      return '';
    },
    number(node) {
      if (typeof node.value === 'number' && Number.isFinite(node.value)) return node.value;
      report(node, 'is not a number', 'Write a number.');
      return 0;
    },
    boolean(node) {
      if (typeof node.value === 'boolean') return node.value;
      report(node, 'is neither true nor false', 'Write true or false.');
      return false;
    },
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function membersOf<K extends string>(
  node: Node,
  keys: readonly K[],
  report: Reader['report'],
): { readonly [key in K]: Node } {
  const object = isObject(node.value) ? node.value : {};
  if (object !== node.value) report(node, 'is not an object', `Write an object with: ${keys.join(', ')}.`);
  const member = (key: string): Node => ({ value: object[key], path: node.path === '' ? key : `${node.path}.${key}` });
  const known: readonly string[] = keys;
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) report(member(key), 'is not known here', `Use one of: ${keys.join(', ')}.`);
  }
  return Object.fromEntries(keys.map((key) => [key, member(key)])) as { readonly [key in K]: Node };
}
