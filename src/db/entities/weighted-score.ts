import { p } from '@mikro-orm/postgresql';
import { productComponents } from '../../model/product.ts';

// As PostgreSQL prints its expressions, so that the drift check compares like with like.
const weighted = productComponents
  .map((name) => `((${name}_score)::numeric * ${name}_weight)`)
  .reduce((sum, term) => `(${sum} + ${term})`);
const tierFrom = (least: number, tier: string): string =>
  `WHEN (${weighted} >= (${least})::numeric) THEN '${tier}'::text`;

/** Five component scores and their weights; PostgreSQL computes total and tier from them. */
export const weightedScore = {
  companyWeight: p.decimal('number').columnType('numeric').default(0.25),
  usageWeight: p.decimal('number').columnType('numeric').default(0.3),
  expansionWeight: p.decimal('number').columnType('numeric').default(0.2),
  championWeight: p.decimal('number').columnType('numeric').default(0.15),
  timingWeight: p.decimal('number').columnType('numeric').default(0.1),
  totalScore: p.integer().nullable().generated(`round(${weighted}) stored`),
  tier: p
    .text()
    .nullable()
    .generated(
      `CASE ${tierFrom(80, 'hot')} ${tierFrom(60, 'warm')} ${tierFrom(40, 'nurture')} ELSE 'monitor'::text END stored`,
    ),
  suggestedAction: p.text().nullable(),
  confidence: p.smallint().default(0),
};
