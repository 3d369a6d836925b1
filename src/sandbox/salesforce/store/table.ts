import type { Values } from '../schema/field.ts';
import type { SObject } from '../schema/sobject.ts';

/** One record, deleted ones included until they are purged. */
export interface Row {
  readonly id: string;
  readonly object: SObject;
  /** Replaced on every write. */
  values: Values;
  /** Milliseconds. */
  deletedAt: number | undefined;
  /** The parent it was deleted with. */
  deletedWith: string | undefined;
}

function keyOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.toLowerCase() : undefined;
}

/** The records of one object, in the order of their creation, found by id, e-mail and unique field. */
export class Table {
  readonly object: SObject;
  private readonly rows = new Map<string, Row>();
  private readonly indexes = new Map<string, Map<string, Set<Row>>>();

  constructor(object: SObject) {
    this.object = object;
    for (const { name, type, externalId } of object.fields()) {
      if (externalId || type === 'email') this.indexes.set(name, new Map());
    }
  }

  get size(): number {
    return this.rows.size;
  }

  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  all(): Iterable<Row> {
    return this.rows.values();
  }

  /** A field added later is indexed from its first use. */
  having(name: string, value: unknown): Row[] {
    const key = keyOf(value);
    if (key === undefined) return [];
    let index = this.indexes.get(name);
    if (index === undefined) {
      index = new Map();
      this.indexes.set(name, index);
      for (const row of this.rows.values()) this.note(index, name, row);
    }
    return [...(index.get(key) ?? [])];
  }

  /** Rows whose reference names this id. */
  pointingAt(name: string, id: string): Row[] {
    return this.having(name, id).filter(({ values }) => values[name] === id);
  }

  insert(row: Row): void {
    this.rows.set(row.id, row);
    for (const [name, index] of this.indexes) this.note(index, name, row);
  }

  replace(row: Row, values: Values): void {
    this.forget(row);
    row.values = values;
    for (const [name, index] of this.indexes) this.note(index, name, row);
  }

  remove(row: Row): void {
    this.forget(row);
    this.rows.delete(row.id);
  }

  private note(index: Map<string, Set<Row>>, name: string, row: Row): void {
    const key = keyOf(row.values[name]);
    if (key === undefined) return;
    const found = index.get(key);
    if (found === undefined) index.set(key, new Set([row]));
    else found.add(row);
  }

  private forget(row: Row): void {
    for (const [name, index] of this.indexes) {
      const key = keyOf(row.values[name]);
      if (key !== undefined) index.get(key)?.delete(row);
    }
  }
}
