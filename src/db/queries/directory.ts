import type { ConnectionId, OrgId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';
import { wholePauseSql } from './pauses.ts';

export interface DirectoryEntry {
  readonly orgId: OrgId;
  readonly org: string;
  readonly id: ConnectionId;
  readonly name: string;
  readonly kind: string;
  /** Five cron fields, six with seconds; null = only by hand. */
  readonly schedule: string | null;
  readonly timeZone: string;
  /** How often changed people are looked for between two syncs; null = not at all. */
  readonly liveEverySeconds: number | null;
  /** Why a person does not want any of it to run; null = pull or push may, see `whatRuns`. */
  readonly pausedReason: string | null;
  /** Every tick up to here has been run. */
  readonly lastTickAt: Date | null;
}

/** Every connection of every organisation; through `Database.operator`. */
export async function listConnections(tx: Tx): Promise<DirectoryEntry[]> {
  return tx.query<DirectoryEntry>(
    `select o.id as "orgId", o.slug as org, c.id, c.name, c.kind, c.schedule, c.timezone as "timeZone",
       c.live_every_seconds as "liveEverySeconds",
       ${wholePauseSql('c', 'connection')} as "pausedReason", c.last_tick_at as "lastTickAt"
     from connections c join orgs o on o.id = c.org_id order by o.slug, c.name`,
  );
}

/** Every organisation; through `Database.operator`. */
export async function listOrgs(tx: Tx): Promise<{ readonly id: OrgId; readonly slug: string }[]> {
  return tx.query(`select id, slug from orgs order by slug`);
}

/** The name of the transaction's organisation. */
export async function readSlug(tx: Tx): Promise<string> {
  const [row] = await tx.query<{ slug: string }>(`select slug from orgs where id = $1`, [tx.orgId]);
  return row?.slug ?? '';
}

/** What a worker has to know of a connection before it opens it; null where there is none. */
export async function findConnection(
  tx: Tx,
  id: ConnectionId,
): Promise<{ readonly org: string; readonly name: string; readonly pushMode: string } | null> {
  const [row] = await tx.query<{ org: string; name: string; pushMode: string }>(
    `select o.slug as org, c.name, coalesce(c.push_policy->>'mode', 'plan') as "pushMode"
     from connections c join orgs o on o.id = c.org_id where c.org_id = $1 and c.id = $2`,
    [tx.orgId, id],
  );
  return row ?? null;
}
