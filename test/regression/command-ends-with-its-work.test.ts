// With DATABASE_URL every command lingered for ten seconds: closing the ORM left its idle connections to their time-out.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { testDatabase } from '../support/database.ts';

const program = `
  import { openDatabase } from '${fileURLToPath(new URL('../../src/db/database.ts', import.meta.url))}';
  const database = await openDatabase({ url: process.env.DATABASE_URL ?? '', home: '' });
  await database.close();
  console.log(JSON.stringify(process.getActiveResourcesInfo()));
`;

test('a closed database leaves no idle connection behind whose time-out keeps the process alive', async () => {
  await using db = await testDatabase();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=source', '--input-type=module-typescript', '--eval', program],
    { env: { ...process.env, DATABASE_URL: db.url } },
  );
  expect(JSON.parse(stdout)).not.toContain('Timeout');
});
