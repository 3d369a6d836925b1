import { type CompanyLayers, type CrmCompany, crmCompaniesOf, saveCrmLayers } from '../db/queries/crm-companies.ts';
import type { Tx } from '../db/tx.ts';
import { companyColumns } from '../model/product.ts';
import type { ConflictRule } from '../model/mapping.ts';
import type { FieldValue } from '../model/values.ts';
import type { ConnectionRules, ScoringContext } from '../pull/pipeline.ts';

/** Columns of `company_enrichment` that a mapping may fill from a company's record. */
const columns = [...companyColumns, 'linkedin_url'] as const;

/** Brings what CRMs say of these companies into their facts; returns the domains of those that changed. Idempotent. */
export async function readCrmCompanies(
  tx: Tx,
  context: ScoringContext,
  domains: readonly string[],
): Promise<readonly string[]> {
  const recordsOf = Map.groupBy(await crmCompaniesOf(tx, domains), ({ domain }) => domain);
  const layers = domains.map((domain) => layersOf(domain, recordsOf.get(domain) ?? [], context.connections));
  return saveCrmLayers(tx, layers);
}

/**
 * PURE. What a company's CRM records say, the newest first; a blank says nothing. `ours` and `crm-unless-blank` mean what they do
 * for a lead: the first gives way to what was imported, all others go before it.
 */
export function layersOf(
  domain: string,
  records: readonly CrmCompany[],
  connections: ReadonlyMap<string, ConnectionRules>,
): CompanyLayers {
  const fills: Record<string, FieldValue> = {};
  const wins: Record<string, FieldValue> = {};
  for (const column of columns) {
    const speaking = records.find(({ mapped }) => isSaid(mapped[column]));
    if (speaking === undefined) continue;
    const layer = conflictOf(speaking, column, connections) === 'ours' ? fills : wins;
    layer[column] = speaking.mapped[column] ?? null;
  }
  return { domain, fills, wins };
}

function isSaid(value: FieldValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function conflictOf(
  { connectionId, object }: CrmCompany,
  column: string,
  connections: ReadonlyMap<string, ConnectionRules>,
): ConflictRule {
  const rules = connections.get(connectionId)?.mapping.objects.get(object)?.in ?? [];
  return rules.find(({ to }) => to === column)?.conflict ?? 'crm';
}
