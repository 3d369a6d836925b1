import type { Database, Tx } from '../../src/db/tx.ts';
import type { OrgId } from '../../src/model/values.ts';

/** Of `crowd`: a connection that a test can name. */
export const crowdConnectionId = '00000000-0000-4000-8000-000000000001';
/** Of the n-th lead of `acme`. */
export const crowdLeadId = (n: number): string => `00000000-0000-4000-9000-${n.toString(16).padStart(12, '0')}`;

/**
 * SQL that begins a transaction with people of two organisations in the temporary table `people (org_id, connection_id, n, lead_id)`, n
 * from 1 on. Without triggers: foreign keys of rows that are right by construction cost a minute.
 */
export const crowd = (size: number): string => `
  begin;
  set local session_replication_role = replica;
  insert into connections (id, org_id, name, kind)
    select case slug when 'acme' then '${crowdConnectionId}'::uuid else gen_random_uuid() end, id, 'crm', 'hubspot' from orgs;
  create temporary table people on commit drop as
    select o.id as org_id, c.id as connection_id, n,
      case o.slug when 'acme' then ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid else gen_random_uuid() end as lead_id
    from orgs o join connections c on c.org_id = o.id, generate_series(1, ${size}) n;
`;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

export interface Touched {
  readonly node: string;
  readonly rows: number;
}

/** Runs `step` as the application's role, and says of each step of each of its plans how many rows it has touched. */
export async function explained(
  { database, orgId }: { readonly database: Database; readonly orgId: OrgId },
  step: (tx: Tx) => Promise<unknown>,
): Promise<Touched[]> {
  const touched: Touched[] = [];
  await database
    .transaction(orgId, async (tx) => {
      await step({
        orgId: tx.orgId,
        em: tx.em,
        async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
          await tx.query('savepoint before');
          const rows = await tx.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
            `explain (analyze, format json) ${text}`,
            values,
          );
          await tx.query('rollback to savepoint before');
          touched.push(...rows.flatMap((row) => touchedBy(row['QUERY PLAN'][0].Plan)));
          return tx.query<Row>(text, values);
        },
      });
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  return touched;
}

const undone = new Error('the rows are for the next test');

function touchedBy(node: PlanNode): Touched[] {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  const rows = (node['Actual Rows'] + removed) * node['Actual Loops'];
  const name = `${node['Node Type']} ${node['Relation Name'] ?? ''}`.trim();
  return [{ node: name, rows }, ...(node.Plans ?? []).flatMap(touchedBy)];
}
