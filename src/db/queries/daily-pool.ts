import type { DailyPool, PoolState } from '../../connector-sdk/daily-pool.ts';
import type { ConnectionId, OrgId } from '../../model/values.ts';
import type { Database, Tx } from '../tx.ts';

interface Owner {
  readonly connectionId: ConnectionId;
  /** Of the day, where the CRM names none of its own. */
  readonly timeZone: string;
  readonly now: Date;
}

/** The calls of a connection's day, over all processes and restarts: whoever takes a turn holds the row. */
export function dailyPoolOf(
  database: Database,
  { orgId, now, ...owner }: Omit<Owner, 'now'> & { readonly orgId: OrgId; readonly now: () => Date },
): DailyPool {
  return {
    change: (change) =>
      database.transaction(orgId, async (tx) => {
        const at = { ...owner, now: now() };
        const { midnight, ...stored } = (await lockPool(tx, at)) ?? (await beginPool(tx, at));
        const changed = change(fromRow(stored), midnight);
        await savePool(tx, at, changed.state, takenBetween(stored, changed.state));
        return changed;
      }),
  };
}

export interface PoolRow {
  readonly day: number;
  readonly endsAt: Date;
  readonly used: number;
  readonly accountMax: number | null;
  readonly accountRemaining: number | null;
  readonly observedAt: Date | null;
  readonly resetAt: Date | null;
}

type LockedRow = PoolRow & { readonly midnight: Date };

export function fromRow({ day, endsAt, used, ...account }: PoolRow): PoolState {
  const { accountMax: max, accountRemaining: remaining, observedAt, resetAt } = account;
  return { day, endsAt, used, account: { max, remaining, observedAt, resetAt } };
}

/** Of the pool `p`. */
export const poolColumns = `p.day, p.ends_at as "endsAt", p.used, p.account_max as "accountMax",
  p.account_remaining as "accountRemaining", p.observed_at as "observedAt", p.reset_at as "resetAt"`;

/** The next midnight after an instant in a time zone, both SQL. */
export const midnightAfter = (now: string, zone: string): string =>
  `((((${now})::timestamptz at time zone ${zone})::date + 1)::timestamp at time zone ${zone})`;

async function lockPool(tx: Tx, { connectionId, now, timeZone }: Owner): Promise<LockedRow | undefined> {
  const [row] = await tx.query<LockedRow>(
    `select ${poolColumns}, ${midnightAfter('$3', '$4::text')} as midnight
     from daily_pools p where p.org_id = $1 and p.connection_id = $2 for update`,
    [tx.orgId, connectionId, now, timeZone],
  );
  return row;
}

async function beginPool(tx: Tx, owner: Owner): Promise<LockedRow> {
  await tx.query(
    `insert into daily_pools (org_id, connection_id, ends_at) values ($1, $2, ${midnightAfter('$3', '$4::text')})
     on conflict do nothing`,
    [tx.orgId, owner.connectionId, owner.now, owner.timeZone],
  );
  const row = await lockPool(tx, owner);
  if (row === undefined) throw new Error('the daily pool was not stored');
  return row;
}

function takenBetween(before: Pick<PoolState, 'day' | 'used'>, after: PoolState): number {
  return before.day === after.day ? after.used - before.used : after.used;
}

/** Keeps the state, and in the history of days what was taken (or given back). */
async function savePool(
  tx: Tx,
  { connectionId, now, timeZone }: Owner,
  { day, endsAt, used, account }: PoolState,
  taken: number,
): Promise<void> {
  await tx.query(saveStatement, [
    tx.orgId,
    connectionId,
    now,
    timeZone,
    day,
    endsAt,
    used,
    account.max,
    account.remaining,
    account.observedAt,
    account.resetAt,
    taken,
  ]);
}

const saveStatement = `
  with pool as (
    update daily_pools set day = $5, ends_at = $6, used = $7, account_max = $8, account_remaining = $9, observed_at = $10,
      reset_at = $11
    where org_id = $1 and connection_id = $2
  )
  insert into api_usage as u (org_id, connection_id, day, calls)
  select $1, $2, ($3::timestamptz at time zone $4)::date, greatest(0, $12::int) where $12::int <> 0
  on conflict (org_id, connection_id, day) do update set calls = greatest(0, u.calls + $12::int)
`;

/** Notes when a run that stopped at a limit may go on; null = at once. */
export async function noteResumeAt(tx: Tx, connectionId: ConnectionId, at: Date | null): Promise<void> {
  await tx.query(
    `update daily_pools set resume_at = $3
     where org_id = $1 and connection_id = $2 and resume_at is distinct from $3::timestamptz`,
    [tx.orgId, connectionId, at],
  );
}

/** SQL: when a run that stopped at a limit may go on; null where a clock that ran ahead put it off for longer than a day has. */
export const believedResumeAt = (row: string, now: string): string =>
  `case when ${row}.resume_at <= ${now}::timestamptz + interval '25 hours' then ${row}.resume_at end`;

/**
 * When a run that stopped at a limit may go on, as the last one told, whichever process it was in; null = at once, also where a clock
 * that ran ahead put it off for longer than a day has.
 */
export async function resumeAt(tx: Tx, connectionId: ConnectionId, now: Date): Promise<Date | null> {
  const [row] = await tx.query<{ at: Date | null }>(
    `select ${believedResumeAt('p', '$3')} as at from daily_pools p where org_id = $1 and connection_id = $2`,
    [tx.orgId, connectionId, now],
  );
  return row?.at ?? null;
}
