import type { Tx } from '../tx.ts';

export interface AuditRow {
  readonly id: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly at: Date;
}

export interface AuditQuery {
  /** Only what comes before this id; null = from the newest on. */
  readonly before: number | null;
  /** Such as `mapping`; null = everything. */
  readonly about: string | null;
  readonly limit: number;
}

/** What was changed, the newest first. */
export async function readAudit(tx: Tx, { before, about, limit }: AuditQuery): Promise<AuditRow[]> {
  return tx.query<AuditRow>(
    `select id, actor, action, subject, before, after, at from audit_log
     where org_id = $1 and ($2::bigint is null or id < $2) and ($3::text is null or action like $3 || '.%')
     order by id desc limit $4`,
    [tx.orgId, before, about, limit],
  );
}
