import type { CrmRecord, Properties } from './record.ts';

/** What the search index knew of a record; `undefined` properties: the record was not there. */
export interface IndexedDocument {
  readonly properties: Properties | undefined;
  readonly updatedAt: number;
}

interface Replaced extends IndexedDocument {
  readonly replacedAt: number;
}

/**
 * Search runs on an index that follows writes with a delay: it filters on the stale values and prints the fresh ones
 * (recordings of e-mail changes and archives). Versions are kept only while a lag is configured or a fault asks for it.
 */
export class IndexHistory {
  private readonly versions = new Map<number, Replaced[]>();

  get isEmpty(): boolean {
    return this.versions.size === 0;
  }

  /** To be called before a write at `at`; `exists` is false for a record that is just being created. */
  remember(record: CrmRecord, at: number, exists: boolean): void {
    const visible = exists && record.archivedAt === undefined;
    const versions = this.versions.get(record.id) ?? [];
    versions.push({
      properties: visible ? record.properties : undefined,
      updatedAt: record.updatedAt,
      replacedAt: at,
    });
    this.versions.set(record.id, versions);
  }

  /** The document the index still shows at `indexTime`, or the live one. */
  at(record: CrmRecord, indexTime: number): IndexedDocument {
    const versions = this.versions.get(record.id);
    if (versions !== undefined) {
      const stale = versions.find((version) => version.replacedAt > indexTime);
      if (stale !== undefined) return stale;
      this.versions.delete(record.id);
    }
    return record.archivedAt === undefined ? record : GONE;
  }
}

const GONE: IndexedDocument = { properties: undefined, updatedAt: 0 };
