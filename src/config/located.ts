import type { DefinitionProblem } from '../model/mapping.ts';
import type { Problem } from './problems.ts';
import type { KeyPath, Source } from './source.ts';

/** A problem found in a definition, with its place in the file: `components[0].rules[1]` or `contains["A.B"]` below `path`. */
export function located({ path: text, message, remedy }: DefinitionProblem, source: Source, path: KeyPath): Problem {
  const steps = [...text.matchAll(/\[(\d+)\]|\["([^"]*)"\]|([^.[\]]+)/gu)].map(([, index, quoted, key]) =>
    index === undefined ? (quoted ?? key ?? '') : Number(index),
  );
  return source.problem([...path, ...steps], message, remedy);
}
