import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { didYouMean, type Problem } from './problems.ts';
import { addresses } from './schema-profile.ts';
import type { KeyPath, Source } from './source.ts';

/** The keywords of JSON Schema that our own schemas use. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  /** Marks a secret: its value is never repeated. */
  readonly writeOnly?: boolean;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
}

/**
 * Every way in which `value` departs from `schema`, each at its own place. (TypeBox alone stops after a few errors and
 * reports every branch of a union; people want the one that they meant.)
 */
export function shapeProblems(schema: TSchema, value: unknown, source: Source, path: KeyPath = []): Problem[] {
  return check({ schema, value, path }, source);
}

interface Place {
  readonly schema: Schema;
  readonly value: unknown;
  readonly path: KeyPath;
}

function check(place: Place, source: Source): Problem[] {
  const { schema, value } = place;
  if (schema.$ref !== undefined) return check({ ...place, schema: referred(schema.$ref) }, source);
  if (schema.anyOf !== undefined) return checkUnion(place, schema.anyOf, source);
  if (schema.type === 'object' && isRecord(value)) return checkObject(place, value, source);
  if (schema.type === 'array' && Array.isArray(value)) return checkArray(place, value, source);
  return fits(schema, value) ? [] : [mismatch(place, source)];
}

/** Follows the branch that the value resembles; where it resembles none, says what all of them together are. */
function checkUnion(place: Place, branches: readonly Schema[], source: Source): Problem[] {
  if (branches.some((branch) => fits(branch, place.value))) return [];
  const ranked = branches.map((branch) => ({ branch, rank: resemblance(branch, place.value) }));
  const most = Math.max(...ranked.map(({ rank }) => rank));
  const [meant, ...others] = ranked.filter(({ rank }) => rank > 0 && rank === most);
  return meant !== undefined && others.length === 0
    ? check({ ...place, schema: meant.branch }, source)
    : [mismatch(place, source)];
}

/** How many keys they share, for objects; else 1 where the type is the same. 0 = something else was meant. */
function resemblance(schema: Schema, value: unknown): number {
  if (schema.anyOf !== undefined) return Math.max(...schema.anyOf.map((branch) => resemblance(branch, value)));
  if (schema.type !== 'object')
    return Number((schema.type ?? 'string') === (Array.isArray(value) ? 'array' : typeof value));
  if (!isRecord(value)) return 0;
  const shared = Object.entries(schema.properties ?? {}).filter(([key]) => Object.hasOwn(value, key));
  // A property with one possible word tells the branches of a union apart: { type: tier }.
  const isOther = shared.some(([key, { enum: words }]) => words?.length === 1 && words[0] !== value[key]);
  return isOther ? 0 : shared.length;
}

function fits(schema: Schema, value: unknown): boolean {
  return Value.Check(addresses, schema as TSchema, value);
}

function referred(address: string): Schema {
  const schema = (addresses as Readonly<Record<string, TSchema>>)[address];
  if (schema === undefined) throw new Error(`nothing stands at ${address}`);
  return schema;
}

function checkObject(place: Place, value: Readonly<Record<string, unknown>>, source: Source): Problem[] {
  const { schema, path } = place;
  const missing = (schema.required ?? []).filter((key) => value[key] === undefined);
  const problems = [
    ...missing.map((key) => missingKey(place, key, source)),
    ...Object.entries(value).flatMap(([key, child]) => {
      const childSchema = schemaOf(schema, key);
      if (childSchema === null) return [unknownKey(place, key, source)];
      return check({ schema: childSchema, value: child, path: [...path, key] }, source);
    }),
  ];
  if (problems.length > 0) return problems;
  return fits(schema, value) ? [] : [mismatch(place, source)];
}

/** Null = the key is not allowed. */
function schemaOf(schema: Schema, key: string): Schema | null {
  if (schema.properties !== undefined && Object.hasOwn(schema.properties, key)) return schema.properties[key] ?? null;
  const pattern = Object.entries(schema.patternProperties ?? {}).find(([text]) => new RegExp(text, 'u').test(key));
  if (pattern !== undefined) return pattern[1];
  if (schema.additionalProperties === false) return null;
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
}

function checkArray(place: Place, value: readonly unknown[], source: Source): Problem[] {
  const { schema, path } = place;
  const items = value.flatMap((child, index) =>
    check({ schema: schema.items ?? {}, value: child, path: [...path, index] }, source),
  );
  if (items.length > 0) return items;
  return fits(schema, value) ? [] : [mismatch(place, source)];
}

function mismatch({ schema, value, path }: Place, source: Source): Problem {
  if (schema.enum !== undefined) return wrongWord(schema.enum, value, path, source);
  if (schema.writeOnly === true) return literalSecret(path, source);
  const expected = schema.description ?? schema.type ?? 'something else';
  return source.problem(path, `this is ${shown(value)}`, `Expected: ${expected}.`);
}

function literalSecret(path: KeyPath, source: Source): Problem {
  const remedy =
    'Put the secret into an environment variable and write { env: NAME }, or into a file and write { file: PATH }.';
  return source.problem(path, 'a secret must be a reference, never written out', remedy);
}

function wrongWord(words: readonly unknown[], value: unknown, path: KeyPath, source: Source): Problem {
  const known = words.filter((word) => typeof word === 'string');
  const meant = typeof value === 'string' ? didYouMean(value, known) : null;
  const remedy = `${meant === null ? '' : `Did you mean "${meant}"? `}Known are: ${known.join(', ')}.`;
  return source.problem(path, `${shown(value)} is not known here`, remedy);
}

function unknownKey({ schema, path }: Place, key: string, source: Source): Problem {
  const known = Object.keys(schema.properties ?? {});
  const meant = didYouMean(key, known);
  const remedy = meant === null ? `Remove it. Known keys are: ${known.join(', ')}.` : `Did you mean "${meant}"?`;
  return source.problem([...path, key], `the key "${key}" is not known here`, remedy);
}

function missingKey({ schema, path }: Place, key: string, source: Source): Problem {
  const description = schema.properties?.[key]?.description;
  return source.problem(
    path,
    `the key "${key}" is missing`,
    `Add "${key}"${description === undefined ? '' : `: ${description}`}.`,
  );
}

/** Names a value; a long text is not repeated, since it may be a secret that stands in the wrong place. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a group of keys';
  return typeof value === 'string' ? `the text ${quoted(value)}` : `the ${typeof value} ${JSON.stringify(value)}`;
}

// Words of the configuration are short; a token is not.
function quoted(text: string): string {
  return text.length <= 24 ? JSON.stringify(text) : `of ${text.length} characters`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
