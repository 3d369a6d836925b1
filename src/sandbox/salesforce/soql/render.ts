import type { Field, Value } from '../schema/field.ts';
import type { Org } from '../store/org.ts';
import type { Row } from '../store/table.ts';
import { restDateTime } from '../time.ts';
import { parentOf, type Path } from './columns.ts';

export type Wire = { [key: string]: unknown };

function compound(row: Row, { parts }: Field): Wire | null {
  const part = (suffix: string): Value => {
    const name = parts.find((candidate) => candidate.endsWith(suffix));
    return name === undefined ? null : (row.values[name] ?? null);
  };
  const [city, country, postalCode, state, street] = ['City', 'Country', 'PostalCode', 'State', 'Street'].map(part);
  if ([city, country, postalCode, state, street].every((value) => value === null)) return null;
  return { city, country, geocodeAccuracy: null, latitude: null, longitude: null, postalCode, state, street };
}

export function wireValue(org: Org, row: Row, field: Field): unknown {
  if (field.type === 'address') return compound(row, field);
  const value = org.read(row, field);
  return field.type === 'datetime' && typeof value === 'number' ? restDateTime(value) : value;
}

export function attributes(row: Row, version: string, type = row.object.name): Wire {
  return { type, url: `/services/data/v${version}/sobjects/${row.object.name}/${row.id}` };
}

/** Puts one selected value into a record, parents as objects within objects; a missing parent is null. */
export function place(org: Org, version: string, { into, row }: { into: Wire; row: Row }, path: Path): void {
  let at: Row = row;
  let target = into;
  for (const [depth, reference] of path.references.entries()) {
    const key = path.relationships[depth] ?? '';
    const parent = parentOf(org, at, reference);
    if (parent === undefined) {
      target[key] = null;
      return;
    }
    const type = reference.referenceTo.length > 1 ? 'Name' : parent.object.name;
    target[key] ??= { attributes: attributes(parent, version, type) };
    target = target[key] as Wire;
    at = parent;
  }
  const own = at.object.field(path.field.name);
  target[path.field.name] = own === undefined ? null : wireValue(org, at, own);
}
