import type { Transform } from '../model/mapping.ts';
import type { FieldValue } from '../model/values.ts';
import * as convert from './convert.ts';
import { isBlank, isInvalid, type Converted, type Invalid, type Scalar } from './convert.ts';
import { compilePattern, maxPatternInput } from './pattern.ts';

/**
 * A rule's conversions, ready to run on the values of its `from` fields. Total: every input gives a value or a reason.
 *
 * - Each transform works on each `from` value by itself, until `coalesce` or `concat` folds them into one; whatever is left
 *   at the end is folded by `coalesce`. So `[values, coalesce]` translates two fields and takes the first that has a meaning.
 * - A blank stays a blank (null) through every transform: what the CRM does not say is never turned into an answer.
 * - Of a list, texts are converted item by item; a number, flag or date cannot be read from one.
 */
export type Conversion = (values: readonly FieldValue[]) => Converted;

export function compileTransforms(transforms: readonly Transform[]): Conversion {
  const steps = transforms.map(compileTransform);
  return (values) => {
    let lanes = values;
    for (const step of steps) {
      const next = step(lanes);
      if ('invalid' in next) return next;
      lanes = next;
    }
    return firstKnown(lanes);
  };
}

/** From values to values (a fold leaves one), or the reason of the first that fails. */
type Step = (lanes: readonly FieldValue[]) => readonly FieldValue[] | Invalid;

function compileTransform(transform: Transform): Step {
  if (transform.name === 'coalesce') return (lanes) => [firstKnown(lanes.flat())];
  if (transform.name === 'concat') {
    const { separator } = transform;
    return (lanes) => [
      lanes
        .flat()
        .filter((lane) => !isBlank(lane))
        .join(separator),
    ];
  }
  const apply = transform.name === 'contains' || transform.name === 'matches' ? anyItem(transform) : each(transform);
  return (lanes) => {
    const converted = lanes.map((lane) => (lane === null || isBlank(lane) ? null : apply(lane)));
    return converted.find(isInvalid) ?? converted.filter((value): value is FieldValue => !isInvalid(value));
  };
}

function firstKnown(lanes: readonly FieldValue[]): FieldValue {
  return lanes.find((lane) => !isBlank(lane)) ?? null;
}

type Known = Exclude<FieldValue, null>;

/** A transform of one value; the folds and the tests of lists are left out. */
type Single = Exclude<Transform, { name: 'coalesce' | 'concat' | 'contains' | 'matches' }>;

/** Those that give text: they may convert a list item by item. */
const textual: ReadonlySet<string> = new Set([
  'trim',
  'lower',
  'upper',
  'title',
  'values',
  'regex',
  'state',
  'domain',
  'truncate',
]);

function each(transform: Single): (value: Known) => Converted {
  const apply = compileScalar(transform);
  return (value) => {
    if (typeof value !== 'object') return blankToNull(apply(value));
    if (!textual.has(transform.name)) return { invalid: 'is a list; add `{ concat: ", " }` or `coalesce` before' };
    const items = value.map(apply);
    return items.find(isInvalid) ?? items.filter((item) => typeof item === 'string' && item !== '').map(String);
  };
}

function blankToNull(value: Converted): Converted {
  return value === '' ? null : value;
}

function compileScalar(transform: Single): (value: Scalar) => Converted {
  switch (transform.name) {
    case 'values':
      return translation(transform);
    case 'regex':
      return extraction(transform);
    case 'split':
      return (value) => String(value).split(transform.separator).at(transform.index) ?? null;
    case 'truncate':
      return (value) => Array.from(String(value)).slice(0, transform.length).join('');
    default:
      return plain[transform.name];
  }
}

const plain: Record<
  Exclude<Single['name'], 'values' | 'regex' | 'split' | 'truncate'>,
  (value: Scalar) => Converted
> = {
  trim: (value) => String(value).trim(),
  lower: (value) => String(value).toLowerCase(),
  upper: (value) => String(value).toUpperCase(),
  title: convert.toTitle,
  integer: convert.toInteger,
  number: convert.toNumber,
  boolean: convert.toBoolean,
  date: convert.toDate,
  datetime: convert.toDatetime,
  state: convert.toState,
  domain: convert.toDomain,
};

type Of<N extends Transform['name']> = Extract<Transform, { name: N }>;

/** Keys match without regard to case or surrounding space: portals rename options, people retype them. */
function translation({ map, otherwise }: Of<'values'>): (value: Scalar) => Converted {
  const known = new Map(Object.entries(map).map(([key, value]) => [key.trim().toLowerCase(), value]));
  return (value) => known.get(String(value).trim().toLowerCase()) ?? (otherwise === 'keep' ? value : otherwise);
}

/** No match means unknown, which is not an error: free text does not always hold what we look for. */
function extraction({ pattern, group }: Of<'regex'>): (value: Scalar) => Converted {
  const regex = compilePattern(pattern);
  return (value) => regex?.exec(String(value).slice(0, maxPatternInput))?.[group] ?? null;
}

function anyItem(transform: Of<'contains' | 'matches'>): (value: Known) => boolean {
  const holds = transform.name === 'contains' ? containsText(transform.text) : matchesPattern(transform.pattern);
  return (value) => [value].flat().some((item) => holds(String(item)));
}

function containsText(part: string): (text: string) => boolean {
  const lower = part.toLowerCase();
  return (text) => text.toLowerCase().includes(lower);
}

function matchesPattern(pattern: string): (text: string) => boolean {
  const regex = compilePattern(pattern);
  return (text) => regex?.test(text.slice(0, maxPatternInput)) ?? false;
}
