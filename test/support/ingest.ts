import { randomUUID } from 'node:crypto';
import { readRules } from '../../src/db/queries/read-rules.ts';
import { ingestRows } from '../../src/ingest/ingest-rows.ts';
import { readRow } from '../../src/ingest/read-row.ts';
import type { IngestKind } from '../../src/ingest/rows.ts';
import type { OrgId } from '../../src/model/values.ts';
import { scoringContext } from '../../src/pull/prepare.ts';
import type { TestDatabase } from './database.ts';

/** Takes rows in at an instant, and says in a word what came of each: its outcome, or the code of its rejection. */
export async function take(
  db: TestDatabase,
  orgId: OrgId,
  what: { readonly kind: IngestKind; readonly at?: string },
  ...rows: readonly unknown[]
): Promise<string[]> {
  const at = new Date(what.at ?? '2026-11-22T12:00:00Z');
  const { outcomes } = await db.database.transaction(orgId, async (tx) =>
    ingestRows(tx, scoringContext(await readRules(tx), { orgId, runId: randomUUID(), at }, []), {
      kind: what.kind,
      rows: rows.map((row) => readRow(what.kind, row, at)),
    }),
  );
  return outcomes.map((one) => (one.outcome === 'rejected' ? one.rejection.code : one.outcome));
}

const tables = [
  'developer_signups',
  'internal_signals',
  'company_enrichment',
  'stakeholders',
  'expansion_signals',
  'lead_scores',
  'account_scores',
  'leads',
  'score_breakdowns',
  'score_history',
  'push_states',
  'audit_log',
];

/** Every row of the tables that rows and their scores come into, with where each version of it lies: nothing written = nothing different. */
export async function imageOf(db: TestDatabase): Promise<unknown> {
  const images = await Promise.all(
    tables.map((table) => db.sql(`select ctid::text, xmin::text, to_jsonb(t) as row from ${table} t order by t.ctid`)),
  );
  return Object.fromEntries(tables.map((table, index) => [table, images[index]]));
}
