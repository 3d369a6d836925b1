/** The only composition root: environment and settings → database, connectors, and what the command line asks for. */
import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { connectors } from '../connectors/index.ts';
import { type OneTimeLink, setUpLink } from './access/links.ts';
import { expel, invite, memberByAddress, relink } from './access/members.ts';
import { singleSignOn as signOnWith, type SingleSignOnSettings } from './access/single-sign-on.ts';
import { issueToken, tokensOf, withdrawToken } from './access/tokens.ts';
import { listMembers } from './db/queries/memberships.ts';
import { type ConnectionCheck, checkConnection } from './check.ts';
import type { App, AppOptions, ApplyOptions, ImportSourceOptions, ServeOptions } from './cli/app-port.ts';
import { atSandboxes, credentialsWith, type Stage } from './config/demo.ts';
import { readCredentials } from './config/environment.ts';
import { applySettings } from './config/execute.ts';
import { exportSettings } from './config/export.ts';
import { loadSettings } from './config/load.ts';
import type { SourceSettings } from './config/settings.ts';
import { openConnection, type SessionServices } from './connection.ts';
import type { ConnectorDefinition } from './connector-sdk/connector.ts';
import { rolesOf, runDaemon, type Wake } from './daemon.ts';
import { openDatabase, type OpenDatabase } from './db/database.ts';
import { migrate, refuseUnmigrated } from './db/migrate.ts';
import { listSources, type SourceEntry } from './db/queries/data-sources.ts';
import { listConnections, listOrgs } from './db/queries/directory.ts';
import { readRejected } from './db/queries/read-rejected.ts';
import { examine } from './doctor/examine.ts';
import { explain } from './leads/explain.ts';
import { readShowcase } from './leads/showcase.ts';
import { pause, resume } from './health/pause.ts';
import { readStatus } from './health/read-status.ts';
import { withHealth } from './health/record-health.ts';
import { sendAlerts } from './health/send-alerts.ts';
import { pausedError } from './health/standing.ts';
import { createApi } from './http/api/create-api.ts';
import { createHooks, type HookWishes } from './http/hooks/create-hooks.ts';
import { consoleFolder } from './http/console/console.ts';
import { defaultHttpPort, type HttpOptions, type HttpServer, startHttp } from './http/server.ts';
import type { Log } from './log.ts';
import { databaseGauges } from './metrics/gauges/index.ts';
import { queueGauges } from './metrics/gauges/queue.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { importFile } from './ingest/file/import-file.ts';
import { AppError, placeOf } from './model/errors.ts';
import { chooseConnection, openNamed } from './named-connection.ts';
import { chooseOrg } from './named-org.ts';
import { chooseSource } from './named-source.ts';
import { planConnection } from './plan.ts';
import { createReadiness } from './readiness.ts';
import { previewProfile } from './score-preview.ts';
import { scoreOrgs } from './score-run.ts';
import { defaultMqlProfile, defaultPlgProfile } from './scoring/defaults.ts';
import { loadKeys } from './secrets/keys.ts';
import { createSealer } from './secrets/seal.ts';
import { checkSource, type SourceCheck } from './source/check-source.ts';
import { runSource, type SourceReport } from './source/run-source.ts';
import { plainSync, type RunReport, type SyncRunOptions } from './sync/options.ts';
import { replayConnection } from './sync/replay-connection.ts';
import { syncConnection } from './sync/sync-connection.ts';

// Each connector knows the types of its own settings and credentials; in a list they are only what JSON holds.
const definitions = connectors as unknown as readonly ConnectorDefinition[];
/** Of what is changed at the command line, in the audit log. */
const actor = 'cli';
const defaultProfiles = [defaultMqlProfile, defaultPlgProfile];
const loadContext = { connectors: definitions, defaultProfiles };

/** Opens the database (the embedded one where none is configured) and offers the application on it. */
export async function openApp(options: AppOptions): Promise<App> {
  const { environment } = options;
  const destination = pino.destination(options.logTo === 'stderr' ? 2 : 1);
  const log = pino({ level: environment.logLevel ?? options.logLevel, base: null }, destination);
  const database = await openDatabase({ url: environment.databaseUrl, home: environment.home, log });
  const sealer = createSealer(await loadKeys(environment.home, environment.sealingKeys));
  const now = (): Date => new Date();
  const say: Log = (level, message, fields) => log[level](fields, message);
  const gauges = { gauges: databaseGauges, serverGauges: queueGauges(database) };
  const metrics = createMetrics({ database, ...gauges, now, log: say });
  const services: SessionServices = {
    database,
    definitions,
    sealer,
    now,
    newId: randomUUID,
    random: Math.random,
    log: say,
    observe: metrics.observe,
  };
  const loop = loopOf(services, environment.alertUrl);
  return {
    ...loop,
    ...healthOf(database, services, options),
    migrate: () => migrate(database),
    settings: (file) => loadSettings(file, loadContext),
    apply: (file, run) => applyFile(services, file, run),
    export: () => exportSettings(database),
    explain: (words) => explain(services, words),
    scoreRun: ({ onProgress, ...run }) =>
      scoreOrgs(services, {
        ...run,
        onProgress: (object, done) =>
          onProgress({ phase: 'score', object, lane: null, done, total: null, apiCalls: 0 }),
      }),
    scorePreview: (profile, run) =>
      previewProfile(services, profile, {
        ...run,
        onProgress: (done) =>
          run.onProgress({ phase: 'score', object: 'leads', lane: null, done, total: null, apiCalls: 0 }),
      }),
    import: async ({ org, onProgress, ...job }) =>
      importFile(services, await chooseOrg(database, org), {
        ...job,
        onProgress: (done, share) =>
          onProgress({ phase: 'import', object: job.kind, lane: null, done, total: null, share, apiCalls: 0 }),
      }),
    importSource: (name, run) => importSource(services, options.environment.alertUrl, { name, ...run }),
    tokens: tokensOn(services),
    accounts: accountsOn(services, environment.publicUrl),
    showcase: () => readShowcase(services),
    serve: serveOn(services, { database, metrics, environment }),
    async [Symbol.asyncDispose]() {
      await database.close();
    },
  };
}

async function applyFile(services: SessionServices, file: string, { dryRun, stage = noStage }: ApplyOptions) {
  const { database, sealer, now } = services;
  const settings = atSandboxes(await loadSettings(file, loadContext), stage);
  const readAddress = ({ secrets }: SourceSettings) => readCredentials(secrets);
  const applying = {
    database,
    sealer,
    readCredentials: credentialsWith(stage),
    readAddress,
    defaultProfiles,
    actor,
    now,
  };
  return applySettings(applying, settings, { dryRun });
}

/** With its role `console` the daemon serves the console and its API, with `api` the API, with `hooks` what CRMs call. */
function siteOf(
  services: SessionServices,
  { roles }: Pick<ServeOptions, 'roles'>,
  { wake, ...wishes }: HookWishes & { readonly wake: Wake; readonly singleSignOn: SingleSignOnSettings | null },
) {
  const isIn = rolesOf(roles);
  const { now, log } = services;
  const { publicUrl } = wishes;
  const isConsole = isIn('console');
  const singleSignOn = wishes.singleSignOn && signOnWith(services.database, wishes.singleSignOn);
  const api =
    isIn('api') || isConsole
      ? { rows: createApi(services), console: { ...services, randomBytes, publicUrl, singleSignOn, wake } }
      : null;
  const hooks = isIn('hooks') ? createHooks(services, wishes) : null;
  return { publicUrl, consoleFolder: isConsole ? consoleFolder() : null, api, hooks, now, log };
}

interface Watched {
  readonly database: OpenDatabase;
  readonly metrics: Metrics;
  readonly environment: AppOptions['environment'];
}

function serveOn(services: SessionServices, watched: Watched): App['serve'] {
  const { database, environment } = watched;
  return async ({ onReport, onSetUp, ...run }) => {
    await refuseUnmigrated(database);
    const onListening = async (url: string): Promise<void> => {
      run.onListening?.(url);
      if (!rolesOf(run.roles)('console')) return;
      const link = await setUpLink({ ...services, randomBytes });
      if (link !== null) onSetUp?.(`${environment.publicUrl ?? url}${link.path}`);
    };
    await runDaemon(
      { ...services, databaseUrl: database.url, alertUrl: environment.alertUrl },
      { ...run, onListening, ...(onReport !== undefined && { onReport }) },
      (onHints, wake) => {
        const site = siteOf(services, run, { ...environment, onHints, wake });
        return listen(run, { ...site, ...watchOf(watched, run.signal) });
      },
    );
  };
}

/** What every daemon serves, whatever its roles. */
function watchOf(
  { database, metrics, environment }: Watched,
  signal: AbortSignal,
): Pick<HttpOptions, 'health' | 'metrics'> {
  metrics.watchProcess();
  return {
    health: { readiness: createReadiness({ database, isDraining: () => signal.aborted }) },
    metrics: { contentType: metrics.contentType, scrape: () => metrics.scrape(), token: environment.metricsToken },
  };
}

function tokensOn({ database, now }: SessionServices): App['tokens'] {
  const services = { database, now, randomBytes };
  return {
    create: async (org, wish) => issueToken(services, { orgId: await chooseOrg(database, org), actor }, wish),
    list: async (org) => tokensOf(services, await chooseOrg(database, org)),
    revoke: async (org, name) => withdrawToken(services, { orgId: await chooseOrg(database, org), actor }, name),
  };
}

function accountsOn({ database, now }: SessionServices, publicUrl: string | null): App['accounts'] {
  const services = { database, now, randomBytes };
  const here = publicUrl ?? `http://127.0.0.1:${defaultHttpPort}`;
  const withUrl = (link: OneTimeLink) => ({ ...link, url: `${here}${link.path}` });
  return {
    async invite(org, wish) {
      const link = await invite(services, { orgId: await chooseOrg(database, org), actor }, wish);
      return link === null ? null : withUrl(link);
    },
    async link(org, email) {
      const orgId = await chooseOrg(database, org);
      const { accountId } = await memberByAddress(services, orgId, email);
      return withUrl(await relink(services, { orgId, actor }, accountId));
    },
    async remove(org, email) {
      const orgId = await chooseOrg(database, org);
      const { accountId } = await memberByAddress(services, orgId, email);
      await expel(services, { orgId, actor }, accountId);
    },
    async list(org) {
      const orgId = await chooseOrg(database, org);
      return database.operator((tx) => listMembers(tx, orgId));
    },
  };
}

/** The configuration as it is. */
const noStage: Stage = { places: [], leftOut: [] };

/** How it stands, what is wrong, and what people have paused. */
function healthOf(
  database: OpenDatabase,
  services: SessionServices,
  options: AppOptions,
): Pick<App, 'pause' | 'resume' | 'status' | 'doctor'> {
  const patient = { database, services, keySource: keySourceOf(options), alertUrl: options.environment.alertUrl };
  return {
    pause: (wish) => pause(services, wish, actor),
    resume: (wish) => resume(services, wish, actor),
    status: (org) => readStatus({ database, now: services.now }, org),
    doctor: (examination) => examine(patient, examination),
  };
}

/** A run that a person asks for: it tries whatever waits, and what comes of it counts for the source's health as any other. */
async function importSource(
  services: SessionServices,
  alertUrl: string | null,
  { name, org, onProgress, ...run }: ImportSourceOptions & { readonly name: string },
): Promise<SourceReport> {
  const source = await chooseSource(services.database, name, org);
  if (source.pausedReason !== null) throw pausedSource(source);
  const show = (done: number): void =>
    onProgress({ phase: 'import', object: name, lane: null, done, total: null, apiCalls: 0 });
  const work = () => runSource(services, source, { ...run, onProgress: show });
  const onRecorded = () => sendNow(services, alertUrl, run.signal);
  return withHealth(services, { type: 'source', ...source }, { work, onRecorded });
}

/** What does not go out now is sent by a daemon. */
async function sendNow(services: SessionServices, alertUrl: string | null, signal: AbortSignal): Promise<void> {
  await sendAlerts({ ...services, alertUrl }, signal).catch((error: unknown) =>
    services.log('warn', 'alerts could not be sent; trying again', { place: placeOf(error) }),
  );
}

function pausedSource({ org, name, pausedReason }: SourceEntry): AppError {
  const remedy = `To take the pause back: leadloop resume ${name} --org ${org}`;
  return pausedError(name, `paused: ${pausedReason}`, remedy);
}

type RunWish = Partial<SyncRunOptions> & Pick<SyncRunOptions, 'signal' | 'onProgress'>;

/** A run that a person asks for: it tries whatever waits, and what comes of it counts for the connection's health as any other. */
async function runByHand(
  services: SessionServices,
  alertUrl: string | null,
  { name, ...options }: RunWish & { readonly name: string },
) {
  const entry = chooseConnection(await services.database.operator(listConnections), name);
  const work = async (): Promise<RunReport> => {
    await using session = await openConnection(services, entry.orgId, entry.name);
    return await syncConnection(session, { ...plainSync, ...options });
  };
  const onRecorded = () => sendNow(services, alertUrl, options.signal);
  return withHealth(services, { type: 'connection', ...entry }, { work, onRecorded });
}

/** Everything that opens a connection. */
function loopOf(
  services: SessionServices,
  alertUrl: string | null,
): Pick<App, 'check' | 'sync' | 'plan' | 'push' | 'rejected'> {
  const { database } = services;
  const run = (name: string, options: RunWish) => runByHand(services, alertUrl, { name, ...options });
  return {
    sync: (name, options) => run(name, options),
    push: (name, options) => run(name, { ...options, pushOnly: true }),
    async plan(name, { signal }) {
      await using session = await openNamed(services, name);
      const { records, ...plan } = await planConnection(session, signal);
      return { ...plan, records: records.map(({ record, changes }) => ({ ...record, changes })) };
    },
    async check(name, signal) {
      const { connections, sources } = await database.operator(async (tx) => ({
        connections: await listConnections(tx),
        sources: (await listSources(tx)).filter((one) => name === null || one.name === name),
      }));
      const ofName = sources.length > 0 ? connections.filter((one) => one.name === name) : null;
      const chosen = name === null ? connections : (ofName ?? [chooseConnection(connections, name)]);
      const checked: ConnectionCheck[] = [];
      for (const entry of chosen) {
        // Whoever has just granted a right wants to know whether it is there, not what was so an hour ago.
        await using session = await openConnection(services, entry.orgId, entry.name, { isFresh: true });
        checked.push(await checkConnection(session, signal));
      }
      const asked: SourceCheck[] = [];
      for (const entry of sources) asked.push(await checkSource(services, entry, signal));
      return { connections: checked, sources: asked };
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
        await using session = await openNamed(services, name);
        return await replayConnection(session, { signal, onProgress });
      },
    },
  };
}

/** Where nobody has chosen the port, any other one does as well. */
async function listen(
  { port, host, isPortFixed = true }: Pick<ServeOptions, 'port' | 'host' | 'isPortFixed'>,
  site: Omit<HttpOptions, 'port' | 'host'>,
): Promise<HttpServer> {
  const address = { ...site, ...(host !== null && { host }) };
  try {
    return await startHttp({ ...address, port: port ?? defaultHttpPort });
  } catch (error) {
    if (isPortFixed || !(error instanceof AppError) || error.code !== 'port-in-use') throw error;
    return startHttp({ ...address, port: 0 });
  }
}

function keySourceOf({ environment }: AppOptions): string {
  return environment.sealingKeys === null ? `file ${environment.home}/key` : 'LEADLOOP_KEY';
}
