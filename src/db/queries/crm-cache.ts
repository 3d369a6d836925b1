import type { Cache } from '../../connector-sdk/context.ts';
import type { ConnectionId, OrgId } from '../../model/values.ts';
import type { Database } from '../tx.ts';

/** Answers of a CRM that may be some minutes old, shared by all processes of a connection. */
export function cacheOf(
  database: Database,
  owner: { orgId: OrgId; connectionId: ConnectionId; now: () => Date },
): Cache {
  const { orgId, connectionId, now } = owner;
  return {
    async through<T>(key: string, maxAgeMs: number, load: () => Promise<T>): Promise<T> {
      const [known] = await database.transaction(orgId, (tx) =>
        tx.query<{ value: { readonly v: T }; storedAt: Date }>(
          `select value, stored_at as "storedAt" from crm_cache where org_id = $1 and connection_id = $2 and key = $3`,
          [orgId, connectionId, key],
        ),
      );
      if (known !== undefined && now().getTime() - known.storedAt.getTime() < maxAgeMs) return known.value.v;
      const value = await load();
      await database.transaction(orgId, (tx) =>
        tx.query(
          `insert into crm_cache (org_id, connection_id, key, value, stored_at) values ($1, $2, $3, $4, $5)
           on conflict (org_id, connection_id, key) do update set value = excluded.value, stored_at = excluded.stored_at`,
          [orgId, connectionId, key, JSON.stringify({ v: value }), now()],
        ),
      );
      return value;
    },
  };
}
