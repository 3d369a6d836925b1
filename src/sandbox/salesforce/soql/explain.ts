import type { WhereClause } from '@jetstreamapp/soql-parser-js';
import type { Reader } from './columns.ts';
import { matching, type Selection } from './select.ts';

interface Plan {
  cardinality: number;
  fields: string[];
  leadingOperationType: 'Index' | 'TableScan';
  notes: { description: string; fields: string[]; tableEnumOrId: string }[];
  /** Above 1 the statement is not selective. */
  relativeCost: number;
  sobjectCardinality: number;
  sobjectType: string;
}

/** Standard fields that have an index; external ids and lookups have one, too. */
const INDEXED = new Set(['Id', 'Name', 'CreatedDate', 'SystemModstamp']);

function filteredFields(where: WhereClause | undefined): string[] {
  if (where === undefined) return [];
  const { left } = where;
  const own = left !== null && 'field' in left && !left.field.includes('.') ? [left.field] : [];
  return [...own, ...filteredFields('right' in where ? where.right : undefined)];
}

/** How the statement would be run, the best plan first; nothing is read for the client. */
export function explain(reader: Reader, selection: Selection): { plans: Plan[] } {
  const { object, query } = selection;
  const sobjectCardinality = reader.org.table(object).size;
  const base = { sobjectCardinality, sobjectType: object.name };
  const filtered = filteredFields(query.where).flatMap((name) => object.field(name) ?? []);
  const indexed = filtered.filter(({ name, externalId, type }) => {
    return INDEXED.has(name) || externalId || type === 'reference';
  });
  const cardinality = matching(reader, { ...selection, limit: undefined, offset: 0 }, false).length;
  const scan: Plan = {
    ...base,
    cardinality: sobjectCardinality,
    fields: [],
    leadingOperationType: 'TableScan',
    notes: filtered
      .filter((field) => !indexed.includes(field))
      .map(({ name }) => ({
        description: 'Not considering filter for optimization because unindexed',
        fields: [name],
        tableEnumOrId: object.name,
      })),
    relativeCost: 1,
  };
  const index = indexed.map(({ name }): Plan => {
    const relativeCost = sobjectCardinality === 0 ? 0 : cardinality / sobjectCardinality;
    return { ...base, cardinality, fields: [name], leadingOperationType: 'Index', notes: [], relativeCost };
  });
  return { plans: [...index, scan] };
}
