import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file that is written as a whole: after a kill it is what it was before the write, or after it. */
export class KeptFile<Kept> {
  readonly #path: string;
  /** What it held when it was opened; null = there was none. */
  readonly kept: Kept | null;

  constructor(path: string) {
    this.#path = path;
    this.kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Kept) : null;
  }

  write(kept: Kept): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    const draft = `${this.#path}.new`;
    writeFileSync(draft, JSON.stringify(kept));
    renameSync(draft, this.#path);
  }
}
