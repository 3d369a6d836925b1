import { RequestError, type FieldSchema } from 'leadloop/connector-sdk';
import type { WireRecord } from '../wire.ts';

// PURE: a line of a table is text, a row of REST is typed and has its parents in it. Here the one becomes the other.

type Value = string | number | boolean | null;
type Typed = (text: string) => Value;

interface Column {
  readonly at: number;
  readonly name: string;
  readonly typed: Typed;
}

/**
 * Reads lines under `header` as rows with `columns`. A column that was not asked for is left out.
 * @throws RequestError where one is missing that was: the table was made for other columns.
 */
export function tableReader(
  columns: readonly string[],
  header: readonly string[],
  schema: readonly FieldSchema[],
): (cells: readonly string[]) => WireRecord {
  const places = new Map(header.map((name, at) => [name.toLowerCase(), at]));
  const types = new Map(schema.map(({ name, type }) => [name, type]));
  const columnOf = (path: string): Column => {
    const at = places.get(path.toLowerCase());
    if (at === undefined) throw otherColumns();
    return { at, name: path.slice(path.indexOf('.') + 1), typed: typedAs[types.get(path) ?? 'text'] ?? asText };
  };
  const own = columns.filter((path) => !path.includes('.')).map(columnOf);
  const parents = Map.groupBy(
    columns.filter((path) => path.includes('.')),
    (path) => path.slice(0, path.indexOf('.')),
  );
  const related = [...parents].map(([name, paths]) => ({ name, columns: paths.map(columnOf) }));

  return (cells) => ({
    Id: '',
    ...valuesIn(own, cells),
    ...Object.fromEntries(related.map(({ name, columns }) => [name, unlessBlank(valuesIn(columns, cells))])),
  });
}

function valuesIn(columns: readonly Column[], cells: readonly string[]): Readonly<Record<string, Value>> {
  const values: Record<string, Value> = {};
  for (const { at, name, typed } of columns) values[name] = typed(cells[at] ?? '');
  return values;
}

/** A lookup that leads nowhere is null, and its columns are blank. */
function unlessBlank(values: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> | null {
  return Object.values(values).some((value) => value !== null) ? values : null;
}

const asText: Typed = (text) => (text === '' ? null : text);

/** DATA: what REST does not send as text. What does not fit stays as it is, and is reported when it is decoded. */
const typedAs: Readonly<Partial<Record<FieldSchema['type'], Typed>>> = {
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : asText(text)),
  number: (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : asText(text)),
};

function otherColumns(): RequestError {
  return new RequestError('The results of a bulk job have other columns.', { status: 200, category: 'OTHER_COLUMNS' });
}
