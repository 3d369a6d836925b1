/** PURE. What happened in the portal → the events of it, as webhooks name them. */
import { objectType, type ObjectType } from '../object-types.ts';
import type { End, LinkListener } from '../store/associations.ts';
import type { StoreChange } from '../store/store.ts';

export interface CrmEvent {
  readonly type: ObjectType;
  /** The end of a subscription type. */
  readonly action: Action;
  readonly propertyName?: string;
  /** Beside what every event has. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Action =
  | 'creation'
  | 'propertyChange'
  | 'deletion'
  | 'privacyDeletion'
  | 'merge'
  | 'restore'
  | 'associationChange';

/** They change so often that no webhook tells of it (webhooks guide). */
export const UNTOLD_PROPERTIES: readonly string[] = ['num_unique_conversion_events', 'hs_lastmodifieddate'];

export function eventsOf(change: StoreChange): CrmEvent[] {
  const { id: objectId, table } = change;
  const { type } = table;
  switch (change.kind) {
    case 'created':
      return [{ type, action: 'creation', fields: { objectId, changeFlag: 'CREATED' } }];
    case 'archived':
      return [{ type, action: 'deletion', fields: { objectId, changeFlag: 'DELETED' } }];
    case 'restored':
      return [{ type, action: 'restore', fields: { objectId } }];
    case 'erased':
      // Both, in whichever order.
      return [
        { type, action: 'privacyDeletion', fields: { objectId } },
        { type, action: 'deletion', fields: { objectId, changeFlag: 'DELETED' } },
      ];
    case 'merged':
      return [{ type, action: 'merge', fields: mergeFields(change) }];
    case 'updated':
      return propertyChanges(change);
  }
}

function mergeFields({ id, primary, other }: Extract<StoreChange, { kind: 'merged' }>): CrmEvent['fields'] {
  const moved = Object.keys(other.properties).filter((name) => (primary.properties[name] ?? '') === '');
  return {
    objectId: primary.id,
    primaryObjectId: primary.id,
    mergedObjectIds: [other.id],
    newObjectId: id,
    numberOfPropertiesMoved: moved.length,
  };
}

function propertyChanges({ id, table, before, after }: Extract<StoreChange, { kind: 'updated' }>): CrmEvent[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => before[name] !== after[name] && !UNTOLD_PROPERTIES.includes(name))
    .map((propertyName) => ({
      type: table.type,
      action: 'propertyChange',
      propertyName,
      fields: { objectId: id, propertyName, propertyValue: after[propertyName] ?? '', isSensitive: false },
    }));
}

/** Told at both ends, each from its own side; there is no `objectId` in it. */
export function linkEvents(...[from, to, { primary, removed }]: Parameters<LinkListener>): CrmEvent[] {
  const told = ([start, end]: readonly [End, End]): CrmEvent => {
    const [type, other] = [objectType(start.type), objectType(end.type)];
    return {
      type,
      action: 'associationChange',
      fields: {
        associationType: `${type.legacyName}_TO_${other.legacyName}`,
        fromObjectId: start.id,
        toObjectId: end.id,
        associationRemoved: removed,
        isPrimaryAssociation: primary,
      },
    };
  };
  const directions = [
    [from, to],
    [to, from],
  ] as const;
  return directions.map(told);
}
