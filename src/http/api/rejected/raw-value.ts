/** PURE. What a field, or several that are read together, held as it came; null = nothing, or the whole record is meant. */
export function rawValue({
  field,
  fields,
}: {
  /** `firstname, lastname` where a rule reads both. */
  readonly field: string;
  readonly fields: Readonly<Record<string, unknown>>;
}): string | null {
  if (field === '') return null;
  const held = field.split(', ').flatMap((name) => (Object.hasOwn(fields, name) ? [fields[name] ?? null] : []));
  const told = held.filter((value) => value !== null);
  return told.length === 0 ? null : told.map(textOf).join(', ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
