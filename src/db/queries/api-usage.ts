import type { DailyUsage } from '../../connector-sdk/governor.ts';
import type { ConnectionId, OrgId } from '../../model/values.ts';
import type { Database } from '../tx.ts';

/** Calls of a connection by day of the account's time zone, over all processes and restarts. */
export function apiUsageOf(
  database: Database,
  owner: { orgId: OrgId; connectionId: ConnectionId; timeZone: string; now: () => Date },
): DailyUsage {
  const { orgId, connectionId, timeZone, now } = owner;
  const today = `($3::timestamptz at time zone $4)::date`;
  return {
    async read() {
      const [row] = await database.transaction(orgId, (tx) =>
        tx.query<{ calls: number }>(
          `select calls from api_usage where org_id = $1 and connection_id = $2 and day = ${today}`,
          [orgId, connectionId, now(), timeZone],
        ),
      );
      return row?.calls ?? 0;
    },
    async count(calls) {
      await database.transaction(orgId, (tx) =>
        tx.query(
          `insert into api_usage as u (org_id, connection_id, day, calls) values ($1, $2, ${today}, $5)
           on conflict (org_id, connection_id, day) do update set calls = u.calls + excluded.calls`,
          [orgId, connectionId, now(), timeZone, calls],
        ),
      );
    },
  };
}
