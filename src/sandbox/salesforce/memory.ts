import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
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
  readonly #path: string;
  readonly #kept: Kept | null;

  constructor(path: string) {
    this.#path = path;
    this.#kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Kept) : null;
  }

  /** Null = nothing is kept yet. */
  get origin(): Origin | null {
    return this.#kept?.origin ?? null;
  }

  get aheadMs(): number {
    return this.#kept?.aheadMs ?? 0;
  }

  /** Makes an org that was just seeded from `origin` what it was. */
  restore(org: Org): void {
    if (this.#kept !== null) org.restore(this.#kept.org);
  }

  save(org: Org, origin: Origin, aheadMs: number): void {
    const kept: Kept = { version: 1, origin, aheadMs, org: org.snapshot() };
    mkdirSync(dirname(this.#path), { recursive: true });
    const draft = `${this.#path}.new`;
    writeFileSync(draft, JSON.stringify(kept));
    renameSync(draft, this.#path);
  }
}
