import { listSources, type SourceEntry } from './db/queries/data-sources.ts';
import type { Database } from './db/tx.ts';
import { AppError } from './model/errors.ts';

/**
 * The source of this name; `org` = the organisation's slug, null where the name is enough.
 * @throws AppError `source-unknown` (fix-config)
 */
export async function chooseSource(database: Database, name: string, org: string | null): Promise<SourceEntry> {
  const entries = await database.operator(listSources);
  const found = entries.filter((one) => one.name === name && (org === null || one.org === org));
  const [entry] = found;
  if (entry !== undefined && found.length === 1) return entry;
  const known = entries.map((one) => `${one.name} --org ${one.org}`).join(', ');
  throw new AppError(
    'source-unknown',
    entry === undefined
      ? `There is no source "${name}".`
      : `There is a source "${name}" in more than one organisation.`,
    {
      recovery: 'fix-config',
      remedy:
        known === '' ? 'Add one under `sources` of the organisation and run: leadloop apply' : `Name one of: ${known}`,
    },
  );
}
