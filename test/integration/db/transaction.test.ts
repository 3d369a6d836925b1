import { afterAll, beforeAll, expect, test } from 'vitest';
import { Org } from '../../../src/db/entities/org.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(async () => db[Symbol.asyncDispose]());

test('a transaction runs as the application role of its organisation', async () => {
  const orgId = await db.org('role');
  const rows = await db.database.transaction(orgId, (tx) =>
    tx.query('select current_user as role, current_org() as org'),
  );
  expect(rows).toEqual([{ role: 'leadloop_app', org: orgId }]);
});

test('the entity manager works in the same transaction', async () => {
  const orgId = await db.org('em');
  const seen = await db.database.transaction(orgId, (tx) => tx.em.find(Org, {}));
  expect(seen.map(({ id }) => id)).toEqual([orgId]);
});
