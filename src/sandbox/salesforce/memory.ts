import { KeptFile } from '../server/kept-file.ts';
import type { Org, Snapshot } from './store/org.ts';

/** What an org was seeded with: the same again, and it begins as it began. */
export interface Origin {
  readonly leads: number;
  readonly contacts: number;
  readonly hubspotContacts: number;
  readonly seed: number;
  readonly epoch: number;
  readonly orgId: string;
}

interface Kept {
  readonly version: 1;
  readonly origin: Origin;
  /** Milliseconds by which somebody has moved the org's clock. */
  readonly aheadMs: number;
  readonly org: Snapshot;
}

/**
 * An org's file: its seed, and what has become of it since. It is written as a whole before a write is answered, so a
 * client that was told "done" finds it done after the process was killed. Faults, limits, sessions, cursors, jobs and
 * open transactions are not kept.
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

  /** Makes an org that was just seeded from `origin` what it was. */
  restore(org: Org): void {
    if (this.#file.kept !== null) org.restore(this.#file.kept.org);
  }

  save(org: Org, origin: Origin, aheadMs: number): void {
    this.#file.write({ version: 1, origin, aheadMs, org: org.snapshot() });
  }
}
