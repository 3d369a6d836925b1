type Identities = Record<string, readonly string[]>;

/** Finds a record by a value only one record may have: e-mail addresses and `hasUniqueValue` properties. */
export class UniqueIndex {
  private readonly owners = new Map<string, Map<string, number>>();

  owner(property: string, value: string): number | undefined {
    return this.owners.get(property)?.get(value);
  }

  replace(id: number, before: Identities, after: Identities): void {
    for (const [property, values] of Object.entries(before)) {
      const owners = this.owners.get(property);
      for (const value of values) if (owners?.get(value) === id) owners.delete(value);
    }
    for (const [property, values] of Object.entries(after)) {
      const owners = this.owners.get(property) ?? new Map<string, number>();
      this.owners.set(property, owners);
      for (const value of values) owners.set(value, id);
    }
  }
}
