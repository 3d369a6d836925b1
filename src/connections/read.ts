import { schedulePreview } from './schedule.ts';
import type { SessionServices } from '../connection.ts';
import type { CredentialReference } from '../config/settings.ts';
import { readVersions } from '../db/queries/connection-versions.ts';
import { readPauses } from '../db/queries/pauses.ts';
import type { Tx } from '../db/tx.ts';
import { connectionStatuses } from '../health/read-status.ts';
import type { ConnectionStatus } from '../health/status-report.ts';
import { AppError } from '../model/errors.ts';
import type { OrgId } from '../model/values.ts';
import { loginOf } from './forms.ts';
import type { Credentials } from './login.ts';
import { type ConnectionParts, partsOf } from './parts.ts';
import { type Found, findStored, openCredentials } from './stored.ts';

export interface ListedConnection extends ConnectionStatus {
  /** Of the CRM, as people call it. */
  readonly label: string;
  readonly version: number;
}

/** What is told of a login: never a secret. */
export interface ToldLogin {
  /** The way to log in; null = there are no credentials, or they are for none that the connector has now. */
  readonly login: string | null;
  /** The parts that are no secrets. */
  readonly values: Credentials;
  /** The secrets that are stored, by key. */
  readonly secrets: readonly string[];
  /** When somebody last stored them; null = that was not noted, or there are none. */
  readonly since: Date | null;
  /** Where a configuration file says that they come from; empty = they were entered in the console. */
  readonly references: readonly { readonly key: string; readonly from: string }[];
  /** Why they cannot be opened; null = they can. */
  readonly problem: string | null;
}

export interface ConnectionDetail extends ListedConnection {
  readonly parts: ConnectionParts;
  readonly credentials: ToldLogin;
  /** The CRM account of the first run; null = it has had none. */
  readonly accountId: string | null;
  readonly createdAt: Date;
  readonly nextRuns: readonly Date[];
}

type ReadServices = Pick<SessionServices, 'database' | 'definitions' | 'sealer' | 'now'>;

/** Every connection of the organisation, and how it stands. Asks no CRM. */
export async function listConnections(services: ReadServices, orgId: OrgId): Promise<readonly ListedConnection[]> {
  return services.database.transaction(orgId, (tx) => listed(tx, services));
}

async function listed(tx: Tx, { definitions, now }: ReadServices): Promise<ListedConnection[]> {
  const statuses = await connectionStatuses(tx, await readPauses(tx), now());
  const versions = await readVersions(tx);
  return statuses.map((status) => ({
    ...status,
    label: definitions.find(({ kind }) => kind === status.kind)?.label ?? status.kind,
    version: versions.get(status.id) ?? 0,
  }));
}

/** @throws AppError `connection-unknown` (fix-config) */
export async function readDetail(services: ReadServices, orgId: OrgId, name: string): Promise<ConnectionDetail> {
  return services.database.transaction(orgId, async (tx) => {
    const found = await findStored(tx, name);
    const status = (await listed(tx, services)).find(({ id }) => id === found.stand.id);
    if (status === undefined) throw new Error('a connection has no status');
    const parts = partsOf(found.connection);
    const { schedule, timezone } = parts;
    return {
      ...status,
      parts,
      credentials: toldLogin(services, found),
      accountId: found.stand.accountId,
      createdAt: found.stand.createdAt,
      nextRuns: schedule === null ? [] : schedulePreview({ expression: schedule, timezone }, services.now()),
    };
  });
}

function toldLogin({ sealer, definitions }: ReadServices, found: Found): ToldLogin {
  const { connection, stand } = found;
  const references = Object.entries(connection.settings.credentials ?? {}).map(([key, reference]) => ({
    key,
    from: describe(reference),
  }));
  const told = { login: null, values: {}, secrets: [], since: stand.credentialsAt, references, problem: null };
  const definition = definitions.find(({ kind }) => kind === connection.kind);
  try {
    const stored = openCredentials(sealer, found);
    if (stored === null || definition === undefined) return told;
    const form = loginOf(definition, stored);
    const given = (form?.fields ?? []).filter(({ key }) => stored[key] !== undefined);
    const shown = given.filter(({ isSecret }) => !isSecret).map(({ key }) => [key, stored[key] ?? ''] as const);
    const secrets = given.filter(({ isSecret }) => isSecret).map(({ key }) => key);
    return { ...told, login: form?.title ?? null, values: Object.fromEntries(shown), secrets };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...told, problem: `${error.message} ${error.remedy}` };
  }
}

/** A text stands for itself, and is no secret. */
function describe(reference: CredentialReference): string {
  if (typeof reference === 'string') return 'the configuration';
  return 'env' in reference ? `the environment variable ${reference.env}` : `the file ${reference.file}`;
}
