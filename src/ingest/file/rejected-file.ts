import { type FileHandle, open } from 'node:fs/promises';
import type { RowRejection } from '../read-row.ts';
import { toJson } from '../../db/queries/json.ts';
import { unwritable } from './import-error.ts';

export interface RejectedRow extends RowRejection {
  /** The place of the row in the file, from 0; the header is none. */
  readonly index: number;
  /** As it was read; left out where it could not be. */
  readonly row?: unknown;
}

/** Made when the first row is rejected; its reader may be nobody but the user: the rows are personal. */
export class RejectedFile implements AsyncDisposable {
  readonly path: string;
  #handle: FileHandle | null = null;

  constructor(path: string) {
    this.path = path;
  }

  get isWritten(): boolean {
    return this.#handle !== null;
  }

  /** @throws AppError `import-rejected-file` (fix-config) */
  async write(rows: readonly RejectedRow[]): Promise<void> {
    if (rows.length === 0) return;
    try {
      this.#handle ??= await open(this.path, 'w', 0o600);
      await this.#handle.write(rows.map((row) => `${toJson(row)}\n`).join(''));
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close();
  }
}
