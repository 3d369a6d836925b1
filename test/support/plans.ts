import type { Tx } from '../../src/db/tx.ts';
import type { OrgId } from '../../src/model/values.ts';
import type { TestDatabase } from './database.ts';

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
  { db, orgId }: { readonly db: TestDatabase; readonly orgId: OrgId },
  step: (tx: Tx) => Promise<unknown>,
): Promise<Touched[]> {
  const touched: Touched[] = [];
  await db.database
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
