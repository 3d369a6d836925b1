import { randomUUID } from 'node:crypto';
import type { OrgId } from '../../src/model/values.ts';
import type { TestDatabase } from './database.ts';

export type Row = Record<string, unknown>;

/** `columns` of `child` point at `parentColumns` of `parent`. */
export interface ForeignKey {
  readonly child: string;
  readonly parent: string;
  readonly columns: readonly string[];
  readonly parentColumns: readonly string[];
}

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  /** A check or an enum says which values are legal; the first one, or null. */
  readonly legal: string | null;
  readonly length: number | null;
}

/** What the catalogue says of the tables, so that tests cover tables that do not exist yet. */
export interface Catalogue {
  /** Parents first. */
  readonly tables: readonly string[];
  readonly columns: readonly Column[];
  readonly foreignKeys: readonly ForeignKey[];
}

export async function readCatalogue({ sql }: Pick<TestDatabase, 'sql'>): Promise<Catalogue> {
  const foreignKeys = await sql<ForeignKey>(`
    select conrelid::regclass::text as child, confrelid::regclass::text as parent,
      array(select attname::text from unnest(conkey) with ordinality k (n, i)
        join pg_attribute on attrelid = conrelid and attnum = n order by i) as columns,
      array(select attname::text from unnest(confkey) with ordinality k (n, i)
        join pg_attribute on attrelid = confrelid and attnum = n order by i) as "parentColumns"
    from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`);
  const columns = await sql<Column>(`
    select c.relname::text as table, a.attname::text as name, t.typname::text as type,
      nullif(a.atttypmod - 4, -5) as length,
      coalesce(
        (select enumlabel::text from pg_enum where enumtypid = a.atttypid order by enumsortorder limit 1),
        (select substring(pg_get_constraintdef(k.oid) from '= ANY \\(\\(?ARRAY\\[''([^'']*)''') from pg_constraint k
          where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]
            and pg_get_constraintdef(k.oid) like '%ANY%')
      ) as legal
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> 'schema_migrations'
      and a.attgenerated = '' and a.attidentity = ''
    order by c.relname, a.attnum`);
  return { tables: parentsFirst(new Set(columns.map(({ table }) => table)), foreignKeys), columns, foreignKeys };
}

/** A legal row of a table, every column filled. `parents` holds a row of the same organisation for every parent table. */
export function anyRow(catalogue: Catalogue, table: string, parents: ReadonlyMap<string, Row>): Row {
  const row: Row = {};
  for (const column of catalogue.columns) if (column.table === table) row[column.name] = anyValue(column);
  for (const key of catalogue.foreignKeys) {
    // A row that points at its own table points nowhere: there is none before it.
    const parent = key.child === key.parent ? undefined : parents.get(key.parent);
    if (key.child !== table) continue;
    key.columns.forEach((name, index) => {
      if (parent !== undefined) row[name] = parent[key.parentColumns[index]!];
      else if (name !== 'org_id') row[name] = null;
    });
  }
  return row;
}

export function insertText(table: string, row: Row): { text: string; values: unknown[] } {
  const names = Object.keys(row);
  const places = names.map((_, index) => `$${index + 1}`);
  const text = `insert into ${table} (${names.join(', ')}) values (${places.join(', ')}) returning *`;
  return { text, values: Object.values(row) };
}

/** One row in every table, as superuser. */
export async function fillEveryTable(db: TestDatabase, catalogue: Catalogue, orgId: OrgId): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>();
  for (const table of catalogue.tables) {
    if (table === 'orgs') {
      rows.set(table, (await db.sql<Row>('select * from orgs where id = $1', [orgId]))[0]!);
      continue;
    }
    const { text, values } = insertText(table, anyRow(catalogue, table, rows));
    rows.set(table, (await db.sql<Row>(text, values))[0]!);
  }
  return rows;
}

function anyValue({ type, legal, length }: Column): unknown {
  if (legal !== null) return legal;
  switch (type) {
    case 'uuid':
      return randomUUID();
    case 'text':
    case 'varchar':
      return randomUUID().slice(0, length ?? 36);
    case '_text':
      return [];
    case 'bool':
      return false;
    case 'jsonb':
      return '{}';
    case 'timestamptz':
    case 'date':
      return '2026-11-22';
    case 'bytea':
      return Buffer.from('sealed');
    default:
      return 1;
  }
}

function parentsFirst(tables: Set<string>, keys: readonly ForeignKey[]): string[] {
  const ordered: string[] = [];
  while (tables.size > 0) {
    const next = [...tables].filter((table) =>
      keys.every((key) => key.child !== table || key.parent === table || !tables.has(key.parent)),
    );
    if (next.length === 0) throw new Error(`tables point at each other: ${[...tables].join(', ')}`);
    for (const table of next) tables.delete(table);
    ordered.push(...next);
  }
  return ordered;
}
