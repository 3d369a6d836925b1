import { randomBytes, randomUUID } from 'node:crypto';
import type { TokenScope } from '../../src/access/access.ts';
import { issueToken } from '../../src/access/tokens.ts';
import type { OrgId } from '../../src/model/values.ts';
import { startConsole } from './console.ts';
import type { TestDatabase } from './database.ts';
import { bareServices } from './services.ts';

export interface TestApi extends AsyncDisposable {
  readonly url: string;
  /** What it has logged, line by line. */
  readonly said: string[];
  /** Moves its clock, in milliseconds. */
  later(ms: number): void;
  token(orgId: OrgId, ...scopes: TokenScope[]): Promise<string>;
  /** As a daemon that ends: calls under way have so long. */
  stop(graceMs: number): Promise<void>;
}

/** The API on a real database and a real port, without the console. */
export async function startApi(db: TestDatabase): Promise<TestApi> {
  let ahead = 0;
  const now = (): Date => new Date(Date.now() + ahead);
  const { database } = db;
  const server = await startConsole({ ...bareServices(database), now });
  return {
    url: server.url,
    said: server.said,
    later: (ms) => (ahead += ms),
    async token(orgId, ...scopes) {
      const wish = { name: `t-${randomUUID()}`, scopes, days: 1 };
      return (await issueToken({ database, now, randomBytes }, { orgId, actor: 'cli' }, wish)).token;
    },
    stop: (graceMs) => server.stop(graceMs),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
