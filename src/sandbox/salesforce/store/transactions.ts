import type { Values } from '../schema/field.ts';
import type { SObject } from '../schema/sobject.ts';
import type { Org } from './org.ts';
import type { Row } from './table.ts';

interface PendingWrite {
  readonly object: SObject;
  /** Undefined creates. */
  readonly row: Row | undefined;
  readonly values: Values;
}

interface OpenTransaction {
  readonly id: number;
  readonly startedAt: number;
  readonly writes: PendingWrite[];
}

/**
 * Long transactions of somebody else's code. Their rows carry the stamp of the moment they were written and are seen
 * only after the commit: behind any cursor that has passed that stamp.
 */
export class Transactions {
  private readonly open = new Map<number, OpenTransaction>();
  private nextId = 1;
  private readonly org: Org;

  constructor(org: Org) {
    this.org = org;
  }

  begin(): number {
    const id = this.nextId;
    this.nextId += 1;
    this.open.set(id, { id, startedAt: this.org.now(), writes: [] });
    return id;
  }

  /** Rows that are written to are locked until the end, and so is the account they hang on. */
  write(id: number, write: PendingWrite): boolean {
    const transaction = this.open.get(id);
    if (transaction === undefined) return false;
    const stamped = { ...write, values: { ...write.values, SystemModstamp: this.org.stamp() } };
    transaction.writes.push(stamped);
    for (const locked of this.lockedBy(stamped)) this.org.locks.hold(locked);
    return true;
  }

  /** The ids that became visible. */
  commit(id: number): string[] | undefined {
    const transaction = this.end(id);
    return transaction?.writes.map(({ object, row, values }) => {
      const writer = { by: this.org.automationUser, at: Number(values['SystemModstamp']) };
      if (row === undefined) return this.org.insert(object, values, writer).id;
      this.org.update(row, values, writer);
      return row.id;
    });
  }

  rollback(id: number): boolean {
    return this.end(id) !== undefined;
  }

  /** When the oldest open one began, which is how far replication is covered. */
  oldest(): number {
    return Math.min(Infinity, ...[...this.open.values()].map(({ startedAt }) => startedAt));
  }

  private end(id: number): OpenTransaction | undefined {
    const transaction = this.open.get(id);
    this.open.delete(id);
    for (const write of transaction?.writes ?? []) {
      for (const locked of this.lockedBy(write)) this.org.locks.release(locked);
    }
    return transaction;
  }

  private lockedBy({ row, values }: PendingWrite): string[] {
    const ids = [row?.id, values['AccountId'] ?? row?.values['AccountId']];
    return ids.filter((id): id is string => typeof id === 'string');
  }
}
