/** Records another transaction holds. A write waits ten seconds in vain; here it fails at once. */
export class Locks {
  /** By record id: how many writes still fail. */
  private readonly held = new Map<string, number>();

  /** `times`: after so many refused writes the lock is gone; without it, until released. */
  hold(id: string, times = Infinity): void {
    this.held.set(id, times);
  }

  release(id: string): void {
    this.held.delete(id);
  }

  clear(): void {
    this.held.clear();
  }

  /** The first of these records that is locked; each refusal counts. */
  refuse(ids: readonly (string | null | undefined)[]): string | undefined {
    for (const id of ids) {
      const left = id === null || id === undefined ? undefined : this.held.get(id);
      if (id === null || id === undefined || left === undefined) continue;
      if (left <= 1) this.held.delete(id);
      else this.held.set(id, left - 1);
      return id;
    }
    return undefined;
  }
}
