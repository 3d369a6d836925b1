import { randomBytes, randomUUID } from 'node:crypto';
import { createApi } from '../../src/http/api/create-api.ts';
import { startHttp } from '../../src/http/server.ts';
import { issueToken, type TokenScope } from '../../src/ingest/tokens.ts';
import type { OrgId } from '../../src/model/values.ts';
import type { TestDatabase } from './database.ts';

export interface TestApi extends AsyncDisposable {
  readonly url: string;
  /** What it has logged, line by line. */
  readonly said: string[];
  /** Moves its clock, in milliseconds. */
  later(ms: number): void;
  token(orgId: OrgId, ...scopes: TokenScope[]): Promise<string>;
}

/** The API on a real database and a real port, without the page. */
export async function startApi(db: TestDatabase): Promise<TestApi> {
  let ahead = 0;
  const now = (): Date => new Date(Date.now() + ahead);
  const said: string[] = [];
  const { database } = db;
  const server = await startHttp({
    port: 0,
    api: createApi({ database, definitions: [], now, newId: randomUUID }),
    now,
    log: (level, message, fields) => said.push(`${level} ${message} ${JSON.stringify(fields)}`),
  });
  return {
    url: server.url,
    said,
    later: (ms) => (ahead += ms),
    async token(orgId, ...scopes) {
      const wish = { name: `t-${randomUUID()}`, scopes, days: 1 };
      return (await issueToken({ database, now, randomBytes }, orgId, wish)).token;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
