/** Values are text, as on the wire; a missing key was never set, '' was cleared. */
export type Properties = Readonly<Record<string, string | undefined>>;

export interface CrmRecord {
  readonly id: number;
  readonly createdAt: number;
  updatedAt: number;
  archivedAt: number | undefined;
  /** Ids this record swallowed when it came out of a merge. */
  readonly mergedIds: readonly number[];
  /** Replaced on every write and never changed in place, so that an index version may keep the old one. */
  properties: Properties;
}

export const NOTHING_MERGED: readonly number[] = [];
