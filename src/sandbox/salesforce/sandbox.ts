import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { RequestLog } from '../server/request-log.ts';
import { Auth, type OAuthClient } from './auth.ts';
import { BatchJobs } from './bulk/batches.ts';
import { BulkJobs } from './bulk/jobs.ts';
import type { Core, World } from './core.ts';
import { seedOrg, seedStaff } from './data/seed-org.ts';
import { salesforceFaults, type SalesforceFaults } from './faults/faults.ts';
import { canonicalId } from './ids.ts';
import { NO_LIMITS, SALESFORCE_LIMITS, Usage, type LimitInfoForm, type Limits } from './limits.ts';
import { Memory, type Origin } from './memory.ts';
import { installPipeline } from './pipeline.ts';
import { adminRoutes } from './routes/admin.ts';
import { bulkBatchRoutes } from './routes/bulk-batches.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { collectionRoutes } from './routes/collections.ts';
import { compositeRoutes } from './routes/composite.ts';
import { discoveryRoutes } from './routes/discovery.ts';
import { layoutRoutes } from './routes/layouts.ts';
import { listViewRoutes } from './routes/list-views.ts';
import { oauthRoutes } from './routes/oauth.ts';
import { queryRoutes } from './routes/query.ts';
import { recordRoutes } from './routes/records.ts';
import { replicationRoutes } from './routes/replication.ts';
import { toolingRoutes } from './routes/tooling.ts';
import { Answers, MAX_PAGE } from './soql/answer.ts';
import { Org } from './store/org.ts';
import { Transactions } from './store/transactions.ts';
import { movableClock, type Now } from './time.ts';
import type { DuplicateRule, Rules, ValidationRule } from './write/rules.ts';

export interface SalesforceSandboxOptions {
  /** 0 takes any free port. */
  port?: number;
  host?: string;
  leads?: number;
  contacts?: number;
  /** Contacts of the HubSpot sandbox of the same seed, of whom two thirds are people here too. */
  hubspotContacts?: number;
  seed?: number;
  /** The latest time of seeded data, in milliseconds; default the start. */
  epoch?: number;
  /** Static access tokens. */
  tokens?: readonly string[];
  oauthClients?: readonly OAuthClient[];
  /** Whether each refresh token works once, and its second use revokes everything. */
  rotateRefreshTokens?: boolean;
  /** Those of a large org by default, single ones replaced; 'off' for none to speak of. */
  limits?: Partial<Limits> | 'off';
  /** Calls other integrations made in the last 24 hours. */
  usedByOthers?: number;
  /** How Sforce-Limit-Info is spelt. */
  limitInfo?: LimitInfoForm;
  now?: Now;
  orgId?: string;
  validationRules?: readonly ValidationRule[];
  duplicateRule?: DuplicateRule;
  /** Whether an active assignment rule hands leads to a queue. */
  assignmentRule?: boolean;
  /** Most rows of one page of bulk results. */
  bulkPageRows?: number;
  /** How often a bulk job is seen in progress before it is complete. */
  bulkPolls?: number;
  /** Keeps the org in this file, over restarts and kills; its seed is then that of the first start. */
  keepIn?: string;
}

export interface SalesforceSandbox extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly org: Org;
  readonly rules: Rules;
  /** Somebody else's long transactions, which commit late. */
  readonly transactions: Transactions;
  readonly faults: SalesforceFaults;
  readonly requests: RequestLog;
  readonly usage: Usage;
  /** Moves the clock of stamps, sessions, cursors and limits. */
  advance(ms: number): void;
  reset(): void;
  close(): Promise<void>;
}

export const DEFAULT_TOKEN = '00Dak0000000001!sandbox.access.token';
const DEFAULT_ORG = '00Dak0000000001';
/** The org after a sandbox was refreshed. */
const OTHER_ORG = '00Dak0000000zz9';
const DEFAULT_LEADS = 150;
const DEFAULT_CONTACTS = 100;
const DEFAULT_HUBSPOT_CONTACTS = 250;
/** Above the 16,000 characters at which the vendor answers 414, which Node would otherwise cut off with a 431. */
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 110 * 1024 * 1024;

const DEFAULT_CLIENT: OAuthClient = {
  clientId: 'sandbox-client',
  clientSecrets: ['sandbox-secret'],
  // The console of `npm start`; the vendor lets an app on one's own machine go without TLS.
  redirectUris: ['http://127.0.0.1:7400/oauth/callback', 'http://localhost:7400/oauth/callback'],
  refreshToken: 'sandbox-refresh-token',
};

function rulesOf(options: SalesforceSandboxOptions, queue: string): Rules {
  const { validationRules = [], duplicateRule = 'alert', assignmentRule = true } = options;
  return { validation: [...validationRules], duplicates: duplicateRule, assignTo: assignmentRule ? queue : undefined };
}

function originOf(options: SalesforceSandboxOptions, now: Now): Origin {
  const { leads = DEFAULT_LEADS, contacts = DEFAULT_CONTACTS, seed = 1, epoch = now() } = options;
  const { hubspotContacts = DEFAULT_HUBSPOT_CONTACTS, orgId = DEFAULT_ORG } = options;
  return { leads, contacts, hubspotContacts, seed, epoch, orgId };
}

function buildWorld(options: SalesforceSandboxOptions, now: Now): World {
  const { bulkPolls = 1, bulkPageRows = 50_000 } = options;
  const origin = originOf(options, now);
  const org = new Org(canonicalId(origin.orgId) ?? DEFAULT_ORG, now);
  const staff = seedStaff(org, origin.epoch);
  seedOrg(org, staff, origin);
  return {
    org,
    transactions: new Transactions(org),
    answers: new Answers(org),
    jobs: new BulkJobs(org, { pollsInProgress: bulkPolls, mostRows: bulkPageRows }),
    batches: new BatchJobs(org),
    rules: rulesOf(options, staff.queue),
    userId: staff.integration,
  };
}

const READS = /^\/services\/oauth2\/|\/__sandbox\/(faults|requests)|\/jobs\/query/;

/** Before a write is answered it is in the file; a bulk job writes when somebody looks at it. */
function keep(app: FastifyInstance, core: Core, { memory, origin }: { memory: Memory; origin: Origin }): void {
  memory.restore(core.world.org);
  core.clock.advance(memory.aheadMs);
  const save = (): void => memory.save(core.world.org, origin, core.clock.aheadMs());
  if (memory.origin === null) save();
  app.addHook('onSend', (request, _reply, payload, done) => {
    const writes = request.method !== 'GET' || /\/jobs\/ingest\/|\/services\/async\//.test(request.url);
    if (writes && !READS.test(request.url)) save();
    done(null, payload);
  });
}

/** Faults that change the world for as long as they are on. */
function applyAmbient({ world, faults }: Core): void {
  world.org.access.hide(faults.named('field-hidden').flatMap(({ field }) => field ?? []));
  world.org.access.protect(faults.named('object-read-only').flatMap(({ object }) => object ?? []));
  world.answers.mostRows = Math.min(MAX_PAGE, ...faults.named('short-pages').map(({ rows }) => rows ?? 100));
}

function buildCore(options: SalesforceSandboxOptions): Core {
  const clock = movableClock(options.now ?? Date.now);
  const { now } = clock;
  const { limits = {}, limitInfo = 'plain', usedByOthers = 0 } = options;
  const core: Core = {
    world: buildWorld(options, now),
    clock,
    auth: new Auth({
      tokens: options.tokens ?? [DEFAULT_TOKEN],
      clients: options.oauthClients ?? [DEFAULT_CLIENT],
      now,
      identity: () => ({ orgId: core.orgId(), userId: core.world.userId }),
      rotate: options.rotateRefreshTokens ?? true,
    }),
    usage: new Usage({
      limits: limits === 'off' ? NO_LIMITS : { ...SALESFORCE_LIMITS, ...limits },
      form: limitInfo,
      others: usedByOthers,
      now,
    }),
    faults: salesforceFaults(now, () => applyAmbient(core)),
    requests: new RequestLog(/\/[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?(?:-\d+)?(?=\/|$)/g),
    innerKey: randomUUID(),
    orgId: () =>
      core.faults.named('org-changed').length > 0 ? (canonicalId(OTHER_ORG) ?? OTHER_ORG) : core.world.org.id,
  };
  return core;
}

function addRoutes(app: FastifyInstance, core: Core): void {
  oauthRoutes(app, core);
  discoveryRoutes(app, core);
  layoutRoutes(app, core);
  listViewRoutes(app, core);
  queryRoutes(app, core);
  replicationRoutes(app, core);
  recordRoutes(app, core);
  collectionRoutes(app, core);
  compositeRoutes(app, core);
  bulkRoutes(app, core);
  bulkBatchRoutes(app, core);
  toolingRoutes(app, core);
}

/** A Salesforce org on a local port, with data in it. It keeps the vendor's rules, not a client's hopes. */
export async function startSalesforceSandbox(given: SalesforceSandboxOptions = {}): Promise<SalesforceSandbox> {
  const memory = given.keepIn === undefined ? null : new Memory(given.keepIn);
  const origin = memory?.origin ?? originOf(given, given.now ?? Date.now);
  const options = memory === null ? given : { ...given, ...origin };
  const core = buildCore(options);
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    // Clients join addresses with // and end them with /: the vendor minds neither.
    routerOptions: { maxParamLength: 1_000, ignoreDuplicateSlashes: true, ignoreTrailingSlash: true },
    http: { maxHeaderSize: MAX_HEADER_BYTES },
  });
  const reset = (): void => {
    core.world = buildWorld(options, core.clock.now);
    core.faults.clear();
    core.requests.reset();
    core.usage.reset();
  };
  installPipeline(app, core);
  if (memory !== null) keep(app, core, { memory, origin });
  addRoutes(app, core);
  adminRoutes(app, core, reset);
  const url = await app.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });
  const close = async (): Promise<void> => {
    await app.close();
  };
  return {
    url,
    port: Number(new URL(url).port),
    get org() {
      return core.world.org;
    },
    get rules() {
      return core.world.rules;
    },
    get transactions() {
      return core.world.transactions;
    },
    faults: core.faults,
    requests: core.requests,
    usage: core.usage,
    advance: (ms) => core.clock.advance(ms),
    reset,
    close,
    [Symbol.asyncDispose]: close,
  };
}
