/**
 * JSON for a jsonb parameter. Postgres stores neither NUL nor half a surrogate pair, and one such character, typed by
 * somebody into a CRM, would fail a whole batch: they are taken out. JSON.stringify escapes exactly these two.
 */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value);
  return suspicious.test(json) ? JSON.stringify(value, (_key, inner: unknown) => storable(inner)) : json;
}

/** Also met by a backslash before the letters `u0000`: then the slow way runs for nothing. */
const suspicious = /\\u(?:0000|d[89a-f])/;

function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value;
}
