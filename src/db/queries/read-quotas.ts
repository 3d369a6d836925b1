import type { PoolState } from '../../connector-sdk/daily-pool.ts';
import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';
import { countWaiting, type WaitingOfPriority } from './count-waiting.ts';
import { believedResumeAt, fromRow, midnightAfter, poolColumns, type PoolRow } from './daily-pool.ts';
import type { StoredQuota } from './read-connection.ts';

export interface QuotaRow {
  readonly connectionId: ConnectionId;
  readonly connection: string;
  readonly quota: StoredQuota;
  /** As it was left; null = no call was ever made. */
  readonly pool: PoolState | null;
  /** The next one in the connection's time zone. */
  readonly midnight: Date;
  readonly resumeAt: Date | null;
  readonly waiting: readonly WaitingOfPriority[];
}

type Row = Omit<QuotaRow, 'pool' | 'waiting'> & { readonly [Key in keyof PoolRow]: PoolRow[Key] | null };

/** Of every connection of the organisation: the day's pool, and what waits to be written. */
export async function readQuotas(tx: Tx, now: Date): Promise<readonly QuotaRow[]> {
  const rows = await tx.query<Row>(statement, [tx.orgId, now]);
  const waiting = await countWaiting(tx);
  return rows.map(({ connectionId, connection, quota, midnight, resumeAt, day, endsAt, used, ...account }) => ({
    connectionId,
    connection,
    quota,
    midnight,
    resumeAt,
    waiting: waiting.get(connectionId) ?? [],
    pool: day === null || endsAt === null || used === null ? null : fromRow({ day, endsAt, used, ...account }),
  }));
}

const statement = `
  select c.id as "connectionId", c.name as connection, c.quota, ${poolColumns}, ${believedResumeAt('p', '$2')} as "resumeAt",
    ${midnightAfter('$2', `coalesce(c.settings->>'timezone', 'UTC')`)} as midnight
  from connections c
  left join daily_pools p on p.org_id = $1 and p.connection_id = c.id
  where c.org_id = $1 order by c.name
`;
