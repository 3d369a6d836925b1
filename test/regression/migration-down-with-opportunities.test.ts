// Wrong: with opportunities stored the migration that brought them could not be reverted, for its owner saw none to remove.
import { expect, test } from 'vitest';
import { migrate, revertMigrations } from '../../src/db/migrate.ts';
import { testDatabase } from '../support/database.ts';

const cursors = 'select object from sync_cursors order by object';
const forced = `select relname from pg_class where relname in ('source_records', 'sync_cursors') and relforcerowsecurity`;

test('the migration goes down and up again with opportunities, which are read anew', async () => {
  await using db = await testDatabase();
  const orgId = await db.org('acme');
  const [crm] = await db.sql<{ id: string }>(
    `insert into connections (org_id, name, kind) values ($1, 'crm', 'salesforce') returning id`,
    [orgId],
  );
  await db.sql(
    `insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapping_version)
     values ($1, $2, 'Opportunity', '006', 'opportunity', now(), '{}', 1), ($1, $2, 'Lead', '00Q', 'lead', now(), '{}', 1)`,
    [orgId, crm!.id],
  );
  await db.sql(
    `insert into sync_cursors (org_id, connection_id, object, lane) values ($1, $2, 'Opportunity', 'full'), ($1, $2, 'Lead', 'full')`,
    [orgId, crm!.id],
  );
  const reverted: string[] = [];
  while (!reverted.includes('20261126090000_two_crms'))
    reverted.push(...(await revertMigrations(db.database, 'previous')));
  expect(await migrate(db.database)).toEqual(reverted.toReversed());
  expect(await db.sql('select external_id from source_records')).toEqual([{ external_id: '00Q' }]);
  expect(await db.sql(cursors)).toEqual([{ object: 'Lead' }]);
  expect(await db.sql(forced)).toHaveLength(2);
});
