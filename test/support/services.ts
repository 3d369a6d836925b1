import { randomUUID } from 'node:crypto';
import type { SessionServices } from '../../src/connection.ts';
import type { Database } from '../../src/db/tx.ts';
import { createSealer } from '../../src/secrets/seal.ts';

/** What everything works with, without a CRM. */
export function bareServices(database: Database): SessionServices {
  return {
    database,
    definitions: [],
    sealer: createSealer([{ id: 'test', bytes: Buffer.alloc(32, 7) }]),
    now: () => new Date(),
    newId: randomUUID,
    random: Math.random,
    log: () => undefined,
  };
}
