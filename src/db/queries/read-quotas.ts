import type { PoolState } from '../../connector-sdk/daily-pool.ts';
import type { PushPriority } from '../../model/push.ts';
import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';
import { fromRow, midnightAfter, poolColumns, type PoolRow } from './daily-pool.ts';
import type { StoredQuota } from './read-connection.ts';

export interface WaitingPushes {
  readonly priority: PushPriority;
  readonly count: number;
  /** Since when the first of them waits. */
  readonly since: Date;
}

export interface QuotaRow {
  readonly connectionId: ConnectionId;
  readonly connection: string;
  readonly quota: StoredQuota;
  /** As it was left; null = no call was ever made. */
  readonly pool: PoolState | null;
  /** The next one in the connection's time zone. */
  readonly midnight: Date;
  readonly resumeAt: Date | null;
  readonly waiting: readonly WaitingPushes[];
}

type Row = Omit<QuotaRow, 'pool' | 'waiting'> & { readonly [Key in keyof PoolRow]: PoolRow[Key] | null } & {
  readonly waiting: readonly (Omit<WaitingPushes, 'since'> & { readonly since: string })[];
};

/** Of every connection of the organisation: the day's pool, and what waits to be written. */
export async function readQuotas(tx: Tx, now: Date): Promise<readonly QuotaRow[]> {
  const rows = await tx.query<Row>(statement, [tx.orgId, now]);
  return rows.map(
    ({ connectionId, connection, quota, midnight, resumeAt, waiting, day, endsAt, used, ...account }) => ({
      connectionId,
      connection,
      quota,
      midnight,
      resumeAt,
      waiting: waiting.map((one) => ({ ...one, since: new Date(one.since) })),
      pool: day === null || endsAt === null || used === null ? null : fromRow({ day, endsAt, used, ...account }),
    }),
  );
}

const statement = `
  select c.id as "connectionId", c.name as connection, c.quota, ${poolColumns}, p.resume_at as "resumeAt",
    ${midnightAfter('$2', `coalesce(c.settings->>'timezone', 'UTC')`)} as midnight, w.waiting
  from connections c
  left join daily_pools p on p.org_id = $1 and p.connection_id = c.id
  left join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('priority', g.priority, 'count', g.count, 'since', g.since)
      order by g.priority), '[]') as waiting
    from (
      select s.priority, count(*)::int as count, min(least(s.available_at, s.updated_at)) as since from push_states s
      where s.org_id = $1 and s.connection_id = c.id and s.state in ('pending', 'claimed') group by s.priority
    ) g
  ) w on true
  where c.org_id = $1 order by c.name
`;
