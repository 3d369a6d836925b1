import { type ConnectionCheck, failureOf } from '../check.ts';
import type { ConnectionSettings } from '../config/settings.ts';
import type { SessionServices } from '../connection.ts';
import {
  type Cache,
  type CheckFinding,
  type Connector,
  ConnectorError,
  type ConnectorContext,
  type ConnectorDefinition,
  createGovernor,
  sleep as realSleep,
} from '../connector-sdk/index.ts';
import { exchangeFor } from '../crm-call.ts';
import { boundLog } from '../log.ts';
import { compileMapping } from '../mapping/compile.ts';
import { AppError } from '../model/errors.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { checkFields } from '../pull/prepare.ts';
import type { Credentials } from './login.ts';
import { patienceMs, silentCrm } from './refusals.ts';

/** A connection as it would be, before anything of it is stored. */
export interface Candidate {
  /** Slug. */
  readonly org: string;
  readonly settings: ConnectionSettings;
  readonly definition: ConnectorDefinition;
  readonly credentials: Credentials;
  readonly mapping: MappingDefinition;
  /** The CRM account that its records come from; null = it has none yet. */
  readonly accountId: string | null;
  /** How credentials that are stored already are renewed; null = these are not. */
  readonly renewStored: ConnectorContext<unknown, unknown>['renewCredentials'] | null;
}

export interface Trial {
  readonly check: ConnectionCheck;
  /** Those that hold now: a trial may have renewed them. */
  readonly credentials: Credentials;
}

/** Asks the CRM whether it would work: credentials, scopes, account, and the mapping against its live fields. Stores nothing. */
export async function tryOut(services: SessionServices, candidate: Candidate): Promise<Trial> {
  const signal = AbortSignal.timeout(patienceMs);
  const { name } = candidate.settings;
  let { credentials } = candidate;
  const onRenewed = (renewed: Credentials): void => {
    credentials = renewed;
  };
  await using opened = openCandidate(services, candidate, onRenewed);
  const findings: CheckFinding[] = [];
  try {
    const mapping = await examine(opened.connector, candidate, { findings, signal });
    return { check: { name, findings, mapping }, credentials };
  } catch (thrown) {
    const error = signal.aborted ? silentCrm() : thrown;
    if (!(error instanceof ConnectorError || error instanceof AppError)) throw error;
    const isFound = findings.some(({ level }) => level === 'failure');
    return {
      check: { name, findings: isFound ? findings : [...findings, failureOf(error)], mapping: null },
      credentials,
    };
  }
}

async function examine(
  connector: Connector,
  { definition, settings, mapping, accountId }: Candidate,
  { findings, signal }: { readonly findings: CheckFinding[]; readonly signal: AbortSignal },
): Promise<ConnectionCheck['mapping']> {
  findings.push(...(await connector.check(signal)));
  if (findings.some(({ level }) => level === 'failure')) return null;
  const account = await connector.account(signal);
  if (accountId !== null && account !== accountId) {
    findings.push(otherAccount(accountId, account));
    return null;
  }
  const { fullPassHours } = settings.options.pull;
  const wanted = compileMapping(mapping);
  return (await checkFields({ connector, definition }, wanted, { fullPassHours, signal })).problems;
}

function otherAccount(known: string, found: string): CheckFinding {
  return {
    level: 'failure',
    subject: 'account',
    message: `The records of this connection are those of account ${known}; this login belongs to ${found}.`,
    remedy: 'Log in to its own account, or make a new connection for the other one.',
  };
}

function openCandidate(
  services: SessionServices,
  { org, settings, definition, credentials, renewStored }: Candidate,
  onRenewed: (renewed: Credentials) => void,
): { readonly connector: Connector } & AsyncDisposable {
  const { now, random, sleep = realSleep } = services;
  const place = { org, connection: settings.name, crm: settings.kind };
  // Some twenty calls, once in a while: the day's share is kept by runs.
  const governor = createGovernor({ limits: definition.limits, daily: null, now, sleep });
  const connector = definition.open({
    settings: settings.options.connector,
    credentials,
    baseUrl: settings.baseUrl,
    now,
    sleep,
    random,
    governor,
    cache: ownCache(),
    renewCredentials: renewStored ?? ownCredentials(credentials, onRenewed),
    exchange: exchangeFor({ ...place, now, observe: (event) => services.observe?.(place, event) }),
    log: boundLog(services.log, () => ({ org, connection: settings.name })),
  });
  return {
    connector,
    async [Symbol.asyncDispose]() {
      await connector[Symbol.asyncDispose]();
      await governor[Symbol.asyncDispose]();
    },
  };
}

/** What the CRM answers to a candidate holds for nobody else. */
function ownCache(): Cache {
  const known = new Map<string, Promise<unknown>>();
  return {
    through<T>(key: string, _maxAgeMs: number, load: () => Promise<T>): Promise<T> {
      const found = (known.get(key) as Promise<T> | undefined) ?? load();
      known.set(key, found);
      return found;
    },
  };
}

function ownCredentials(
  first: Credentials,
  onRenewed: (renewed: Credentials) => void,
): ConnectorContext<unknown, unknown>['renewCredentials'] {
  let current: unknown = first;
  return async (renew) => {
    current = await renew(current);
    onRenewed(current as Credentials);
    return current;
  };
}
