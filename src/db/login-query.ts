import type { OpenDatabase } from './database.ts';

/** Somebody waits for the answer, a scraper or a person. */
const timeoutMs = 5_000;

/** Asks as the login role, for what the application's role may not look at: other connections, locks, the queue. Read-only. */
export async function loginQuery<Row extends object>({ orm }: Pick<OpenDatabase, 'orm'>, text: string): Promise<Row[]> {
  const connection = orm.em.getConnection();
  return connection.transactional(
    async (transaction) => {
      await connection.execute(`set local statement_timeout = ${timeoutMs}`, [], 'run', transaction);
      return connection.execute<Row[]>(text, [], 'all', transaction);
    },
    { readOnly: true },
  );
}
