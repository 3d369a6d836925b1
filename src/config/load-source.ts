import { rowForms } from '../ingest/rows.ts';
import { defaultTimezone } from './defaults.ts';
import { reportSchedule } from './load-schedule.ts';
import { didYouMean } from './problems.ts';
import type { Reading } from './reading.ts';
import { referencesOf } from './references.ts';
import type { SourceFile } from './schema-source.ts';
import type { SourceSettings } from './settings.ts';
import type { KeyPath } from './source.ts';

/** One source with its defaults filled in; what is wrong with it is added to the reading's problems. */
export function loadSource(file: SourceFile, path: KeyPath, reading: Reading): SourceSettings {
  const { name, kind, database, since, columns = {}, schedule = null, timezone = defaultTimezone } = file;
  const query = file.query.trim().replace(/[;\s]+$/u, '');
  reportQuery(query, file, { path, reading });
  reportColumns(file, path, reading);
  reportSchedule(file, path, reading);
  return {
    name,
    kind,
    secrets: referencesOf({ database }, reading),
    query,
    since: since === undefined ? null : { column: since.column, first: String(since.first) },
    columns,
    schedule,
    timezone,
  };
}

interface At {
  readonly path: KeyPath;
  readonly reading: Reading;
}

/** What can be told without the database; whether it is one SELECT that only reads is for PostgreSQL to say. */
function reportQuery(query: string, { since }: SourceFile, { path, reading: { source, problems } }: At): void {
  const problem = (message: string, remedy: string): void =>
    void problems.push(source.problem([...path, 'query'], message, remedy));
  if (!/^(?:select|with|table|values)\b/iu.test(withoutComments(query)))
    problem('the query is no SELECT', 'Write one statement that begins with SELECT or WITH.');
  const parameters = [...query.matchAll(/\$(\d+)/gu)].map(([, number]) => number);
  if (parameters.some((number) => number !== '1'))
    problem('the query has more parameters than $1', 'Write other values into the query.');
  const isAsking = parameters.includes('1');
  if (isAsking && since === undefined)
    problem('the query asks for $1, and there is no since', 'Add since: { column, first }, or take $1 out.');
  if (!isAsking && since !== undefined)
    problem(
      'there is a since, and the query does not ask for $1',
      `Add a condition such as: where ${since.column} >= $1`,
    );
}

function withoutComments(query: string): string {
  return query.replace(/^(?:\s+|--[^\n]*\n?|\/\*[\s\S]*?\*\/)+/u, '');
}

function reportColumns({ kind, columns = {} }: SourceFile, path: KeyPath, { source, problems }: Reading): void {
  const known = Object.keys(rowForms[kind].fields);
  for (const name of Object.keys(columns)) {
    if (known.includes(name)) continue;
    const meant = didYouMean(name, known);
    const remedy = `${meant === null ? '' : `Did you mean "${meant}"? `}Rows of ${kind} have: ${known.join(', ')}.`;
    problems.push(source.problem([...path, 'columns', name], `there is no field "${name}"`, remedy));
  }
}
