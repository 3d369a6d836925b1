import { alone } from '../config/alone.ts';
import type { StoredConnection } from '../config/apply.ts';
import { isSame } from '../config/differences.ts';
import { changesOf, withDefaults } from '../config/execute.ts';
import type { OrgWork } from '../config/org-work.ts';
import type { ConnectionSettings } from '../config/settings.ts';
import { readStored } from '../config/stored.ts';
import { writeOrg } from '../config/write-org.ts';
import type { ConnectionCheck } from '../check.ts';
import type { SessionServices } from '../connection.ts';
import type { ConnectorDefinition } from '../connector-sdk/connector.ts';
import { sleep as realSleep } from '../connector-sdk/index.ts';
import { lockStand } from '../db/queries/connection-versions.ts';
import { deleteConsent } from '../db/queries/consents.ts';
import type { Tx } from '../db/tx.ts';
import { renewCredentials } from '../renew-credentials.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../scoring/defaults.ts';
import { consentedCredentials, unknownConsent } from './consent.ts';
import { type Credentials, credentialsOf, type EnteredLogin } from './login.ts';
import { type ConnectionParts, isSamePlace, type Place, settingsOf } from './parts.ts';
import { existingConnection, FoundWanting, InvalidSettings, staleConnection, unknownConnection } from './refusals.ts';
import { type ActingFor, bindingOf, definitionOf, type Found, findStored, openCredentials } from './stored.ts';
import { type Candidate, tryOut } from './try-out.ts';

interface Wish {
  readonly parts: Partial<ConnectionParts>;
  /** Saves it although the CRM was found to lack something that leadloop can do without. */
  readonly acceptsWarnings: boolean;
}

export interface NewConnection extends Wish {
  readonly name: string;
  readonly kind: string;
  readonly credentials: EnteredLogin;
}

export interface ConnectionChange extends Wish {
  /** That the change begins from. */
  readonly version: number;
  /** Null = those that are stored. */
  readonly credentials: EnteredLogin | null;
}

/** What the CRM was asked before it was saved; null = the change is none of the CRM's business. */
export type Saved = ConnectionCheck | null;

const defaultProfiles = [defaultMqlProfile, defaultPlgProfile];

/**
 * Makes a connection that works: the CRM is asked before anything is stored. Stored as `apply` would.
 * @throws AppError `settings-invalid`, `connection-exists`, `connection-refused`, `connection-doubtful`, `consent-unknown`, `apply-busy`
 */
export async function createConnection(services: SessionServices, by: ActingFor, wish: NewConnection): Promise<Saved> {
  const { name, kind } = wish;
  const settings = await settingsOf({ name, kind }, wish.parts, services.definitions);
  const definition = definitionOf(services, kind);
  const org = await services.database.transaction(by.orgId, readStored);
  if (org?.connections.some((one) => one.name === name) === true) throw existingConnection(name);
  const use = { ...wantedPlace(settings), kind };
  const { consent, values } = wish.credentials;
  const credentials =
    consent === null
      ? credentialsOf(definition, wish.credentials, { credentials: null, mayBeKept: false })
      : await consentedCredentials(services, by, { id: consent, values }, use);
  if (credentials === null) throw new InvalidSettings([noCredentials]);
  const mapping = settings.mapping ?? definition.defaultMapping;
  const candidate = { org: by.slug, settings, definition, credentials, mapping, accountId: null, renewStored: null };
  const trial = await tryOut(services, candidate);
  refuseWanting(trial.check, wish);
  const save = async (tx: Tx): Promise<void> => {
    if ((await lockStand(tx, name)) !== null) throw existingConnection(name);
    await useUp(tx, consent);
    await write(tx, { services, by, settings, credentials: trial.credentials });
  };
  // Of two who make the same one at the same moment, the second is told.
  await alone(services.database, () => services.database.transaction(by.orgId, save));
  return trial.check;
}

/** What somebody has agreed to is one connection's. */
async function useUp(tx: Tx, consent: string | null): Promise<void> {
  if (consent !== null && !(await deleteConsent(tx, consent))) throw unknownConsent();
}

const noCredentials = { path: 'credentials', message: 'there are none', remedy: 'Enter them.' };

/**
 * Changes a connection; where login, address, settings of the connector or objects are others, the CRM is asked first.
 * @throws AppError `settings-invalid`, `connection-unknown`, `version-stale`, `connection-refused`, `connection-doubtful`, `consent-unknown`
 */
export async function changeConnection(
  services: SessionServices,
  by: ActingFor,
  { name, ...wish }: ConnectionChange & { readonly name: string },
): Promise<Saved> {
  const found = await services.database.transaction(by.orgId, (tx) => findStored(tx, name));
  if (found.stand.version !== wish.version) throw staleConnection();
  const { kind } = found.connection;
  const wanted = await settingsOf({ name, kind }, wish.parts, services.definitions);
  const entered = await enteredOf({ services, by }, found, wanted, wish);
  const references = entered === null ? (found.connection.settings.credentials ?? {}) : {};
  // The mapping is changed elsewhere, version by version.
  const settings = { ...wanted, credentials: references, mapping: null };
  const trial = isOfCrm(found.connection, wanted, entered)
    ? await tryOut(services, candidateOf(services, by, found, { settings, entered }))
    : null;
  if (trial !== null) refuseWanting(trial.check, wish);
  await services.database.transaction(by.orgId, async (tx) => {
    const stand = await lockStand(tx, name);
    if (stand === null) throw unknownConnection(name);
    if (stand.version !== wish.version) throw staleConnection();
    const credentials = entered === null ? null : (trial?.credentials ?? entered);
    await useUp(tx, wish.credentials?.consent ?? null);
    await write(tx, { services, by, settings, credentials });
  });
  return trial?.check ?? null;
}

/** Null = the stored ones stay. */
async function enteredOf(
  { services, by }: Pick<Writing, 'services' | 'by'>,
  found: Found,
  wanted: ConnectionSettings,
  { credentials }: ConnectionChange,
): Promise<Credentials | null> {
  const { kind } = found.connection;
  const isMoved = !isSamePlace(placeOf(found.connection), wantedPlace(wanted));
  // What is stored was meant for the old address: it must not be sent to another one.
  if (credentials === null) {
    if (isMoved && found.sealed !== null) throw new InvalidSettings([moved]);
    return null;
  }
  const { consent: id, values } = credentials;
  if (id !== null) return consentedCredentials(services, by, { id, values }, { ...wantedPlace(wanted), kind });
  const stored = openCredentials(services.sealer, found);
  return credentialsOf(definitionOf(services, kind), credentials, { credentials: stored, mayBeKept: !isMoved });
}

const moved = {
  path: 'credentials',
  message: 'the address is another one',
  remedy: 'Enter the login again: what is stored was meant for the old address.',
};

function placeOf({ baseUrl, settings }: StoredConnection): Place {
  return { baseUrl, settings: settings.connector ?? {} };
}

function wantedPlace({ baseUrl, options }: ConnectionSettings): Place {
  return { baseUrl, settings: options.connector };
}

/** Whether the CRM may answer otherwise than before. */
function isOfCrm(stored: StoredConnection, wanted: ConnectionSettings, entered: Credentials | null): boolean {
  return entered !== null || !isSame(placeOf(stored), wantedPlace(wanted));
}

function candidateOf(
  services: SessionServices,
  by: ActingFor,
  found: Found,
  { settings, entered }: { readonly settings: ConnectionSettings; readonly entered: Credentials | null },
): Candidate {
  const definition: ConnectorDefinition = definitionOf(services, settings.kind);
  const { sleep = realSleep } = services;
  const credentials = entered ?? openCredentials(services.sealer, found);
  if (credentials === null) throw new InvalidSettings([noCredentials]);
  return {
    org: by.slug,
    settings,
    definition,
    credentials,
    mapping: found.connection.mapping?.definition ?? definition.defaultMapping,
    accountId: found.stand.accountId,
    renewStored: entered === null ? (renew) => renewCredentials({ ...services, sleep }, bindingOf(found), renew) : null,
  };
}

function refuseWanting(check: ConnectionCheck, { acceptsWarnings }: Wish): void {
  const isRefused = check.findings.some(({ level }) => level === 'failure');
  const isDoubtful = check.findings.some(({ level }) => level === 'warning') || (check.mapping ?? []).length > 0;
  if (isRefused || (isDoubtful && !acceptsWarnings)) throw new FoundWanting(check);
}

interface Writing {
  readonly services: SessionServices;
  readonly by: ActingFor;
  readonly settings: ConnectionSettings;
  /** Null = the stored ones stay. */
  readonly credentials: Credentials | null;
}

/** As `apply` writes it: audit rows, versions, sealed credentials, and a try at once. */
async function write(tx: Tx, { services, by, settings, credentials }: Writing): Promise<void> {
  const current = await readStored(tx);
  const { slug = by.slug, name = by.slug } = current ?? {};
  const wanted = { slug, name, connections: [settings], sources: [], profiles: [], examples: [] };
  const work: OrgWork = {
    id: by.orgId,
    current,
    wanted: withDefaults({ defaultProfiles }, wanted, current),
    credentials: new Map(credentials === null ? [] : [[settings.name, { values: credentials }]]),
    addresses: new Map(),
  };
  const { sealer, now } = services;
  await writeOrg(tx, { work, changes: changesOf(services, work), sealer, actor: by.actor, now: now() });
}
