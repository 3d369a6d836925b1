import { Client } from 'pg';
import type { TestDatabase } from './database.ts';

/** Nobody reads this table until the answer is disposed of: whoever does waits, as for a statement that takes long. */
export async function holdTable({ superuserUrl }: TestDatabase, table: string): Promise<AsyncDisposable> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query(`begin; lock table ${table} in access exclusive mode`);
  return { [Symbol.asyncDispose]: async () => client.end() };
}
