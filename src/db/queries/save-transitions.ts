import type { LifecycleTransition } from '../../model/lifecycle.ts';
import type { RunId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** Appends moves of the lifecycle, in the order given. The statuses themselves are saved with the leads. */
export async function saveTransitions(
  tx: Tx,
  runId: RunId | null,
  moves: readonly LifecycleTransition[],
): Promise<void> {
  if (moves.length === 0) return;
  await tx.query(statement, [tx.orgId, runId, JSON.stringify(moves)]);
}

const statement = `
  insert into lifecycle_transitions (org_id, lead_id, from_status, to_status, episode, cause, run_id, at)
  select $1, (m->>'leadId')::uuid, (m->>'from')::lead_status, (m->>'to')::lead_status, (m->>'episode')::int,
    m->'cause', $2, (m->>'at')::timestamptz
  from jsonb_array_elements($3::jsonb) with ordinality as list (m, n) order by n
`;
