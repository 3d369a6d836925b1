import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** The rows of a table, as COPY writes them; held in memory, so that reading them is not measured. */
interface CopiedRows {
  readonly table: string;
  readonly columns: string;
  readonly chunks: readonly Buffer[];
}

/**
 * The floor: what PostgreSQL needs at least to take in rows that are there already. A plain COPY of all of them, in one
 * transaction, into empty tables with the same columns and indexes, but without foreign keys and row level security.
 * Milliseconds.
 */
export async function copyFloor(client: Client, tables: readonly string[]): Promise<number> {
  const rows = [];
  for (const table of tables) {
    rows.push(await read(client, table));
    await client.query(`create table floor_${table} (like ${table} including all)`);
  }
  const start = performance.now();
  await client.query('begin');
  for (const copied of rows) await write(client, copied);
  await client.query('commit');
  const ms = performance.now() - start;
  for (const table of tables) await client.query(`drop table floor_${table}`);
  return ms;
}

async function read(client: Client, table: string): Promise<CopiedRows> {
  const { rows } = await client.query<{ columns: string }>(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  const columns = rows[0]?.columns ?? '';
  const chunks: Buffer[] = [];
  for await (const chunk of client.query(copyTo(`copy (select ${columns} from ${table}) to stdout`))) {
    chunks.push(chunk as Buffer);
  }
  return { table, columns, chunks };
}

async function write(client: Client, { table, columns, chunks }: CopiedRows): Promise<void> {
  await pipeline(Readable.from(chunks), client.query(copyFrom(`copy floor_${table} (${columns}) from stdin`)));
}
