import type { Database, Tx } from '../db/tx.ts';
import { AppError, exitCodes } from '../model/errors.ts';
import type { ScoringProfile } from '../model/profile.ts';
import type { OrgId } from '../model/values.ts';
import type { Sealer } from '../secrets/seal.ts';
import {
  type Change,
  type CredentialState,
  isWork,
  planApply,
  secretOfConnection,
  secretOfSource,
  type StoredOrg,
  type StoredSecret,
} from './apply.ts';
import type { CredentialValues } from './environment.ts';
import type { ConnectionSettings, CredentialReferences, OrgSettings, Settings, SourceSettings } from './settings.ts';
import { isSame } from './differences.ts';
import { type OrgWork, secretText } from './org-work.ts';
import { readDirectory, readStored } from './stored.ts';
import { writeOrg } from './write-org.ts';

export interface ApplyServices {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly readCredentials: (connection: ConnectionSettings) => CredentialValues;
  readonly readAddress: (source: SourceSettings) => CredentialValues;
  /** Stored where neither the configuration nor the database has one of their kind: what scores by them is to be kept up to date. */
  readonly defaultProfiles: readonly ScoringProfile[];
  /** Who applies, for the audit log. */
  readonly actor: string;
  readonly now: () => Date;
}

/**
 * Makes the database what `settings` says: one transaction for each organisation, one audit row for each change. A second
 * time it changes nothing. With `dryRun` nothing is written, and secrets need not be at hand.
 */
export async function applySettings(
  services: ApplyServices,
  settings: Settings,
  { dryRun }: { readonly dryRun: boolean },
): Promise<readonly Change[]> {
  await using lock = dryRun ? null : await services.database.lock('leadloop apply');
  if (lock === null && !dryRun) throw anotherApply();
  const directory = await services.database.operator(readDirectory);
  const works: OrgWork[] = [];
  for (const wanted of settings.orgs) {
    const id = directory.find(({ slug }) => slug === wanted.slug)?.id ?? null;
    works.push(await prepare(services, id, wanted));
  }
  works.forEach(refuseOtherKinds);
  if (!dryRun) requireSecrets(works);
  const changes: Change[] = [];
  for (const work of works) changes.push(...(dryRun ? changesOf(services, work) : await applyOrg(services, work)));
  const unnamed = directory.filter(({ slug }) => !settings.orgs.some((org) => org.slug === slug));
  return [...changes, ...unnamed.map(({ slug }) => leftAlone(slug))];
}

async function prepare(services: ApplyServices, id: OrgId | null, wanted: OrgSettings): Promise<OrgWork> {
  const current = id === null ? null : await services.database.transaction(id, readStored);
  const credentials = wanted.connections.map((one) => [one.name, services.readCredentials(one)] as const);
  const addresses = wanted.sources.map((one) => [one.name, services.readAddress(one)] as const);
  const complete = withDefaults(services, wanted, current);
  return { id, current, wanted: complete, credentials: new Map(credentials), addresses: new Map(addresses) };
}

/** What has no profile of a kind gets the default one. */
export function withDefaults(
  { defaultProfiles }: Pick<ApplyServices, 'defaultProfiles'>,
  wanted: OrgSettings,
  current: StoredOrg | null,
): OrgSettings {
  const known = [...wanted.profiles, ...(current?.profiles ?? [])];
  const missing = defaultProfiles.filter(({ kind }) => known.every((one) => one.kind !== kind));
  return { ...wanted, profiles: [...wanted.profiles, ...missing] };
}

export function changesOf({ sealer }: Pick<ApplyServices, 'sealer'>, work: OrgWork): readonly Change[] {
  return planApply(work.current, work.wanted, (subject, name) => {
    const secret = secretsOf(work).find((one) => one.subject === subject && one.name === name) ?? nothing;
    return secretState(sealer, work.id, secret);
  });
}

interface Secret {
  readonly references: CredentialReferences;
  /** Null = not there yet. */
  readonly stored: StoredSecret | null;
  readonly read: CredentialValues | undefined;
}

const nothing: Secret = { references: {}, stored: null, read: undefined };

interface NamedSecret extends Secret {
  readonly subject: 'connection' | 'source';
  readonly name: string;
}

/** Of everything that the configuration names. */
function secretsOf({ current, wanted, credentials, addresses }: OrgWork): readonly NamedSecret[] {
  return [
    ...wanted.connections.map(({ name, credentials: references }): NamedSecret => {
      const stored = current?.connections.find((each) => each.name === name);
      const secret = stored === undefined ? null : secretOfConnection(stored);
      return { subject: 'connection', name, references, stored: secret, read: credentials.get(name) };
    }),
    ...wanted.sources.map(({ name, secrets: references }): NamedSecret => {
      const stored = current?.sources.find((each) => each.name === name);
      const secret = stored === undefined ? null : secretOfSource(stored);
      return { subject: 'source', name, references, stored: secret, read: addresses.get(name) };
    }),
  ];
}

async function applyOrg(services: ApplyServices, work: OrgWork): Promise<readonly Change[]> {
  const changes = changesOf(services, work);
  if (!changes.some(isWork)) return changes;
  const id = await saveOrg(services.database, work);
  return services.database.transaction(id, async (tx) => {
    const latest: OrgWork = { ...work, id, current: await readAgain(tx, work) };
    const changes = changesOf(services, latest);
    await writeOrg(tx, { work: latest, changes, sealer: services.sealer, actor: services.actor, now: services.now() });
    return changes;
  });
}

/** Inside the transaction, since the console may have changed something; the name is saved by then, so it says what it was. */
async function readAgain(tx: Tx, { current }: OrgWork): Promise<StoredOrg | null> {
  const latest = current === null ? null : await readStored(tx);
  return latest && { ...latest, name: current?.name ?? latest.name };
}

/** Only the operator's role may write organisations, so this comes before the transaction of the organisation itself. */
async function saveOrg(database: Database, { id, current, wanted }: OrgWork): Promise<OrgId> {
  if (id !== null && current?.name === wanted.name) return id;
  return database.operator(async (tx) => {
    const [row] = await tx.query<{ id: OrgId }>(
      'insert into orgs (slug, name) values ($1, $2) on conflict (slug) do update set name = excluded.name returning id',
      [wanted.slug, wanted.name],
    );
    if (row === undefined) throw new Error('the organisation was not saved');
    return row.id;
  });
}

function secretState(sealer: Sealer, orgId: OrgId | null, { references, stored, read }: Secret): CredentialState {
  if (read === undefined || 'missing' in read) return 'unavailable';
  const isEntered = Object.keys(references).length === 0 && Object.keys(read.values).length > 0;
  const other = isEntered ? 'entered' : 'changed';
  if (orgId === null || stored === null || stored.fingerprint === null) return other;
  const { fingerprint, sealedWith } = stored;
  const binding = { orgId, connectionId: stored.id };
  if (!sealer.matches(fingerprint, secretText(read.values), binding)) return other;
  const isCurrent = sealedWith === sealer.keyId && fingerprint.startsWith(`${sealer.keyId}:`);
  return isCurrent ? 'same' : 'old-key';
}

/** A secret that is stored already need not be at hand again, as long as it comes from the same place. */
function requireSecrets(works: readonly OrgWork[]): void {
  const missing = works.flatMap(secretsOf).flatMap(({ name, references, stored, read }) => {
    const isKept = stored !== null && stored.fingerprint !== null && isSame(stored.references, references);
    return read !== undefined && 'missing' in read && !isKept ? read.missing.map((what) => `  ${name}: ${what}`) : [];
  });
  if (missing.length === 0) return;
  throw new AppError('secret-missing', `Secrets that are needed are not at hand:\n${missing.join('\n')}`, {
    recovery: 'fix-config',
    remedy:
      'Set the variable or write the file, then run the command again. To see the changes without it: apply --dry-run.',
  });
}

/** Cursors, records and mappings of a connection belong to one CRM. */
function refuseOtherKinds({ current, wanted }: OrgWork): void {
  for (const { name, kind } of wanted.connections) {
    const stored = current?.connections.find((connection) => connection.name === name);
    if (stored === undefined || stored.kind === kind) continue;
    throw new AppError(
      'connection-kind',
      `The connection "${name}" is of the kind ${stored.kind}; it cannot become ${kind}.`,
      {
        recovery: 'fix-config',
        remedy: 'Give the new connection a name of its own.',
      },
    );
  }
}

function leftAlone(slug: string): Change {
  const note = 'the configuration does not name it; it stays as it is';
  return { action: 'left-alone', org: slug, subject: 'org', name: '', differences: [], note };
}

function anotherApply(): AppError {
  return new AppError('apply-busy', 'Another apply is under way.', {
    recovery: 'retry',
    remedy: 'Wait until it has ended and run the command again.',
    exitCode: exitCodes.tryLater,
  });
}
