interface Link {
  readonly to: number;
  readonly primary: boolean;
}

export type AssociationEntries = readonly (readonly [string, readonly (readonly [number, readonly Link[]])[]])[];

const NO_LINKS: readonly Link[] = [];

export interface End {
  readonly type: string;
  readonly id: number;
}

export type LinkListener = (
  from: End,
  to: End,
  change: { readonly primary: boolean; readonly removed: boolean },
) => void;

/** Which records belong together, kept in both directions. */
export class Associations {
  /** Told of each link that comes, becomes primary or goes; not of those that a merge moves. */
  onChange: LinkListener = () => undefined;
  private readonly links = new Map<string, Map<number, Link[]>>();

  list(fromType: string, toType: string, fromId: number): readonly Link[] {
    return this.links.get(`${fromType}:${toType}`)?.get(fromId) ?? NO_LINKS;
  }

  /** A record has one primary record of a type; the one that was primary before stays associated. */
  add(from: End, to: End, primary: boolean): void {
    const before = this.list(from.type, to.type, from.id).find((link) => link.to === to.id);
    this.connect(from, to, primary);
    if (before?.primary !== primary) this.onChange(from, to, { primary, removed: false });
  }

  remove(from: End, to: End): void {
    const before = this.list(from.type, to.type, from.id).find((link) => link.to === to.id);
    this.disconnect(from, to);
    if (before !== undefined) this.onChange(from, to, { primary: before.primary, removed: true });
  }

  /** Drops everything that touches the record. */
  forget(type: string, id: number): void {
    for (const [fromType, toType, to] of this.touching(type, id)) {
      this.remove({ type: fromType, id }, { type: toType, id: to.to });
    }
  }

  /** Moves all links of one record to another: what a merge does. */
  move(type: string, fromId: number, toId: number): void {
    for (const [, toType, link] of this.touching(type, fromId)) {
      const other = { type: toType, id: link.to };
      const primary = link.primary && !this.list(type, toType, toId).some((existing) => existing.primary);
      this.disconnect({ type, id: fromId }, other);
      this.connect({ type, id: toId }, other, primary);
    }
  }

  /** All links, for `replace`. */
  entries(): AssociationEntries {
    return [...this.links].map(([key, table]) => [key, [...table]]);
  }

  replace(entries: AssociationEntries): void {
    this.links.clear();
    for (const [key, table] of entries) {
      this.links.set(key, new Map(table.map(([id, links]) => [id, [...links]])));
    }
  }

  private connect(from: End, to: End, primary: boolean): void {
    if (primary) this.demote(from, to.type);
    this.put(from, to, primary);
    this.put(to, from, primary);
  }

  private disconnect(from: End, to: End): void {
    this.drop(from, to);
    this.drop(to, from);
  }

  private touching(type: string, id: number): [string, string, Link][] {
    const touching: [string, string, Link][] = [];
    for (const [key, table] of this.links) {
      const [fromType = '', toType = ''] = key.split(':');
      if (fromType !== type) continue;
      for (const link of table.get(id) ?? []) touching.push([fromType, toType, link]);
    }
    return touching;
  }

  private demote(from: End, toType: string): void {
    for (const link of this.list(from.type, toType, from.id)) {
      if (!link.primary) continue;
      const other = { type: toType, id: link.to };
      this.put(from, other, false);
      this.put(other, from, false);
    }
  }

  private put(from: End, to: End, primary: boolean): void {
    const key = `${from.type}:${to.type}`;
    const table = this.links.get(key) ?? new Map<number, Link[]>();
    this.links.set(key, table);
    const links = table.get(from.id) ?? [];
    table.set(from.id, links);
    const at = links.findIndex((link) => link.to === to.id);
    if (at < 0) links.push({ to: to.id, primary });
    else links[at] = { to: to.id, primary };
  }

  private drop(from: End, to: End): void {
    const table = this.links.get(`${from.type}:${to.type}`);
    const links = table?.get(from.id);
    if (table === undefined || links === undefined) return;
    const rest = links.filter((link) => link.to !== to.id);
    if (rest.length > 0) table.set(from.id, rest);
    else table.delete(from.id);
  }
}
