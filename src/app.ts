/** The only composition root: environment and settings → database, connectors, and what the command line asks for. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { connectors } from '../connectors/index.ts';
import { type ConnectionCheck, checkConnection } from './check.ts';
import type {
  App,
  AppOptions,
  ApplyOptions,
  Explanation,
  PushPlan,
  ScorePreview,
  ServeOptions,
  SyncReport,
} from './cli/app-port.ts';
import { atSandbox, credentialsWith } from './config/demo.ts';
import { readCredentials } from './config/environment.ts';
import { applySettings } from './config/execute.ts';
import { exportSettings } from './config/export.ts';
import { loadSettings } from './config/load.ts';
import { openConnection, type Session, type SessionServices } from './connection.ts';
import type { ConnectorDefinition } from './connector-sdk/connector.ts';
import { openDatabase, type OpenDatabase } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { type DirectoryEntry, listConnections, listOrgs } from './db/queries/directory.ts';
import { explainLead } from './db/queries/explain-lead.ts';
import { findLead } from './db/queries/find-lead.ts';
import { readRejected } from './db/queries/read-rejected.ts';
import { readRules } from './db/queries/read-rules.ts';
import { readTimeZones } from './db/queries/time-zones.ts';
import { examine } from './doctor.ts';
import type { PageReader } from './http/page-reader.ts';
import { createPageReader } from './http/read-page.ts';
import { defaultHttpPort, type HttpServer, startHttp } from './http/server.ts';
import { AppError } from './model/errors.ts';
import type { ScoringProfile } from './model/profile.ts';
import { prepare } from './pull/prepare.ts';
import { previewScore } from './pull/preview-score.ts';
import { replayRejected } from './pull/replay.ts';
import { pullOf } from './pull/run-sync.ts';
import { previewPush } from './push/preview.ts';
import { defaultMqlProfile, defaultPlgProfile } from './scoring/defaults.ts';
import { type ScheduledConnection, type Serving, serveConnections } from './scheduler/serve.ts';
import { loadKeys } from './secrets/keys.ts';
import { createSealer } from './secrets/seal.ts';
import { plainSync, recordRun, type RunReport, syncConnection, type SyncRunOptions } from './sync.ts';

// Each connector knows the types of its own settings and credentials; in a list they are only what JSON holds.
const definitions = connectors as unknown as readonly ConnectorDefinition[];
const loadContext = { connectors: definitions, defaultProfiles: [defaultMqlProfile, defaultPlgProfile] };

/** Opens the database (the embedded one where none is configured) and offers the application on it. */
export async function openApp(options: AppOptions): Promise<App> {
  const { environment } = options;
  const destination = pino.destination(options.logTo === 'stderr' ? 2 : 1);
  const log = pino({ level: environment.logLevel ?? options.logLevel, base: null }, destination);
  const database = await openDatabase({ url: environment.databaseUrl, home: environment.home, log });
  const sealer = createSealer(await loadKeys(environment.home, environment.sealingKeys));
  const services: SessionServices = {
    database,
    definitions,
    sealer,
    now: () => new Date(),
    newId: randomUUID,
    random: Math.random,
    log: (level, message, fields) => log[level](fields, message),
  };
  const loop = loopOf(services);
  return {
    ...loop,
    migrate: () => migrate(database),
    settings: (file) => loadSettings(file, loadContext),
    apply: (file, run) => applyFile(services, file, run),
    export: () => exportSettings(database),
    explain: (words) => explain(database, words),
    scorePreview: (profile, run) => preview(services, profile, run),
    doctor: () => examine({ database, now: services.now, keySource: keySourceOf(options) }),
    page: pageOf(services, () => null),
    serve: (run) => serve(services, run),
    async [Symbol.asyncDispose]() {
      await database.close();
    },
  };
}

async function applyFile(services: SessionServices, file: string, { dryRun, sandbox }: ApplyOptions) {
  const { database, sealer, now } = services;
  const settings = await loadSettings(file, loadContext);
  const secrets = sandbox === undefined ? readCredentials : credentialsWith(sandbox);
  const wanted = sandbox === undefined ? settings : atSandbox(settings, sandbox);
  return applySettings({ database, sealer, readCredentials: secrets, now }, wanted, { dryRun });
}

function pageOf(services: SessionServices, nextRunAt: Serving['nextRunAt']): PageReader {
  return createPageReader({
    database: services.database,
    readCrm: async (orgId, name, request) => {
      await using session = await openConnection(services, orgId, name);
      return session.connector.read({ ...request, signal: AbortSignal.timeout(pageTimeoutMs) });
    },
    defaultMapping: (kind) => definitions.find((one) => one.kind === kind)?.defaultMapping ?? null,
    nextRunAt,
    now: services.now,
  });
}

/** Somebody waits for the page: after that it shows what we know ourselves. */
const pageTimeoutMs = 10_000;

/** Scheduler and page in this process, until the signal; then the runs under way come to their next checkpoint. */
async function serve(services: SessionServices, options: ServeOptions): Promise<void> {
  const { now, log } = services;
  const isIn = (...roles: string[]): boolean => options.roles?.some((role) => roles.includes(role)) ?? true;
  let serving: Serving | null = null;
  await using server = isIn('api', 'console')
    ? await listen(options, { read: pageOf(services, (key) => serving?.nextRunAt(key) ?? null), now, log })
    : null;
  if (server !== null) options.onListening?.(server.url);
  if (!isIn('scheduler', 'worker')) return aborted(options.signal);
  const quietly = { ...plainSync, onProgress: () => undefined };
  serving = serveConnections({
    listConnections: () => scheduled(services.database, options.schedule ?? null),
    sync: async (key, signal) => {
      await using session = await open(services, key);
      return syncConnection(session, { ...quietly, signal });
    },
    now,
    // Whoever hears the reports needs no log of them.
    log: (level, ...said) => log(level === 'info' && options.onReport !== undefined ? 'debug' : level, ...said),
    signal: options.signal,
    runAtStart: options.runAtStart ?? true,
    onReport: (report) => options.onReport?.(asReport(report)),
  });
  await serving.ended;
}

/** Where nobody has chosen the port, any other one does as well. */
async function listen(
  { port, host, isPortFixed = true }: ServeOptions,
  site: Pick<Parameters<typeof startHttp>[0], 'read' | 'now' | 'log'>,
): Promise<HttpServer> {
  const address = { ...site, ...(host !== null && { host }) };
  try {
    return await startHttp({ ...address, port: port ?? defaultHttpPort });
  } catch (error) {
    if (isPortFixed || !(error instanceof AppError) || error.code !== 'port-in-use') throw error;
    return startHttp({ ...address, port: 0 });
  }
}

async function scheduled(
  database: SessionServices['database'],
  schedule: string | null,
): Promise<readonly ScheduledConnection[]> {
  const entries = await database.operator(listConnections);
  const orgIds = [...new Set(entries.map(({ orgId }) => orgId))];
  const zones = await Promise.all(orgIds.map((orgId) => database.transaction(orgId, readTimeZones)));
  return entries.map((entry) => ({
    key: `${entry.org}/${entry.name}`,
    schedule: schedule ?? entry.schedule,
    timeZone: zones.map((zone) => zone.get(entry.id)).find((zone) => zone !== undefined) ?? 'UTC',
    pausedReason: entry.pausedReason,
  }));
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Everything that opens a connection. */
function loopOf(services: SessionServices): Pick<App, 'check' | 'sync' | 'plan' | 'push' | 'rejected'> {
  const { database } = services;
  const run = async (
    name: string,
    options: Partial<SyncRunOptions> & Pick<SyncRunOptions, 'signal' | 'onProgress'>,
  ) => {
    await using session = await open(services, name);
    return asReport(await syncConnection(session, { ...plainSync, ...options }));
  };
  return {
    sync: (name, options) => run(name, options),
    push: (name, options) => run(name, { ...options, pushOnly: true }),
    async plan(name, { signal }) {
      await using session = await open(services, name);
      return planOf(session, signal);
    },
    async check(name, signal) {
      const entries = await database.operator(listConnections);
      const chosen = name === null ? entries : [chooseConnection(entries, name)];
      const checked: ConnectionCheck[] = [];
      for (const entry of chosen) {
        await using session = await openConnection(services, entry.orgId, entry.name);
        checked.push(await checkConnection(session, signal));
      }
      return { connections: checked };
    },
    rejected: {
      async list({ connection, limit }) {
        const entries = await database.operator(listConnections);
        const entry = connection === null ? null : chooseConnection(entries, connection);
        const orgs = entry === null ? await database.operator(listOrgs) : [{ id: entry.orgId }];
        const lists = orgs.map((org) =>
          database.transaction(org.id, (tx) => readRejected(tx, entry?.id ?? null, limit)),
        );
        return (await Promise.all(lists)).flat().slice(0, limit);
      },
      async retry(name, { signal, onProgress }) {
        const entry = chooseConnection(await database.operator(listConnections), name);
        await using session = await openConnection(services, entry.orgId, entry.name);
        return asReport(await replay(session, signal, onProgress));
      },
    },
  };
}

async function replay(
  session: Session,
  signal: AbortSignal,
  onProgress: SyncRunOptions['onProgress'],
): Promise<RunReport> {
  return recordRun(session, { kind: 'replay', signal }, async ({ runId, report, signal }) => {
    const prepared = await prepare(session, runId, signal);
    const progress = (object: string, done: number): void =>
      onProgress({ phase: 'pull', object, lane: null, done, total: null, apiCalls: session.governor.admitted });
    const pull = pullOf({
      session,
      ...prepared,
      ...plainSync,
      signal,
      onProgress: (object, _, done) => progress(object, done),
    });
    report.counts = { ...report.counts, ...(await replayRejected(pull)) };
  });
}

async function planOf(session: Session, signal: AbortSignal): Promise<PushPlan> {
  const { pipeline } = await prepare(session, session.newId(), signal);
  const outputs = pipeline.outputs.find((one) => one.connectionId === session.connection.id);
  const source = { database: session.database, orgId: session.orgId, objects: session.definition.objects };
  const { records, calls } = outputs === undefined ? { records: [], calls: 0 } : await previewPush(source, outputs);
  return {
    connection: session.connection.name,
    records: records.map(({ record, changes }) => ({
      object: record.object,
      externalId: record.externalId,
      leadId: record.leadId,
      changes,
    })),
    calls,
    blocked:
      session.connection.push.mode === 'auto'
        ? null
        : {
            reason: 'push.mode is plan: a sync writes nothing',
            remedy: `Run: leadloop push ${session.connection.name}`,
          },
  };
}

async function explain(database: OpenDatabase, words: string): Promise<Explanation | null> {
  for (const { id } of await database.operator(listOrgs)) {
    const found = await database.transaction(id, async (tx) => {
      const leadId = await findLead(tx, words);
      if (leadId === null) return null;
      const story = await explainLead(tx, leadId);
      return story === null ? null : { story, rules: await readRules(tx) };
    });
    if (found === null) continue;
    const { facts, ...lead } = found.story.lead;
    const profile = found.rules.profiles.find(({ kind }) => kind === 'mql')?.profile ?? defaultMqlProfile;
    return { ...found.story, lead, facts, triggers: profile.triggers };
  }
  return null;
}

async function preview(
  { database, now }: SessionServices,
  profile: ScoringProfile,
  run: Parameters<App['scorePreview']>[1],
): Promise<ScorePreview> {
  const orgs = await database.operator(listOrgs);
  const org = run.org === null && orgs.length === 1 ? orgs[0] : orgs.find(({ slug }) => slug === run.org);
  if (org === undefined) {
    throw new AppError(
      'org-unknown',
      run.org === null ? 'There is more than one organisation.' : `There is no organisation "${run.org}".`,
      {
        recovery: 'fix-config',
        remedy: `Name one: --org ${orgs.map(({ slug }) => slug).join(' | ')}`,
      },
    );
  }
  const onProgress = (done: number): void =>
    run.onProgress({ phase: 'score', object: 'leads', lane: null, done, total: null, apiCalls: 0 });
  const result = await previewScore(profile, { database, orgId: org.id, at: now(), signal: run.signal, onProgress });
  return { kind: profile.kind, ...result };
}

async function open(services: SessionServices, name: string): Promise<Session> {
  const entry = chooseConnection(await services.database.operator(listConnections), name);
  return openConnection(services, entry.orgId, entry.name);
}

/** `name`, or `org/name` where two organisations use the same; null = the only one there is. */
function chooseConnection(entries: readonly DirectoryEntry[], name: string | null): DirectoryEntry {
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

function asReport({ problems: _problems, ...report }: RunReport): SyncReport {
  return report;
}

function keySourceOf({ environment }: AppOptions): string {
  return environment.sealingKeys === null ? `file ${environment.home}/key` : 'LEADLOOP_KEY';
}
