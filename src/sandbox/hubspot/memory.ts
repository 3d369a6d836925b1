import { KeptFile } from '../server/kept-file.ts';
import { OBJECT_TYPES } from './object-types.ts';
import type { PropertyDefinition } from './schema/definition.ts';
import type { ObjectTable } from './store/object-table.ts';
import type { CrmRecord } from './store/record.ts';
import type { Store } from './store/store.ts';

/** What a portal was seeded with: the same again, and it begins as it began. */
export interface Origin {
  readonly contacts: number;
  readonly seed: number;
  readonly epoch: number;
  readonly portalId: number;
}

interface Kept {
  readonly version: 1;
  readonly origin: Origin;
  /** Milliseconds by which somebody has moved the portal's clock. */
  readonly aheadMs: number;
  readonly tables: Readonly<Record<string, KeptTable>>;
  readonly links: ReturnType<Store['associations']['entries']>;
}

interface KeptTable {
  readonly records: readonly CrmRecord[];
  readonly properties: readonly PropertyDefinition[];
  readonly groups: ReturnType<Store['contacts']['catalogue']['groups']>;
}

/**
 * A portal's file: its seed, and what has become of it since. It is written as a whole before a write is answered, so a
 * client that was told "done" finds it done after the process was killed. Faults, limits and tokens are not kept.
 */
export class Memory {
  readonly #file: KeptFile<Kept>;

  constructor(path: string) {
    this.#file = new KeptFile(path);
  }

  /** Null = nothing is kept yet. */
  get origin(): Origin | null {
    return this.#file.kept?.origin ?? null;
  }

  get aheadMs(): number {
    return this.#file.kept?.aheadMs ?? 0;
  }

  /** Makes a store that was just seeded from `origin` what it was. */
  restore(store: Store): void {
    if (this.#file.kept === null) return;
    for (const [name, { records, properties, groups }] of Object.entries(this.#file.kept.tables)) {
      const table = store.table(name);
      for (const group of groups) table.catalogue.addGroup(group);
      for (const property of properties) table.catalogue.put(property);
      for (const id of Array.from(table.from(0), (record) => record.id)) table.remove(id);
      // Archived ones first: they give their address free, and a live record may have taken it.
      for (const record of records.filter(({ archivedAt }) => archivedAt !== undefined)) revive(table, record);
      for (const record of records.filter(({ archivedAt }) => archivedAt === undefined)) revive(table, record);
    }
    store.associations.replace(this.#file.kept.links);
  }

  save(store: Store, origin: Origin, aheadMs: number): void {
    const tables = OBJECT_TYPES.map(({ name }): [string, KeptTable] => {
      const table = store.table(name);
      const { catalogue } = table;
      const properties = [...catalogue.list(), ...catalogue.list(true)];
      return [name, { records: [...table.from(0)], properties, groups: catalogue.groups() }];
    });
    const links = store.associations.entries();
    this.#file.write({ version: 1, origin, aheadMs, tables: Object.fromEntries(tables), links });
  }
}

/** JSON has no undefined: a record that is not archived comes back without the key. */
function revive(table: ObjectTable, kept: CrmRecord): void {
  const record: CrmRecord = { ...kept, archivedAt: undefined };
  table.insert(record);
  if (kept.archivedAt !== undefined) table.archive(record, kept.archivedAt);
}

/** The id of the portal that a file keeps; null where there is none yet. */
export function keptPortal(path: string): number | null {
  return new Memory(path).origin?.portalId ?? null;
}
