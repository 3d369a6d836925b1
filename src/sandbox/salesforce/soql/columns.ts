import { restError } from '../errors.ts';
import type { Field, Value } from '../schema/field.ts';
import type { SObject } from '../schema/sobject.ts';
import type { Org } from '../store/org.ts';
import type { Row } from '../store/table.ts';

/** Whose eyes read, in which org. */
export interface Reader {
  readonly org: Org;
  readonly userId: string;
}

/** A way from a record to one value, over parents. */
export interface Path {
  /** The relationship names as the vendor writes them. */
  readonly relationships: readonly string[];
  readonly references: readonly Field[];
  readonly field: Field;
  readonly read: (row: Row) => Value;
}

/** Parents that may be of several types expose these only. */
const NAME_FIELDS = ['Id', 'Name', 'Type', 'FirstName', 'LastName', 'Email', 'Title', 'Username', 'IsActive'];

function noColumn(object: SObject, name: string): Error {
  return restError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
}

function parentsOf({ org }: Reader, reference: Field): SObject[] {
  return reference.referenceTo.flatMap((name) => org.object(name) ?? []);
}

interface Step {
  reference: Field;
  parents: SObject[];
}

function step(reader: Reader, object: SObject, relationship: string): Step {
  const reference = object.relationship(relationship);
  if (reference === undefined || !reader.org.access.readable(reader.userId, object, reference)) {
    const message = `Didn't understand relationship '${relationship}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`;
    throw restError(400, 'INVALID_FIELD', message);
  }
  return { reference, parents: parentsOf(reader, reference) };
}

/** The parent of a row over a reference, unless it is gone. */
export function parentOf(org: Org, row: Row, reference: Field): Row | undefined {
  const id = row.values[reference.name];
  return typeof id === 'string' ? org.find(id) : undefined;
}

function leaf(reader: Reader, objects: readonly SObject[], name: string): Field {
  const [first] = objects;
  if (first === undefined) throw restError(400, 'INVALID_FIELD', `No such column '${name}'`);
  const polymorphic = objects.length > 1;
  if (polymorphic && !NAME_FIELDS.some((known) => known.toLowerCase() === name.toLowerCase())) {
    throw restError(400, 'INVALID_FIELD', `No such column '${name}' on entity 'Name'.`);
  }
  const found = objects.map((object) => reader.org.access.visible(reader.userId, object, name)).find(Boolean);
  if (found === undefined) throw noColumn(first, name);
  return found;
}

/** Resolves `Owner.Name` from an object; what the reader may not see does not exist. */
export function resolvePath(reader: Reader, object: SObject, text: string): Path {
  const names = text.split('.');
  if (names.length > 1 && names[0]?.toLowerCase() === object.name.toLowerCase()) names.shift();
  const name = names.pop() ?? '';
  let objects: SObject[] = [object];
  const references: Field[] = [];
  for (const relationship of names) {
    const [from] = objects;
    if (from === undefined) break;
    const next = step(reader, from, relationship);
    references.push(next.reference);
    objects = next.parents;
  }
  const field = leaf(reader, objects, name);
  const { org } = reader;
  const read =
    references.length === 0
      ? (row: Row): Value => org.read(row, field)
      : (row: Row): Value => {
          let at: Row | undefined = row;
          for (const reference of references) at = at === undefined ? undefined : parentOf(org, at, reference);
          const own = at?.object.field(field.name);
          return at === undefined || own === undefined ? null : org.read(at, own);
        };
  return { relationships: references.map(({ relationshipName }) => relationshipName ?? ''), references, field, read };
}
