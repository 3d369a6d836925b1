import type { Database } from '../db/tx.ts';
import type { RandomBytes } from './secret-token.ts';

export interface AccessServices {
  readonly database: Database;
  readonly now: () => Date;
  readonly randomBytes: RandomBytes;
}
