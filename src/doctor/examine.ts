import type { SessionServices } from '../connection.ts';
import type { CheckFinding } from '../connector-sdk/connector.ts';
import type { OpenDatabase } from '../db/database.ts';
import { pendingMigrations } from '../db/migrate.ts';
import { readUnsentAlerts } from '../db/queries/alerts.ts';
import { readHealths } from '../db/queries/health.ts';
import { listSources, type SourceEntry } from '../db/queries/data-sources.ts';
import { type DirectoryEntry, listConnections, listOrgs } from '../db/queries/directory.ts';
import { readPauses } from '../db/queries/pauses.ts';
import { countDead, readOpenRuns, readSealedSecrets } from '../db/queries/read-ailments.ts';
import { readQueuedSubjects, readQueueFacts } from '../db/queue-facts.ts';
import { type LockHolder, readLockHolders, readServerFacts } from '../db/server-facts.ts';
import type { Tx } from '../db/tx.ts';
import type { OrgId } from '../model/values.ts';
import { runsAfter } from '../scheduler/calendar.ts';
import { crmFindings, defaultCheckMs } from './crm-findings.ts';
import { failure, ok, warning } from './findings.ts';
import { keyFinding } from './key-findings.ts';
import { lockFindings, type LockSubject } from './lock-findings.ts';
import { pauseFinding, standingFinding, workFindings } from './org-findings.ts';
import { queueFindings, type Scheduled, schedulerFindings } from './queue-findings.ts';
import { serverFindings } from './server-findings.ts';

export interface Patient {
  readonly database: OpenDatabase;
  readonly services: SessionServices;
  /** Where the keys come from. */
  readonly keySource: string;
  readonly alertUrl: string | null;
}

export interface Examination {
  /** Asks no CRM. */
  readonly isOffline: boolean;
  readonly signal: AbortSignal;
  /** For each connection. */
  readonly checkMs?: number;
}

/** Whether leadloop can run here, and what of it does not. Writes nothing; each finding that is not ok says what to do. */
export async function examine(patient: Patient, examination: Examination): Promise<CheckFinding[]> {
  const { database, services, keySource } = patient;
  const pending = await pendingMigrations(database);
  const server = serverFindings(await readServerFacts(database), services.now());
  if (pending.length > 0)
    return [...server, failure('schema', `${pending.length} migrations have not run`, 'leadloop migrate')];
  const { orgs, connections, sources } = await database.operator(async (tx) => ({
    orgs: await listOrgs(tx),
    connections: await listConnections(tx),
    sources: await listSources(tx),
  }));
  const states = [];
  for (const org of orgs) states.push(await database.transaction(org.id, (tx) => readOrg(tx, org, services.now())));
  const holders = await readLockHolders(database);
  return [
    ...server,
    ok('schema', 'current'),
    ok('key', keySource),
    ...states.flatMap(({ secrets }) => secrets.map((secret) => keyFinding(services.sealer, secret))),
    ...lockFindings(
      holders,
      subjectsOf({ orgs, connections, sources }),
      states.flatMap(({ runs }) => runs),
    ),
    ...(await daemonFindings(patient, { connections, sources, holders })),
    ...states.flatMap((state) => [...state.pauses.map((one) => pauseFinding(state.org, one)), ...workFindings(state)]),
    alertFinding(patient),
    ...standingFindings({ connections, sources }, states),
    ...(await connectionFindings(patient, examination, connections)),
  ];
}

type OrgState = Awaited<ReturnType<typeof readOrg>>;

async function readOrg(tx: Tx, { id: orgId, slug: org }: { readonly id: OrgId; readonly slug: string }, now: Date) {
  return {
    org,
    secrets: (await readSealedSecrets(tx)).map((row) => ({ ...row, org, orgId })),
    runs: (await readOpenRuns(tx)).map((row) => ({ ...row, org, orgId })),
    dead: await countDead(tx),
    alerts: await readUnsentAlerts(tx, now),
    pauses: (await readPauses(tx)).filter(({ of }) => of === 'org'),
    own: (await readPauses(tx)).filter(({ of }) => of !== 'org'),
    healths: [...(await readHealths(tx, 'connection')), ...(await readHealths(tx, 'source'))],
  };
}

interface Directory {
  readonly orgs: readonly { readonly id: OrgId; readonly slug: string }[];
  readonly connections: readonly DirectoryEntry[];
  readonly sources: readonly SourceEntry[];
}

function subjectsOf({ orgs, connections, sources }: Directory): LockSubject[] {
  return [
    ...connections.flatMap(({ org, name, id }): LockSubject[] => [
      { org, name, id, type: 'connection' },
      { org, name, id, type: 'credentials' },
    ]),
    ...sources.map(({ org, name, id }): LockSubject => ({ org, name, id, type: 'source' })),
    ...orgs.map(({ id, slug }): LockSubject => ({ org: slug, name: null, id, type: 'org' })),
  ];
}

/** Whether daemons run: schedulers and workers. */
async function daemonFindings(
  { database, services }: Patient,
  { connections, sources, holders }: Omit<Directory, 'orgs'> & { readonly holders: readonly LockHolder[] },
): Promise<CheckFinding[]> {
  const queue = await readQueueFacts(database);
  const scheduled = [
    ...connections.map((one): Scheduled => ({ ...one, type: 'connection' })),
    ...sources.map((one): Scheduled => ({ ...one, type: 'source' })),
  ].filter(({ schedule, pausedReason }) => schedule !== null && pausedReason === null);
  const queued = await readQueuedSubjects(database);
  const held = new Set(holders.map(({ key }) => key));
  return [
    ...queueFindings(queue, scheduled.length > 0),
    ...schedulerFindings({ scheduled, queued, held, now: services.now() }, runsAfter),
  ];
}

function alertFinding({ alertUrl }: Patient): CheckFinding {
  if (alertUrl !== null) return ok('alerts', 'go to the address of LEADLOOP_ALERT_URL');
  const remedy = 'export LEADLOOP_ALERT_URL=https://hooks.slack.com/services/…';
  return warning('alerts', 'go nowhere: when credentials die, nobody is told', remedy);
}

function standingFindings(
  { connections, sources }: Pick<Directory, 'connections' | 'sources'>,
  states: readonly OrgState[],
): CheckFinding[] {
  const healths = states.flatMap((state) => state.healths);
  const pauses = states.flatMap((state) => state.own);
  const ailmentsOf = (subject: string) => ({
    health: healths.find(({ id }) => id === subject) ?? null,
    pauses: pauses.filter(({ connectionId, sourceId }) => (connectionId ?? sourceId) === subject),
  });
  return [
    ...connections.map((entry) => standingFinding('connection', entry, ailmentsOf(entry.id))),
    ...sources.map((entry) => standingFinding('source', entry, ailmentsOf(entry.id))),
  ];
}

async function connectionFindings(
  { services }: Patient,
  { isOffline, signal, checkMs = defaultCheckMs }: Examination,
  connections: readonly DirectoryEntry[],
): Promise<CheckFinding[]> {
  if (connections.length === 0) return [warning('connections', 'none', 'leadloop apply config/leadloop.yaml')];
  return isOffline ? [] : crmFindings({ services, signal, timeoutMs: checkMs }, connections);
}
