import type { ConnectionId, RunId, SourceId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';
import type { Sealed } from './sealed.ts';

/** A run that is not closed, whoever runs it. */
export interface OpenRunRow {
  readonly id: RunId;
  readonly connectionId: ConnectionId | null;
  readonly sourceId: SourceId | null;
  readonly name: string | null;
  readonly startedAt: Date;
}

export async function readOpenRuns(tx: Tx): Promise<OpenRunRow[]> {
  return tx.query<OpenRunRow>(
    `select r.id, r.connection_id as "connectionId", r.source_id as "sourceId", coalesce(c.name, s.name) as name,
       r.started_at as "startedAt"
     from sync_runs r
     left join connections c on c.org_id = r.org_id and c.id = r.connection_id
     left join data_sources s on s.org_id = r.org_id and s.id = r.source_id
     where r.org_id = $1 and r.status = 'running' order by r.started_at`,
    [tx.orgId],
  );
}

/** Records by connection whose writes the CRM refused. */
export async function countDead(tx: Tx): Promise<{ readonly connection: string; readonly dead: number }[]> {
  return tx.query(
    `select c.name as connection, count(*) as dead
     from push_states p join connections c on c.org_id = p.org_id and c.id = p.connection_id
     where p.org_id = $1 and p.state = 'dead' group by c.name order by c.name`,
    [tx.orgId],
  );
}

export interface SealedRow extends Sealed {
  readonly id: string;
  readonly name: string;
}

/** Every sealed secret of the organisation: of its connections and its sources. */
export async function readSealedSecrets(tx: Tx): Promise<SealedRow[]> {
  return tx.query<SealedRow>(
    `select id, name, credentials_key_id as "keyId", credentials_sealed as bytes from connections
     where org_id = $1 and credentials_sealed is not null and credentials_key_id is not null
     union all
     select id, name, database_key_id, database_sealed from data_sources
     where org_id = $1 and database_sealed is not null and database_key_id is not null
     order by name`,
    [tx.orgId],
  );
}
