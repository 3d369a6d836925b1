import type { AlertWords } from '../../model/health.ts';
import type { OrgId } from '../../model/values.ts';
import type { HealthOf } from './health.ts';
import type { Tx } from '../tx.ts';

export interface NewAlert extends AlertWords {
  readonly id: string;
  /** What it is about. */
  readonly of: HealthOf;
  readonly now: Date;
}

/** Puts an alert where it will be sent from, and clears away those that nobody looks for any more. */
export async function addAlert(tx: Tx, alert: NewAlert): Promise<void> {
  const { id, of, kind, code, title, text, remedy, now } = alert;
  const key = `${of.type}_id`;
  await tx.query(
    `delete from alerts where org_id = $1 and ${key} = $2 and created_at < $3::timestamptz - interval '90 days'`,
    [tx.orgId, of.id, now],
  );
  await tx.query(
    `insert into alerts (id, org_id, ${key}, kind, code, title, text, remedy, created_at, next_try_at)
     values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $9)`,
    [tx.orgId, id, of.id, kind, code, title, text, remedy, now],
  );
}

/** Organisations with something to be sent; through `Database.operator`. */
export async function orgsWithDueAlerts(tx: Tx, now: Date): Promise<OrgId[]> {
  const rows = await tx.query<{ id: OrgId }>(`select distinct org_id as id from alerts where next_try_at <= $1`, [now]);
  return rows.map(({ id }) => id);
}

export interface ClaimedAlert extends AlertWords {
  readonly id: string;
  /** Name; null = it is about a source. */
  readonly connection: string | null;
  /** Name; null = it is about a connection. */
  readonly source: string | null;
  readonly org: string;
  readonly createdAt: Date;
  /** This one included. */
  readonly attempts: number;
}

/**
 * The alert that is due for the longest; null = none. Nobody else gets it before `until`, and where this process dies on the way
 * it is due again then: an alert is sent at least once.
 */
export async function claimAlert(tx: Tx, { now, until }: { now: Date; until: Date }): Promise<ClaimedAlert | null> {
  const [row] = await tx.query<ClaimedAlert>(claim, [tx.orgId, now, until]);
  return row ?? null;
}

const claim = `
  with due as (
    select id from alerts where org_id = $1 and next_try_at <= $2
    order by created_at, id limit 1 for update skip locked
  ), claimed as (
    update alerts a set attempts = a.attempts + 1, next_try_at = $3 from due
    where a.org_id = $1 and a.id = due.id
    returning a.*
  )
  select a.id, a.kind, a.code, a.title, a.text, a.remedy, a.created_at as "createdAt", a.attempts, c.name as connection,
    s.name as source, o.slug as org
  from claimed a join orgs o on o.id = a.org_id
  left join connections c on c.org_id = a.org_id and c.id = a.connection_id
  left join data_sources s on s.org_id = a.org_id and s.id = a.source_id
`;

export interface AlertOutcome {
  readonly id: string;
  /** Null = it was not sent. */
  readonly sentAt: Date | null;
  /** Null = never again. */
  readonly nextTryAt: Date | null;
  /** Why it was not sent. */
  readonly error: string | null;
}

export async function settleAlert(tx: Tx, { id, sentAt, nextTryAt, error }: AlertOutcome): Promise<void> {
  await tx.query(
    `update alerts set sent_at = $3, next_try_at = $4, last_error = $5 where org_id = $1 and id = $2 and sent_at is null`,
    [tx.orgId, id, sentAt, nextTryAt, error],
  );
}

/** Says of what is due why it is not sent from here, where nothing else was said; what is too old is never tried again. */
export async function markDueAlerts(
  tx: Tx,
  { now, error, givingUpBefore }: { readonly now: Date; readonly error: string; readonly givingUpBefore: Date },
): Promise<void> {
  await tx.query(
    `update alerts set last_error = coalesce(last_error, $3),
       next_try_at = case when created_at >= $4 then next_try_at end
     where org_id = $1 and sent_at is null and next_try_at <= $2 and (last_error is null or created_at < $4)`,
    [tx.orgId, now, error, givingUpBefore],
  );
}

export interface UnsentAlerts {
  readonly waiting: number;
  /** Of the last week. */
  readonly givenUp: number;
  /** Why the latest one was not sent; null = it was not tried yet, or there is none. */
  readonly lastError: string | null;
}

export async function readUnsentAlerts(tx: Tx, now: Date): Promise<UnsentAlerts> {
  const [row] = await tx.query<UnsentAlerts>(
    `select count(*) filter (where next_try_at is not null) as waiting, count(*) filter (where next_try_at is null) as "givenUp",
       (array_agg(last_error order by created_at desc))[1] as "lastError"
     from alerts where org_id = $1 and sent_at is null
       and (next_try_at is not null or created_at > $2::timestamptz - interval '7 days')`,
    [tx.orgId, now],
  );
  return row ?? { waiting: 0, givenUp: 0, lastError: null };
}
