/** One value that is not the same on both sides. `undefined` = not there. */
export interface Difference {
  /** `objects.contacts.in[email].transform`; empty for the whole. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs between two JSON values, leaf by leaf, in the order of `after`. */
export function differences(before: unknown, after: unknown, path = ''): readonly Difference[] {
  if (isSame(before, after)) return [];
  if (isObject(before) && isObject(after))
    return compareKeys(before, after, (key) => (path === '' ? key : `${path}.${key}`));
  const [left, right] = [byIdentity(before), byIdentity(after)];
  if (left === null || right === null) return [{ path, before, after }];
  const found = compareKeys(left, right, (key) => `${path}[${key}]`);
  return found.length > 0 ? found : [{ path: `${path} (order)`, before: Object.keys(left), after: Object.keys(right) }];
}

function compareKeys(before: JsonObject, after: JsonObject, name: (key: string) => string): Difference[] {
  const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return keys.flatMap((key) => differences(before[key], after[key], name(key)));
}

/** Equal as JSON: the order of keys does not count (jsonb forgets it), the order of lists does. */
export function isSame(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isSame(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return left === right;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => isSame(left[key], right[key]));
}

type JsonObject = Readonly<Record<string, unknown>>;

// What names an element of our lists: a rule's id or target, a component, a tier, a segment. An example has a name and a tier.
const identities = ['id', 'to', 'name', 'tier', 'segment', 'object'] as const;

/** A list of named things as an object, so that one change in the middle is one difference; null where names clash. */
function byIdentity(value: unknown): JsonObject | null {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) return null;
  const identity = identities.find((key) => value.every((item) => typeof item[key] === 'string'));
  if (identity === undefined) return null;
  const named = Object.fromEntries(value.map((item) => [nameOf(item, identity), item]));
  return Object.keys(named).length === value.length ? named : null;
}

/** An event rule is known by what it looks for: there are many of an object. */
function nameOf(item: JsonObject, identity: (typeof identities)[number]): string {
  const { [identity]: name, contains } = item;
  if (contains === undefined) return String(name);
  const texts = typeof contains === 'string' ? contains : Object.entries(contains ?? {}).map((pair) => pair.join(': '));
  return `${String(name)} “${[texts].flat().toSorted().join(', ')}”`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
