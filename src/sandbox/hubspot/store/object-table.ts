import type { ObjectType } from '../object-types.ts';
import { PropertyCatalogue } from '../schema/catalogue.ts';
import { isoInstant } from '../time.ts';
import { IndexHistory } from './index-history.ts';
import type { CrmRecord, Properties } from './record.ts';
import { UniqueIndex } from './unique-index.ts';

/** All records of one object type, in the order of their ids. */
export class ObjectTable {
  readonly type: ObjectType;
  readonly catalogue: PropertyCatalogue;
  readonly history = new IndexHistory();
  readonly unique = new UniqueIndex();
  private readonly records = new Map<number, CrmRecord>();
  /** Sorted by id as a number, which is how HubSpot orders ids of unequal length. */
  private readonly order: CrmRecord[] = [];
  /** Merged-away id → the record that took it over. */
  private readonly aliases = new Map<number, number>();

  constructor(type: ObjectType) {
    this.type = type;
    this.catalogue = new PropertyCatalogue(type.name);
  }

  get size(): number {
    return this.order.length;
  }

  nextId(): number {
    return (this.order.at(-1)?.id ?? 50) + 1 + (this.order.length % 4);
  }

  get(id: number): CrmRecord | undefined {
    return this.records.get(id);
  }

  /** The record of that id, or the one it was merged into. */
  resolve(id: number): CrmRecord | undefined {
    let current = id;
    for (;;) {
      const next = this.aliases.get(current);
      if (next === undefined) return this.records.get(current);
      current = next;
    }
  }

  insert(record: CrmRecord): void {
    this.records.set(record.id, record);
    const last = this.order.at(-1);
    if (last === undefined || last.id < record.id) this.order.push(record);
    else this.order.splice(this.lowerBound(record.id), 0, record);
    for (const merged of record.mergedIds) this.aliases.set(merged, record.id);
    this.unique.replace(record.id, {}, this.identities(record.properties));
  }

  /** Replaces property values; `at` moves the modification time, undefined leaves it (calculated values). */
  update(record: CrmRecord, properties: Properties, at: number | undefined): void {
    this.unique.replace(record.id, this.identities(record.properties), this.identities(properties));
    record.properties = properties;
    if (at !== undefined && at > record.updatedAt) record.updatedAt = at;
  }

  /** An archived record gives its e-mail address free: the same one can be created again (recorded). */
  archive(record: CrmRecord, at: number): void {
    this.unique.replace(record.id, this.identities(record.properties), {});
    record.archivedAt = at;
  }

  /** Forgets a record: merged away, or erased for privacy. */
  remove(id: number): void {
    const record = this.records.get(id);
    if (record === undefined) return;
    this.unique.replace(id, this.identities(record.properties), {});
    this.records.delete(id);
    this.order.splice(this.lowerBound(id), 1);
  }

  /** Records with id ≥ `from`, in id order. */
  *from(from: number): Generator<CrmRecord> {
    for (let at = this.lowerBound(from); at < this.order.length; at += 1) {
      const record = this.order[at];
      if (record !== undefined) yield record;
    }
  }

  /** The same without a generator, which a search over 100,000 records can feel. */
  forEachFrom(from: number, visit: (record: CrmRecord) => void): void {
    const { order } = this;
    for (let at = this.lowerBound(from); at < order.length; at += 1) {
      const record = order[at];
      if (record !== undefined) visit(record);
    }
  }

  /** A value as the API prints it: undefined where it was never set. */
  read(record: CrmRecord, name: string): string | undefined {
    switch (name) {
      case 'hs_object_id':
        return String(record.id);
      case this.type.createdProperty:
        return isoInstant(record.createdAt);
      case this.type.modifiedProperty:
        return isoInstant(record.updatedAt);
      case 'hs_merged_object_ids':
        return record.mergedIds.length > 0 ? record.mergedIds.join(';') : undefined;
      default:
        return record.properties[name];
    }
  }

  private identities(properties: Properties): Record<string, string[]> {
    const identities: Record<string, string[]> = {};
    for (const name of this.catalogue.uniqueNames()) {
      const value = properties[name];
      if (value !== undefined && value !== '') identities[name] = [value];
    }
    if (this.type.name === 'contacts') {
      const additional = properties['hs_additional_emails']?.split(';') ?? [];
      identities['email'] = [properties['email'] ?? '', ...additional].filter((email) => email !== '');
    }
    return identities;
  }

  private lowerBound(id: number): number {
    let low = 0;
    let high = this.order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.order[middle]?.id ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
