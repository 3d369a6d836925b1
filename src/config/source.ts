import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Problem } from './problems.ts';

export type KeyPath = readonly (string | number)[];

/** A YAML file that remembers where each value stands. */
export interface Source {
  /** As messages name it: relative to where the command runs. */
  readonly name: string;
  readonly value: unknown;
  /** Problems of the YAML itself; with any of these `value` is not to be trusted. */
  readonly problems: readonly Problem[];
  /** A path that is written in this file, made absolute. */
  resolve(path: string): string;
  problem(path: KeyPath, message: string, remedy: string): Problem;
}

/** Reads and parses `file`; a file that is not there comes back as a source with one problem. */
export async function readSource(file: string, namedBy: Problem | null = null): Promise<Source> {
  const fromHere = relative(process.cwd(), file);
  const name = fromHere.startsWith('..') ? file : fromHere;
  try {
    return parseSource(await readFile(file, 'utf8'), file, name);
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    const remedy = 'Correct the path (it counts from the file that names it), or create the file.';
    const at = namedBy ?? { file: name, line: null, column: null, path: '', message: '', remedy };
    return { ...parseSource('', file, name), problems: [{ ...at, message: `the file ${name} ${reason}`, remedy }] };
  }
}

/** A value that stands in no file. */
export function sourceOf(value: unknown): Source {
  return {
    name: '',
    value,
    problems: [],
    resolve: (path) => path,
    problem: (path, message, remedy) => ({
      file: '',
      line: null,
      column: null,
      path: formatPath(path),
      message,
      remedy,
    }),
  };
}

function parseSource(text: string, file: string, name: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problem = (path: KeyPath, message: string, remedy: string): Problem => {
    const offset = offsetOf(document, path);
    const { line, col } = offset === null ? { line: null, col: null } : lines.linePos(offset);
    return { file: name, line, column: col, path: formatPath(path), message, remedy };
  };
  return {
    name,
    value: document.errors.length === 0 ? (document.toJS() as unknown) : null,
    problems: document.errors.map(({ message, pos }) => {
      const { line, col } = lines.linePos(pos[0]);
      const remedy = 'Mend the YAML here; indentation and quotes are the usual causes.';
      return { file: name, line, column: col, path: '', message: message.trim(), remedy };
    }),
    resolve: (path) => (isAbsolute(path) ? path : join(dirname(file), path)),
    problem,
  };
}

/** Where the key of `path` begins, or else the innermost part of it that exists. */
function offsetOf(document: Document, path: KeyPath): number | null {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const step of path) {
    const child = childOf(node, step);
    if (child === null) break;
    offset = child.offset ?? offset;
    node = isAlias(child.node) ? child.node.resolve(document) : child.node;
  }
  return offset;
}

function childOf(node: unknown, step: string | number): { node: unknown; offset: number | null } | null {
  if (isMap(node)) {
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
    );
    return pair === undefined ? null : { node: pair.value, offset: startOf(pair.key) };
  }
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? null : { node: item, offset: startOf(item) };
  }
  return null;
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

export function formatPath(path: KeyPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}
