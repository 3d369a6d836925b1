import type { ChangeHint } from '../../connector-sdk/webhooks.ts';
import type { ConnectionId } from '../../model/values.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

/** What of a hint is kept. */
export type NewHint = Pick<ChangeHint, 'object' | 'externalId' | 'reason' | 'field'>;

/**
 * Adds hints to those that wait: one row a record, with the gravest reason and all fields (null = any). Each merge gives the row a
 * version that no row had before, so that whoever has attended to a hint can delete that one and no later one. Idempotent but for
 * the version.
 */
export async function saveHints(tx: Tx, connectionId: ConnectionId, hints: readonly NewHint[]): Promise<void> {
  if (hints.length === 0) return;
  await tx.query(statement, [tx.orgId, connectionId, toJson(hints)]);
}

// In the order of the key: two deliveries that name the same records lock them in the same order. A merge takes its version once it
// has the row, so that the versions of a row rise.
const statement = `
  with told as (
    select i.object, i."externalId" as external_id, max(i.reason) as reason,
      case when bool_and(i.field is not null) then array_agg(distinct i.field order by i.field) end as fields
    from jsonb_to_recordset($3::jsonb) as i (object text, "externalId" text, reason change_reason, field text)
    group by i.object, i."externalId"
  )
  insert into change_hints as h (org_id, connection_id, object, external_id, reason, fields, version)
  select $1, $2, object, external_id, reason, fields, nextval('change_hint_versions')
  from told order by object, external_id
  on conflict (org_id, connection_id, object, external_id) do update set
    reason = greatest(h.reason, excluded.reason),
    fields = case when h.fields is not null and excluded.fields is not null
      then array(select distinct f from unnest(h.fields || excluded.fields) f order by f) end,
    version = nextval('change_hint_versions')
`;
