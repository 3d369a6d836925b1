import type { Tx } from '../tx.ts';

export interface AuditEntry {
  /** `cli`, the address of who is signed in, or `token:NAME`. */
  readonly actor: string;
  /** `token.create` */
  readonly action: string;
  /** The name of what was changed. */
  readonly subject: string;
  readonly before?: object;
  readonly after?: object;
  readonly at: Date;
}

/** Notes what somebody changed. */
export async function writeAudit(tx: Tx, { actor, action, subject, before, after, at }: AuditEntry): Promise<void> {
  await tx.query(
    `insert into audit_log (org_id, actor, action, subject, before, after, at) values ($1, $2, $3, $4, $5, $6, $7)`,
    [tx.orgId, actor, action, subject, textOf(before), textOf(after), at],
  );
}

function textOf(side: object | undefined): string | null {
  return side === undefined ? null : JSON.stringify(side);
}
