import { productComponents } from '../../model/product.ts';
import type { Tx } from '../tx.ts';

/**
 * Gives every score of the organisation other weights, so that totals and tiers are those of the new profile for every query
 * from this transaction on. Percent, by component.
 */
export async function setProductWeights(tx: Tx, percents: Readonly<Record<string, number>>): Promise<void> {
  const weights = productComponents.map((name) => (percents[name] ?? 0) / 100);
  for (const table of ['lead_scores', 'account_scores']) await tx.query(statement(table), [tx.orgId, ...weights]);
}

const columns = productComponents.map((name) => `${name}_weight`).join(', ');
const places = productComponents.map((_, index) => `$${index + 2}::numeric`).join(', ');

const statement = (table: string): string => `
  update ${table} set (${columns}) = (select ${places})
  where org_id = $1 and (${columns}) is distinct from (${places})
`;
