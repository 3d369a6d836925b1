/** Describes a JSON value by its keys and types, so that a sample and an answer can be compared without their values. */
export type Shape = string | Shape[] | { [key: string]: Shape };

/** Maps with free keys: only the kind of their values counts. */
const FREE = new Set(['properties', 'context']);

export function shapeOf(value: unknown): Shape {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([key, inner]) => [key, FREE.has(key) ? kinds(inner) : shapeOf(inner)]),
  );
}

function kinds(value: unknown): Shape {
  const inner = Object.values(value ?? {}).map((entry) =>
    Array.isArray(entry) ? 'list' : entry === null ? 'null' : typeof entry,
  );
  return [...new Set(inner)].toSorted();
}
