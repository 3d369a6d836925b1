import type { PushPriority, PushRecord } from '../../model/push.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

export interface PlannedState extends PushRecord {
  /** Something is to be written. */
  readonly pending: boolean;
  readonly priority: PushPriority;
  /** Records with the same one are written together; '' = none. */
  readonly parent: string;
  /** When the CRM changed what this value follows from; null = it has another cause. */
  readonly changedAt: Date | null;
}

/**
 * Merges newer wanted and remote values into the waiting ones, so nothing queues twice. A record that is being written
 * stays claimed: settling looks at it again. A refused record (`dead`) wakes only when something else is wanted.
 * Of the changes in the CRM that wait together, the oldest counts; with nothing left to write, none does.
 */
export async function savePushStates(tx: Tx, states: readonly PlannedState[], at: Date): Promise<void> {
  if (states.length === 0) return;
  await tx.query(statement, [tx.orgId, toJson(states), at]);
}

const statement = `
  insert into push_states as p
    (org_id, connection_id, object, external_id, lead_id, wanted, remote, pushed, kept, state, priority, parent, available_at,
    changed_at)
  select $1, "connectionId", object, "externalId", "leadId", wanted, remote, pushed, kept,
    case when pending then 'pending' else 'settled' end, priority, parent, $3,
    case when pending then "changedAt" end
  from jsonb_to_recordset($2::jsonb) as r ("connectionId" uuid, object text, "externalId" text, "leadId" uuid,
    wanted jsonb, remote jsonb, pushed jsonb, kept jsonb, pending boolean, priority smallint, parent text,
    "changedAt" timestamptz)
  on conflict (org_id, connection_id, object, external_id) do update set
    lead_id = excluded.lead_id, parent = excluded.parent, wanted = excluded.wanted, remote = excluded.remote, kept = excluded.kept,
    priority = least(excluded.priority, case when p.state = 'pending' then p.priority else excluded.priority end),
    state = case
      when p.state = 'claimed' then 'claimed'
      when p.state = 'dead' and p.wanted = excluded.wanted and excluded.state = 'pending' then 'dead'
      else excluded.state end,
    changed_at = case when p.state = 'claimed' or excluded.state = 'pending'
      then least(p.changed_at, excluded.changed_at) end,
    attempts = case when p.wanted = excluded.wanted then p.attempts else 0 end,
    available_at = case when p.wanted = excluded.wanted then p.available_at else excluded.available_at end,
    updated_at = now()
  where (p.lead_id, p.wanted, p.remote, p.kept)
      is distinct from (excluded.lead_id, excluded.wanted, excluded.remote, excluded.kept)
    or (p.state in ('pending', 'settled') and p.state <> excluded.state)
`;
