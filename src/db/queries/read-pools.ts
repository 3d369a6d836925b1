import type { PoolState } from '../../connector-sdk/daily-pool.ts';
import type { Tx } from '../tx.ts';
import { fromRow, midnightAfter, poolColumns, type PoolRow } from './daily-pool.ts';
import type { StoredQuota } from './read-connection.ts';

export interface ConnectionPool {
  readonly connection: string;
  readonly quota: StoredQuota;
  /** As it was left. */
  readonly pool: PoolState;
  /** The next one in the connection's time zone. */
  readonly midnight: Date;
}

/** The day's pool of every connection that has made a call. */
export async function readPools(tx: Tx, now: Date): Promise<ConnectionPool[]> {
  const rows = await tx.query<Omit<ConnectionPool, 'pool'> & PoolRow>(statement, [tx.orgId, now]);
  return rows.map(({ connection, quota, midnight, ...pool }) => ({ connection, quota, midnight, pool: fromRow(pool) }));
}

const statement = `
  select c.name as connection, c.quota, ${poolColumns}, ${midnightAfter('$2', 'c.timezone')} as midnight
  from daily_pools p join connections c on c.org_id = $1 and c.id = p.connection_id
  where p.org_id = $1 order by c.name
`;
