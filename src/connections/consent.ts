import { hash } from 'node:crypto';
import { hashOf, type RandomBytes, secretToken } from '../access/secret-token.ts';
import type { SessionServices } from '../connection.ts';
import { ConnectorError } from '../connector-sdk/errors.ts';
import { type ConnectorDefinition, type ConsentCapability, sleep as realSleep } from '../connector-sdk/index.ts';
import { exchangeFor } from '../crm-call.ts';
import {
  claimConsent,
  type ConsentProblem,
  type ConsentRow,
  createConsent,
  findConsent,
  grantConsent,
  refuseConsent,
} from '../db/queries/consents.ts';
import { writeAudit } from '../db/queries/write-audit.ts';
import { AppError } from '../model/errors.ts';
import { type Credentials, type StoredLogin, type TypedLogin, valuesOf } from './login.ts';
import { isSamePlace, type Place, settingsOf } from './parts.ts';
import { InvalidSettings, patienceMs, silentCrm, unknownConnection } from './refusals.ts';
import { type ActingFor, definitionOf, findStored, openCredentials } from './stored.ts';

/** How long somebody may take at the CRM; and how long what they agreed to waits for being saved. */
const consentMs = 15 * 60_000;

export interface ConsentWish {
  readonly kind: string;
  /** Whose login it will be; null = of a connection that is yet to be made. */
  readonly connection: string | null;
  /** Null = the vendor's own address. */
  readonly baseUrl: string | null;
  /** The connector's own. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials: TypedLogin;
}

export interface BegunConsent {
  readonly id: string;
  /** Where the browser goes. */
  readonly url: string;
  readonly expiresAt: Date;
}

/** What the browser was sent back with. */
export interface ConsentAnswer {
  readonly state: string;
  /** Null = there is none: `error` says why. */
  readonly code: string | null;
  readonly error: string | null;
  readonly description: string | null;
}

/** What is kept, sealed, while somebody is away. */
interface Asked extends Place {
  /** Whose login it will be; null = of a connection that is yet to be made. */
  readonly connection: string | null;
  readonly values: Credentials;
  readonly redirectUri: string;
  readonly verifier: string;
  /** Null = nobody has agreed yet. */
  readonly granted: Credentials | null;
}

type Services = SessionServices & { readonly randomBytes: RandomBytes };

/**
 * Somebody is about to be sent to the CRM, to let leadloop in there.
 * @throws AppError `settings-invalid`, `connection-unknown`, `connector-unknown` (fix-config)
 */
export async function beginConsent(
  services: Services,
  by: ActingFor,
  wish: ConsentWish,
  redirectUri: string,
): Promise<BegunConsent> {
  const { kind, connection, baseUrl } = wish;
  const definition = definitionOf(services, kind);
  const consent = consentOf(definition, wish.credentials);
  const named = { name: connection ?? kind, kind };
  const { options } = await settingsOf(named, { baseUrl, settings: wish.settings }, services.definitions);
  const settings = options.connector;
  const stored = await storedLogin(services, by, connection, { kind, baseUrl, settings });
  const values = valuesOf(definition, wish.credentials, stored, consent.brings);
  const verifier = secretToken(services.randomBytes);
  const secret = secretToken(services.randomBytes);
  const id = services.newId();
  const state = `${by.slug}.${id}.${secret}`;
  const challenge = hash('sha256', verifier, 'base64url');
  const url = consent.authorizeUrl({ baseUrl, settings, values }, { redirectUri, state, challenge });
  const now = services.now();
  const expiresAt = new Date(now.getTime() + consentMs);
  const asked: Asked = { connection, baseUrl, settings, values, redirectUri, verifier, granted: null };
  const sealed = services.sealer.seal(JSON.stringify(asked), { orgId: by.orgId, connectionId: id });
  const row = { id, actor: by.actor, kind, stateHash: hashOf(secret) ?? '', sealed, now, expiresAt };
  await services.database.transaction(by.orgId, (tx) => createConsent(tx, row));
  return { id, url, expiresAt };
}

function consentOf(definition: ConnectorDefinition, { login }: TypedLogin): ConsentCapability {
  const { consent, label } = definition;
  if (consent?.login === login) return consent;
  throw new InvalidSettings([
    {
      path: 'credentials.login',
      message: 'nobody agrees to this way to log in in a browser',
      remedy: consent === null ? `${label} has no such way.` : `Choose "${consent.login}".`,
    },
  ]);
}

/** What is stored of the same connection may be kept, but goes to no other address. */
async function storedLogin(
  services: Services,
  { orgId }: ActingFor,
  name: string | null,
  { kind, ...place }: ConsentUse,
): Promise<StoredLogin> {
  if (name === null) return { credentials: null, mayBeKept: false };
  const found = await services.database.transaction(orgId, (tx) => findStored(tx, name));
  const { baseUrl, settings } = found.connection;
  if (found.connection.kind !== kind) throw unknownConnection(name);
  const mayBeKept = isSamePlace({ baseUrl, settings: settings.connector ?? {} }, place);
  return { credentials: openCredentials(services.sealer, found), mayBeKept };
}

/**
 * Somebody is back: exchanges the code. What comes of it waits, sealed, for being saved with a connection.
 * @throws AppError `consent-unknown`, `consent-refused` (fix-config), `crm-silent` (retry); ConnectorError of the exchange
 */
export async function answerConsent(services: Services, by: ActingFor, answer: ConsentAnswer): Promise<void> {
  const { database, now } = services;
  const [, id = '', secret = ''] = answer.state.split('.');
  const at = now();
  const expiresAt = new Date(at.getTime() + consentMs);
  const stateHash = uuid.test(id) ? hashOf(secret) : null;
  const row =
    stateHash === null
      ? null
      : await database.transaction(by.orgId, (tx) =>
          claimConsent(tx, { id, actor: by.actor, now: at, stateHash, expiresAt }),
        );
  if (row === null) throw unknownConsent();
  try {
    const { sealed, name } = await redeemed(services, by, { id, row, answer });
    await database.transaction(by.orgId, async (tx) => {
      await grantConsent(tx, id, sealed);
      const entry = { actor: by.actor, action: 'connection.consent', subject: name, after: { kind: row.kind, id } };
      await writeAudit(tx, { ...entry, at: now() });
    });
  } catch (error) {
    const problem = problemOf(error);
    await database.transaction(by.orgId, (tx) => refuseConsent(tx, id, problem));
    throw error;
  }
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

interface Answered {
  readonly id: string;
  readonly row: ConsentRow;
  readonly answer: ConsentAnswer;
}

async function redeemed(services: Services, { orgId, slug }: ActingFor, { id, row, answer }: Answered) {
  const { sealer, now, random, sleep = realSleep } = services;
  const binding = { orgId, connectionId: id };
  const definition = definitionOf(services, row.kind);
  if (answer.code === null || definition.consent === null) throw refusedConsent(definition.label, answer);
  const asked = JSON.parse(sealer.unseal(row.sealed, binding)) as Asked;
  // Of a connection that is yet to be made nobody knows the name.
  const name = asked.connection ?? 'new';
  const place = { org: slug, connection: name, crm: row.kind };
  const exchange = exchangeFor({ ...place, now, observe: (event) => services.observe?.(place, event) });
  const signal = AbortSignal.timeout(patienceMs);
  const { code } = answer;
  const grant = { code, redirectUri: asked.redirectUri, verifier: asked.verifier };
  const granted = await definition.consent
    .redeem(asked, grant, { now, sleep, random, exchange, signal })
    .catch((error: unknown) => {
      throw signal.aborted ? silentCrm() : error;
    });
  return { name, sealed: sealer.seal(JSON.stringify({ ...asked, granted }), binding) };
}

function problemOf(error: unknown): ConsentProblem {
  if (error instanceof AppError || error instanceof ConnectorError) {
    return { message: error.message, remedy: error.remedy };
  }
  return { message: 'Something went wrong here.', remedy: 'Try again; the log says what it was.' };
}

export interface ConsentState {
  readonly status: 'waiting' | 'granted' | 'refused';
  readonly problem: ConsentProblem | null;
  readonly expiresAt: Date;
}

/** @throws AppError `consent-unknown` (fix-config) */
export async function readConsent(services: Services, by: ActingFor, id: string): Promise<ConsentState> {
  const { status, problem, expiresAt } = await found(services, by, id);
  return { status: status === 'answered' ? 'waiting' : status, problem, expiresAt };
}

async function found({ database, now }: Pick<Services, 'database' | 'now'>, { orgId, actor }: ActingFor, id: string) {
  const row = await database.transaction(orgId, (tx) => findConsent(tx, { id, actor, now: now() }));
  if (row === null) throw unknownConsent();
  return row;
}

/** Where the credentials will be used. */
export interface ConsentUse extends Place {
  readonly kind: string;
}

/**
 * What somebody has agreed to, for a connection to the very address where they did.
 * @throws AppError `consent-unknown`, `settings-invalid` (fix-config)
 */
export async function consentedCredentials(
  services: SessionServices,
  by: ActingFor,
  { id, values }: { readonly id: string; readonly values: TypedLogin['values'] },
  { kind, ...place }: ConsentUse,
): Promise<Credentials> {
  const { sealed, ...row } = await found(services, by, id);
  if (row.kind !== kind || row.status !== 'granted') throw unknownConsent();
  const asked = JSON.parse(services.sealer.unseal(sealed, { orgId: by.orgId, connectionId: id })) as Asked;
  if (asked.granted === null) throw unknownConsent();
  if (!isSamePlace(asked, place)) throw otherConsent('the address is another one now');
  const isOfThisApp = Object.entries(values).every(([key, value]) => !value || value.trim() === asked.values[key]);
  if (!isOfThisApp) throw otherConsent('the app is another one now');
  return asked.granted;
}

function otherConsent(message: string): InvalidSettings {
  return new InvalidSettings([{ path: 'credentials.consent', message, remedy: 'Let leadloop in once more.' }]);
}

export function unknownConsent(): AppError {
  return new AppError('consent-unknown', 'Nobody waits for this: it was used, it is too old, or somebody else began.', {
    recovery: 'fix-config',
    remedy: 'Begin again from the connection, in this browser.',
  });
}

function refusedConsent(label: string, { error, description }: ConsentAnswer): AppError {
  const said = [error, description].filter((text) => text !== null).join(': ');
  const isDenied = error === 'access_denied';
  return new AppError('consent-refused', isDenied ? `Nobody has let leadloop in at ${label}.` : `${label}: ${said}.`, {
    recovery: 'fix-config',
    remedy: isDenied
      ? 'Begin again, and say yes there; whoever agrees needs the right to install apps.'
      : 'Correct the settings of the app, then begin again.',
  });
}
