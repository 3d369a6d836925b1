import { OBJECT_TYPES, type ObjectType } from '../object-types.ts';
import type { Now } from '../time.ts';
import { Associations } from './associations.ts';
import { ObjectTable } from './object-table.ts';
import type { EmailEvent, Form, Owner, Submission } from './portal.ts';
import type { CrmRecord, Properties } from './record.ts';
import { NOTHING_MERGED } from './record.ts';

/** What happened to a record. */
export type StoreChange =
  | { readonly kind: 'created' | 'archived' | 'restored' | 'erased'; readonly table: ObjectTable; readonly id: number }
  | {
      readonly kind: 'updated';
      readonly table: ObjectTable;
      readonly id: number;
      readonly before: Properties;
      readonly after: Properties;
    }
  | {
      readonly kind: 'merged';
      readonly table: ObjectTable;
      readonly id: number;
      readonly primary: CrmRecord;
      readonly other: CrmRecord;
    };

/** Everything one portal holds. */
export class Store {
  readonly portalId: number;
  readonly now: Now;
  readonly associations = new Associations();
  readonly owners: Owner[] = [];
  readonly forms: Form[] = [];
  /** By form id, newest first. */
  readonly submissions = new Map<string, Submission[]>();
  /** By time, oldest first. */
  readonly emailEvents: EmailEvent[] = [];
  /** Told of every change, by whichever way it came; not of the seeds. */
  onChange: (change: StoreChange) => void = () => undefined;
  /** How many milliseconds the search index is behind; 0 switches its history off. */
  searchLagMs: number;
  private readonly tables: Map<string, ObjectTable>;
  private lastStamp = 0;

  constructor(options: { portalId: number; now: Now; searchLagMs: number }) {
    this.portalId = options.portalId;
    this.now = options.now;
    this.searchLagMs = options.searchLagMs;
    this.tables = new Map(OBJECT_TYPES.map((type) => [type.name, new ObjectTable(type)]));
  }

  table(type: ObjectType | string): ObjectTable {
    const name = typeof type === 'string' ? type : type.name;
    const table = this.tables.get(name);
    if (table === undefined) throw new Error(`no table ${name}`);
    return table;
  }

  get contacts(): ObjectTable {
    return this.table('contacts');
  }

  /** Makes one property of every object vanish, until called without a name. */
  hideProperty(name: string | undefined): void {
    for (const table of this.tables.values()) table.catalogue.hidden = name;
  }

  /** The time of a write: never before that of an earlier one, whatever the clock does. */
  stamp(): number {
    this.lastStamp = Math.max(this.now(), this.lastStamp);
    return this.lastStamp;
  }

  create(table: ObjectTable, properties: Properties, at: number): CrmRecord {
    const record: CrmRecord = {
      id: table.nextId(),
      createdAt: at,
      updatedAt: at,
      archivedAt: undefined,
      mergedIds: NOTHING_MERGED,
      properties,
    };
    this.remember(table, record, at, false);
    table.insert(record);
    this.onChange({ kind: 'created', table, id: record.id });
    return record;
  }

  update(table: ObjectTable, record: CrmRecord, properties: Properties, at: number | undefined): void {
    this.remember(table, record, at ?? this.stamp(), true);
    const before = record.properties;
    table.update(record, properties, at);
    this.onChange({ kind: 'updated', table, id: record.id, before, after: properties });
  }

  /** Archiving moves no modification time, so a change feed by date never sees it. */
  archive(table: ObjectTable, record: CrmRecord): void {
    const at = this.stamp();
    this.remember(table, record, at, true);
    table.archive(record, at);
    this.onChange({ kind: 'archived', table, id: record.id });
  }

  /** Out of the recycle bin, which only a person in the CRM can do. */
  restore(table: ObjectTable, record: CrmRecord): void {
    const at = this.stamp();
    this.remember(table, record, at, true);
    record.archivedAt = undefined;
    table.update(record, record.properties, at);
    this.onChange({ kind: 'restored', table, id: record.id });
  }

  /** One record takes the place of two. */
  merge(table: ObjectTable, record: CrmRecord, { primary, other }: { primary: CrmRecord; other: CrmRecord }): void {
    for (const absorbed of [primary, other]) table.remove(absorbed.id);
    table.insert(record);
    for (const absorbed of [primary, other]) this.associations.move(table.type.name, absorbed.id, record.id);
    this.onChange({ kind: 'merged', table, id: record.id, primary, other });
  }

  /** For privacy, and for good. */
  erase(table: ObjectTable, record: CrmRecord): void {
    this.associations.forget(table.type.name, record.id);
    table.remove(record.id);
    this.onChange({ kind: 'erased', table, id: record.id });
  }

  private remember(table: ObjectTable, record: CrmRecord, at: number, exists: boolean): void {
    if (this.searchLagMs > 0) table.history.remember(record, at, exists);
  }
}
