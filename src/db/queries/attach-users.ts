import type { ConnectionId, ExternalId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** Makes users of CRM owners (fields `email`, `firstName`, `lastName`, `archived`), one per address, and ties the owner records to them. */
export async function attachUsers(
  tx: Tx,
  target: { connectionId: ConnectionId; object: string },
  externalIds: readonly ExternalId[],
): Promise<void> {
  if (externalIds.length === 0) return;
  await tx.query(statement, [tx.orgId, target.connectionId, target.object, externalIds]);
}

const statement = `
  with owners as (
    select external_id, lower(fields->>'email') as email, 
      left(nullif(concat_ws(' ', fields->>'firstName', fields->>'lastName'), ''), 200) as name,
      not coalesce((fields->>'archived')::boolean, false) as active
    from source_records
    where org_id = $1 and connection_id = $2 and object = $3 and external_id = any($4::text[])
      and fields->>'email' is not null
  ), people as (
    insert into users as u (org_id, email, name, active)
    select distinct on (email) $1, email, name, active from owners order by email, active desc
    on conflict (org_id, email) do update set name = excluded.name, active = excluded.active
    returning u.id, u.email
  )
  update source_records s set user_id = p.id
  from owners o join people p on p.email = o.email
  where s.org_id = $1 and s.connection_id = $2 and s.object = $3 and s.external_id = o.external_id
`;
