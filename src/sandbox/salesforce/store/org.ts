import { makeId } from '../ids.ts';
import { standardObjects } from '../schema/catalogue.ts';
import type { Field, Value, Values } from '../schema/field.ts';
import { SObject, type SObjectDefinition } from '../schema/sobject.ts';
import { DAY, SECOND, toSecond, type Now } from '../time.ts';
import { FieldAccess } from './access.ts';
import { Locks } from './locks.ts';
import { Table, type Row } from './table.ts';

/** Deleted records wait so long in the recycle bin. */
const BIN_MS = 15 * DAY;

interface Deletion {
  readonly object: string;
  readonly id: string;
  readonly at: number;
}

/** An org as a file keeps it. */
export interface Snapshot {
  /** Objects administrators added; files of older versions have none. */
  readonly objects?: readonly SObjectDefinition[];
  readonly records: readonly { id: string; values: Values; deletedAt: number | null; deletedWith?: string }[];
  readonly fields: readonly { id: string; object: string; field: Field }[];
  readonly serials: readonly [string, number][];
  readonly deletions: readonly Deletion[];
}

export interface Writer {
  /** Who is named as the author. */
  by: string;
  /** Milliseconds; default now. */
  at?: number;
  /** Automation moves SystemModstamp and leaves LastModifiedDate alone. */
  automated?: boolean;
}

/** A field an administrator added. */
export interface CustomField {
  readonly id: string;
  readonly object: SObject;
  readonly field: Field;
}

/** Everything one org holds. */
export class Org {
  readonly id: string;
  readonly now: Now;
  readonly access: FieldAccess;
  readonly locks = new Locks();
  /** By id. */
  readonly customFields = new Map<string, CustomField>();
  private readonly customObjects: SObjectDefinition[] = [];
  /** Newest last. */
  readonly deletions: Deletion[] = [];
  /** The user an unnamed hand works as. */
  automationUser = '';
  /** When a field was last added or removed: whole seconds, as HTTP dates are, and no two changes alike. */
  schemaChangedAt: number;
  private readonly objects = new Map<string, SObject>();
  private readonly tables = new Map<string, Table>();
  private readonly byPrefix = new Map<string, SObject>();
  private readonly serials = new Map<string, number>();
  private bin: Row[] = [];

  constructor(id: string, now: Now) {
    this.id = id;
    this.now = now;
    this.schemaChangedAt = toSecond(now());
    for (const object of standardObjects()) this.install(object);
    this.access = new FieldAccess((object) => this.table(object).all());
  }

  object(name: string): SObject | undefined {
    return this.objects.get(name.toLowerCase());
  }

  allObjects(): SObject[] {
    return [...this.objects.values()];
  }

  objectOfId(id: string): SObject | undefined {
    return this.byPrefix.get(id.slice(0, 3));
  }

  table(object: SObject | string): Table {
    const name = typeof object === 'string' ? object : object.name;
    const table = this.tables.get(name);
    if (table === undefined) throw new Error(`no table ${name}`);
    return table;
  }

  /** Any record by its 18-character id. */
  find(id: string): Row | undefined {
    const object = this.objectOfId(id);
    return object === undefined ? undefined : this.table(object).get(id);
  }

  newId(keyPrefix: string): string {
    const serial = (this.serials.get(keyPrefix) ?? 0) + 1;
    this.serials.set(keyPrefix, serial);
    // Neighbouring ids that differ in the case of a letter are what 15-character comparisons trip over.
    return makeId(keyPrefix, serial * 31);
  }

  /** Custom objects number their key prefixes from a00 on. */
  nextKeyPrefix(): string {
    return `a${this.customObjects.length.toString(36).padStart(2, '0')}`;
  }

  /** What an administrator deployed, with a permission set that opens all of it. */
  addObject(definition: SObjectDefinition): void {
    this.install(new SObject(definition));
    this.customObjects.push(definition);
    this.touchSchema();
  }

  /** Nobody sees a new field until a permission set grants it. */
  addField(object: SObject, field: Field, id = this.newId('00N')): string {
    object.add(field);
    this.access.close(object, field.name);
    this.customFields.set(id, { id, object, field });
    this.touchSchema();
    return id;
  }

  removeField(id: string): boolean {
    const found = this.customFields.get(id);
    found?.object.remove(found.field.name);
    this.touchSchema();
    return this.customFields.delete(id);
  }

  stamp(): number {
    return toSecond(this.now());
  }

  insert(object: SObject, values: Values, { by, at = this.stamp() }: Writer): Row {
    // The record of the org itself brings its id along.
    const id = typeof values['Id'] === 'string' ? values['Id'] : this.newId(object.keyPrefix);
    const stamp = toSecond(at);
    const system: Values = {
      Id: id,
      IsDeleted: false,
      CreatedDate: stamp,
      CreatedById: by,
      LastModifiedDate: stamp,
      LastModifiedById: by,
      SystemModstamp: stamp,
    };
    const row: Row = {
      id,
      object,
      values: { ...system, ...this.number(object), ...values, Id: id },
      deletedAt: undefined,
      deletedWith: undefined,
    };
    this.table(object).insert(row);
    return row;
  }

  update(row: Row, changes: Values, { by, at = this.stamp(), automated = false }: Writer): void {
    const stamp = toSecond(at);
    const modified: Values = automated ? {} : { LastModifiedDate: stamp, LastModifiedById: by };
    const values = { ...row.values, ...changes, ...modified, SystemModstamp: stamp };
    this.table(row.object).replace(row, values);
  }

  /** Values as a formula, a roll-up in another record or a bad restore changes them: no stamp moves. */
  silently(row: Row, changes: Values): void {
    this.table(row.object).replace(row, { ...row.values, ...changes });
  }

  /** Into the recycle bin where the object has one. Children go with their parent. */
  delete(row: Row, writer: Writer, more: Values = {}, parent?: string): void {
    const at = writer.at ?? this.now();
    for (const child of this.cascading(row)) this.delete(child, writer, {}, row.id);
    this.deletions.push({ object: row.object.name, id: row.id, at });
    if (!row.object.flags.undeletable) {
      this.table(row.object).remove(row);
      return;
    }
    this.update(row, { ...more, IsDeleted: true }, writer);
    row.deletedAt = at;
    row.deletedWith = parent;
    this.bin.push(row);
  }

  /** Children that went with their parent come back with it. */
  undelete(row: Row, writer: Writer): void {
    const merged: Values = row.object.flags.mergeable ? { MasterRecordId: null } : {};
    this.update(row, { ...merged, IsDeleted: false }, writer);
    row.deletedAt = undefined;
    row.deletedWith = undefined;
    this.bin = this.bin.filter((other) => other !== row);
    for (const child of this.bin.filter(({ deletedWith }) => deletedWith === row.id)) this.undelete(child, writer);
  }

  /** Empties the bin of what has been in it long enough, or of `row` at once. */
  purge(row?: Row): void {
    const limit = this.now() - BIN_MS;
    const gone = row === undefined ? this.bin.filter(({ deletedAt = Infinity }) => deletedAt < limit) : [row];
    if (gone.length === 0) return;
    for (const one of gone) this.table(one.object).remove(one);
    const set = new Set(gone);
    this.bin = this.bin.filter((one) => !set.has(one));
  }

  /** Any field, computed ones too. */
  read(row: Row, field: Field): Value {
    if (field.formula !== null) return this.compute(row, field.formula);
    return row.values[field.name] ?? field.defaultValue;
  }

  private compute(row: Row, expression: string): Value {
    if (expression.startsWith('FLOOR(NOW()')) {
      return Math.floor((this.now() - Number(row.values['CreatedDate'])) / DAY);
    }
    const [relationship = '', name = ''] = expression.split('.');
    const reference = row.object.relationship(relationship);
    const parentId = reference === undefined ? null : row.values[reference.name];
    const parent = typeof parentId === 'string' ? this.find(parentId) : undefined;
    const field = parent?.object.field(name);
    return parent === undefined || field === undefined ? null : this.read(parent, field);
  }

  private touchSchema(): void {
    this.schemaChangedAt = Math.max(this.stamp(), this.schemaChangedAt + SECOND);
  }

  private install(object: SObject): void {
    this.objects.set(object.name.toLowerCase(), object);
    this.byPrefix.set(object.keyPrefix, object);
    this.tables.set(object.name, new Table(object));
  }

  /** The next auto number of an object that has one. */
  private number({ numbered, name }: SObject): Values | undefined {
    if (numbered === undefined || numbered.displayFormat === null) return undefined;
    const serial = (this.serials.get(name) ?? 0) + 1;
    this.serials.set(name, serial);
    const shown = numbered.displayFormat.replace(/\{(0+)\}/, (_, zeros: string) =>
      String(serial).padStart(zeros.length, '0'),
    );
    return { [numbered.name]: shown };
  }

  /** Everything a restart would lose. */
  snapshot(): Snapshot {
    const records = [...this.tables.values()].flatMap((table) =>
      [...table.all()].map(({ id, values, deletedAt = null, deletedWith }) => ({
        id,
        values,
        deletedAt,
        ...(deletedWith === undefined ? {} : { deletedWith }),
      })),
    );
    const fields = [...this.customFields.values()].map(({ id, object, field }) => ({ id, object: object.name, field }));
    const { customObjects: objects, deletions } = this;
    return { objects, records, fields, serials: [...this.serials], deletions: [...deletions] };
  }

  /** Makes this org what another one was. */
  restore({ objects = [], records, fields, serials, deletions }: Snapshot): void {
    for (const definition of objects) this.addObject(definition);
    for (const table of this.tables.values()) for (const row of table.all()) table.remove(row);
    for (const { id, object, field } of fields) this.addField(this.table(object).object, field, id);
    for (const { id, values, deletedAt, deletedWith } of records) {
      const object = this.objectOfId(id);
      if (object === undefined) continue;
      const row: Row = { id, object, values, deletedAt: deletedAt ?? undefined, deletedWith };
      this.table(object).insert(row);
      if (row.deletedAt !== undefined) this.bin.push(row);
    }
    for (const [prefix, serial] of serials) this.serials.set(prefix, serial);
    this.deletions.splice(0, Infinity, ...deletions);
  }

  private cascading(row: Row): Row[] {
    return row.object.children
      .filter(({ cascades }) => cascades)
      .flatMap(({ childSObject, field }) => this.table(childSObject).pointingAt(field, row.id))
      .filter(({ deletedAt }) => deletedAt === undefined);
  }
}
