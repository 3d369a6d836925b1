import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { lockProductScores } from '../../../src/db/queries/lock-product-scores.ts';
import type { OrgId } from '../../../src/model/values.ts';
import { startApi } from '../../support/api.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

/** The organisation's turn is somebody else's until the answer is called. */
async function holdTurn({ database }: TestDatabase, orgId: OrgId): Promise<() => Promise<void>> {
  const isHeld = Promise.withResolvers<void>();
  const isOver = Promise.withResolvers<void>();
  const held = database.transaction(orgId, async (tx) => {
    await lockProductScores(tx);
    isHeld.resolve();
    await isOver.promise;
  });
  await isHeld.promise;
  return async () => {
    isOver.resolve();
    await held;
  };
}

async function setUp() {
  await using stack = new AsyncDisposableStack();
  const db = stack.use(await testDatabase());
  const api = stack.use(await startApi(db));
  const [acme, umbrella] = await db.twoOrgs();
  const [token, theirs] = [await api.token(acme, 'ingest', 'read'), await api.token(umbrella, 'ingest', 'read')];
  const ask = (path: string, as: string, rows?: readonly object[]) =>
    fetch(`${api.url}/api/v1/${path}`, {
      method: rows === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${as}`, ...(rows && { 'content-type': 'application/json' }) },
      body: rows === undefined ? null : JSON.stringify(rows),
      signal: AbortSignal.timeout(rows === undefined ? 30_000 : 60_000),
    });
  const kept = stack.move();
  return { db, acme, token, theirs, ask, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

test('twelve calls at once of an organisation whose turn it is not leave room for everybody else, and all are taken in once', async () => {
  await using side = await setUp();
  const { db, acme, token, theirs, ask } = side;
  const release = await holdTurn(db, acme);
  const waiting = async () => {
    const [row] = await db.sql<{ n: number }>(
      `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
       and database = (select oid from pg_database where datname = current_database())`,
    );
    return row!.n;
  };
  const calls = Array.from({ length: 12 }, (_, call) =>
    ask(
      'ingest/companies',
      token,
      Array.from({ length: 5 }, (_, n) => ({ domain: `c${call}-${n}.example` })),
    ),
  );
  await expect.poll(waiting).toBe(1);
  expect((await ask('dashboard', token)).status).toBe(200);
  const answer = await ask('ingest/companies', theirs, [{ domain: 'umbrella.example' }]);
  expect(await answer.json()).toMatchObject({ created: 1 });
  // Also when all twelve have come: the others wait without a connection.
  await delay(1_000);
  expect(await waiting()).toBe(1);
  await release();
  for (const call of calls) expect(await (await call).json()).toMatchObject({ received: 5, created: 5 });
  expect(await db.sql('select count(*)::int as n from company_enrichment where org_id = $1', [acme])).toEqual([
    { n: 60 },
  ]);
});
