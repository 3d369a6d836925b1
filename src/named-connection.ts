import { openConnection, type Session, type SessionServices } from './connection.ts';
import { type DirectoryEntry, listConnections } from './db/queries/directory.ts';
import { AppError } from './model/errors.ts';

/** Opens a connection by the name that people know it by; see `chooseConnection`. */
export async function openNamed(services: SessionServices, name: string | null): Promise<Session> {
  const entry = chooseConnection(await services.database.operator(listConnections), name);
  return openConnection(services, entry.orgId, entry.name);
}

/**
 * `name`, or `org/name` where two organisations use the same; null = the only one there is.
 * @throws AppError `connection-unknown` (fix-config)
 */
export function chooseConnection(entries: readonly DirectoryEntry[], name: string | null): DirectoryEntry {
  const found =
    name === null ? entries : entries.filter((one) => one.name === name || `${one.org}/${one.name}` === name);
  const [entry] = found;
  if (entry !== undefined && found.length === 1) return entry;
  const known = entries.map((one) => `${one.org}/${one.name}`).join(', ');
  throw new AppError(
    'connection-unknown',
    entry === undefined ? `There is no connection "${name}".` : 'Name one connection.',
    {
      recovery: 'fix-config',
      remedy: known === '' ? 'Run: leadloop apply config/leadloop.yaml' : `Name one of: ${known}`,
    },
  );
}
