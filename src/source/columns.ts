/** PURE. Which of our fields each column of a query's result fills. */
import { unknownField } from '../ingest/read-row.ts';
import { type IngestKind, rowForms } from '../ingest/rows.ts';
import { AppError } from '../model/errors.ts';

export interface ColumnWish {
  readonly kind: IngestKind;
  /** Our field → the query's column, where they differ. */
  readonly columns: Readonly<Record<string, string>>;
  /** Ordered by, so it is there even where it fills no field; null = none. */
  readonly since: string | null;
}

/**
 * One field for each column, in their order; null = the column fills none.
 * @throws AppError `source-columns` (fix-config) that lists every problem
 */
export function fieldsOf({ kind, columns, since }: ColumnWish, names: readonly string[]): readonly (string | null)[] {
  const forms = rowForms[kind].fields;
  const known = Object.keys(forms);
  const ours = new Map(Object.entries(columns).map(([field, column]) => [column, field]));
  const problems: string[] = [];
  const fields = names.map((name) => {
    const field = ours.get(name) ?? name;
    if (known.includes(field)) return field;
    if (name !== since) problems.push(`column ${name}: ${unknownField(name, known).message}`);
    return null;
  });
  for (const [field, column] of Object.entries(columns)) {
    if (!names.includes(column)) problems.push(`column ${column}, which is to fill ${field}, is not in the result.`);
    else if (ours.get(column) !== field) problems.push(`column ${column} is to fill ${field} and ${ours.get(column)}.`);
  }
  for (const field of known) {
    const times = fields.filter((one) => one === field).length;
    if (times > 1) problems.push(`${field} is filled twice.`);
    if (times === 0 && forms[field]?.isRequired === true) problems.push(`${field} is missing.`);
  }
  if (problems.length === 0) return fields;
  throw new AppError(
    'source-columns',
    `The columns of the query are not those of ${kind}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    { recovery: 'fix-config', remedy: 'Name them in the query (… as email) or under `columns`, or leave them out.' },
  );
}

/** Values in the order of the columns → the fields that they fill. */
export function rowOf(fields: readonly (string | null)[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  fields.forEach((field, index) => {
    if (field !== null) row[field] = values[index];
  });
  return row;
}
