import { CONTACT_PROPERTIES } from './contact-properties.ts';
import { fromSeed, type PropertyDefinition, type PropertySeed } from './definition.ts';
import {
  CALL_PROPERTIES,
  COMPANY_PROPERTIES,
  DEAL_PROPERTIES,
  EMAIL_PROPERTIES,
  MEETING_PROPERTIES,
  NOTE_PROPERTIES,
  TASK_PROPERTIES,
} from './other-properties.ts';

interface PropertyGroup {
  name: string;
  label: string;
  displayOrder: number;
  archived: boolean;
}

const SEEDS: Record<string, readonly PropertySeed[]> = {
  contacts: CONTACT_PROPERTIES,
  companies: COMPANY_PROPERTIES,
  deals: DEAL_PROPERTIES,
  meetings: MEETING_PROPERTIES,
  calls: CALL_PROPERTIES,
  emails: EMAIL_PROPERTIES,
  notes: NOTE_PROPERTIES,
  tasks: TASK_PROPERTIES,
};

/** The properties and groups of one object type, archived ones included. */
export class PropertyCatalogue {
  private readonly properties = new Map<string, PropertyDefinition>();
  private readonly propertyGroups = new Map<string, PropertyGroup>();
  private unique: readonly string[] = [];
  /** A property that a fault makes vanish. */
  hidden: string | undefined;

  constructor(objectTypeName: string) {
    for (const seed of SEEDS[objectTypeName] ?? []) {
      this.properties.set(seed.name, fromSeed(seed));
      if (!this.propertyGroups.has(seed.group)) this.addGroup({ name: seed.group, label: seed.group });
    }
  }

  /** The live property of that name. */
  get(name: string): PropertyDefinition | undefined {
    if (name === this.hidden) return undefined;
    const definition = this.properties.get(name);
    return definition?.archived === true ? undefined : definition;
  }

  put(definition: PropertyDefinition): void {
    this.properties.set(definition.name, definition);
    this.unique = this.list()
      .filter((property) => property.hasUniqueValue)
      .map((property) => property.name);
  }

  list(archived = false): PropertyDefinition[] {
    return [...this.properties.values()].filter(
      (property) => property.name !== this.hidden && (property.archived ?? false) === archived,
    );
  }

  uniqueNames(): readonly string[] {
    return this.unique;
  }

  group(name: string): PropertyGroup | undefined {
    return this.propertyGroups.get(name);
  }

  groups(): PropertyGroup[] {
    return [...this.propertyGroups.values()];
  }

  addGroup({ name, label, displayOrder }: { name: string; label: string; displayOrder?: number }): PropertyGroup {
    const group = { name, label, displayOrder: displayOrder ?? this.propertyGroups.size, archived: false };
    this.propertyGroups.set(name, group);
    return group;
  }
}
