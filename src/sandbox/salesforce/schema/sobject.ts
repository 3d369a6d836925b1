import type { Field } from './field.ts';

interface ChildRelationship {
  readonly relationshipName: string;
  readonly childSObject: string;
  readonly field: string;
  /** Whether children are deleted, and come back, with their parent. */
  readonly cascades: boolean;
}

/** Children that cannot do without their parent. */
export function owned(relationshipName: string, childSObject: string, field: string): ChildRelationship {
  return { relationshipName, childSObject, field, cascades: true };
}

/** Children that merely point at it. */
export function linked(relationshipName: string, childSObject: string, field: string): ChildRelationship {
  return { relationshipName, childSObject, field, cascades: false };
}

/** The activities of a person (`WhoId`) or of anything else (`WhatId`). */
export function activities(field: 'WhoId' | 'WhatId'): ChildRelationship[] {
  return [owned('Tasks', 'Task', field), owned('Events', 'Event', field)];
}

interface SObjectFlags {
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly deletable: boolean;
  /** Deleted rows go to the recycle bin; without it they are gone at once. */
  readonly undeletable: boolean;
  readonly mergeable: boolean;
  readonly replicateable: boolean;
}

const EVERYTHING: SObjectFlags = {
  createable: true,
  updateable: true,
  deletable: true,
  undeletable: true,
  mergeable: false,
  replicateable: true,
};

export interface SObjectDefinition {
  name: string;
  keyPrefix: string;
  fields: readonly Field[];
  label?: string;
  labelPlural?: string;
  children?: readonly ChildRelationship[];
  flags?: Partial<SObjectFlags>;
}

/** One kind of record. Fields can be added, as an administrator does; names are found in any case. */
export class SObject {
  readonly name: string;
  readonly keyPrefix: string;
  readonly label: string;
  readonly labelPlural: string;
  readonly children: readonly ChildRelationship[];
  readonly flags: SObjectFlags;
  /** The field the platform numbers, if there is one. */
  readonly numbered: Field | undefined;
  private readonly byName = new Map<string, Field>();
  private readonly byRelationship = new Map<string, Field>();

  constructor(definition: SObjectDefinition) {
    const { name, keyPrefix, label = name, labelPlural = `${label}s`, children = [], flags = {} } = definition;
    this.name = name;
    this.keyPrefix = keyPrefix;
    this.label = label;
    this.labelPlural = labelPlural;
    this.children = children;
    this.flags = { ...EVERYTHING, ...flags };
    this.numbered = definition.fields.find(({ displayFormat }) => displayFormat !== null);
    for (const one of definition.fields) this.add(one);
  }

  /** Deployed by an administrator. */
  get custom(): boolean {
    return this.name.endsWith('__c');
  }

  add(added: Field): void {
    this.byName.set(added.name.toLowerCase(), added);
    if (added.relationshipName !== null) this.byRelationship.set(added.relationshipName.toLowerCase(), added);
  }

  remove(name: string): boolean {
    return this.byName.delete(name.toLowerCase());
  }

  field(name: string): Field | undefined {
    return this.byName.get(name.toLowerCase());
  }

  relationship(name: string): Field | undefined {
    return this.byRelationship.get(name.toLowerCase());
  }

  child(relationshipName: string): ChildRelationship | undefined {
    const wanted = relationshipName.toLowerCase();
    return this.children.find((child) => child.relationshipName.toLowerCase() === wanted);
  }

  fields(): Field[] {
    return [...this.byName.values()];
  }
}
