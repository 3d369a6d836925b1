import { expect, test } from 'vitest';
import { migrate, pendingMigrations, revertMigrations } from '../../../src/db/migrate.ts';
import { testDatabase } from '../../support/database.ts';

const ours = '20261127130000_connection_health';

test('what was paused before there were pauses stays paused, there and back', async () => {
  await using db = await testDatabase();
  const orgId = await db.org('acme');
  while (!(await pendingMigrations(db.database)).includes(ours)) await revertMigrations(db.database, 'previous');
  await db.sql(
    `insert into connections (org_id, name, kind, paused_reason) values ($1, 'a', 'hubspot', 'moving'), ($1, 'b', 'hubspot', null)`,
    [orgId],
  );
  await db.sql(
    `insert into data_sources (org_id, name, kind, query, paused_reason) values ($1, 's', 'usage', 'select 1', 'broken')`,
    [orgId],
  );
  await migrate(db.database);
  const pauses = `select c.name as connection, s.name as source, p.direction, p.reason from pauses p
    left join connections c on c.id = p.connection_id left join data_sources s on s.id = p.source_id order by 1 nulls last`;
  expect(await db.sql(pauses)).toEqual([
    { connection: 'a', source: null, direction: 'all', reason: 'moving' },
    { connection: null, source: 's', direction: 'all', reason: 'broken' },
  ]);
  while (!(await pendingMigrations(db.database)).includes(ours)) await revertMigrations(db.database, 'previous');
  expect(await db.sql('select name, paused_reason as reason from connections order by name')).toEqual([
    { name: 'a', reason: 'moving' },
    { name: 'b', reason: null },
  ]);
  expect(await db.sql('select paused_reason as reason from data_sources')).toEqual([{ reason: 'broken' }]);
});
