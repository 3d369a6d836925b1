import Fastify, { type FastifyInstance } from 'fastify';
import { Auth, type OAuthClient } from './auth.ts';
import type { Core } from './core.ts';
import { seedPortal } from './data/seed-portal.ts';
import { hubspotFaults, indexLagMs, type HubSpotFaults } from './faults/faults.ts';
import { HUBSPOT_LIMITS, NO_LIMITS, RateLimits, type Limits } from './limits.ts';
import { Memory, type Origin } from './memory.ts';
import { installPipeline } from './pipeline.ts';
import { RequestLog } from '../server/request-log.ts';
import { accountRoutes } from './routes/account.ts';
import { adminRoutes } from './routes/admin.ts';
import { associationRoutes } from './routes/associations.ts';
import { batchRoutes } from './routes/batch.ts';
import { marketingRoutes } from './routes/marketing.ts';
import { mergeRoutes } from './routes/merge.ts';
import { oauthRoutes } from './routes/oauth.ts';
import { objectRoutes } from './routes/objects.ts';
import { propertyRoutes } from './routes/properties.ts';
import { searchRoutes } from './routes/search.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { ALL_SCOPES, DEFAULT_TOKEN } from './scopes.ts';
import { Store } from './store/store.ts';
import { movableClock, type MovableClock, type Now } from './time.ts';
import { Webhooks } from './webhooks/webhooks.ts';

export interface HubSpotSandboxOptions {
  /** 0 takes any free port. */
  port?: number;
  host?: string;
  /** How many contacts are seeded; companies and the rest follow. */
  contacts?: number;
  seed?: number;
  /** The latest time of seeded data, in milliseconds; default the start. */
  epoch?: number;
  /** Static tokens and their scopes. */
  tokens?: Readonly<Record<string, readonly string[]>>;
  oauthClients?: readonly OAuthClient[];
  /** HubSpot's by default, single ones replaced; 'off' for none. */
  limits?: Partial<Limits> | 'off';
  now?: Now;
  /** Milliseconds the search index is behind. */
  searchLagMs?: number;
  portalId?: number;
  timeZone?: string;
  bumpOnNoChange?: boolean;
  updateTraceIds?: boolean;
  /** Associations of one record on one page of associations batch read. */
  associationPageSize?: number;
  /** Keeps the portal in this file, over restarts and kills; its seed is then that of the first start. */
  keepIn?: string;
}

export interface HubSpotSandbox extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly store: Store;
  readonly faults: HubSpotFaults;
  readonly requests: RequestLog;
  readonly webhooks: Webhooks;
  /** Moves the clock of limits, tokens, lag and modification times. */
  advance(ms: number): void;
  reset(): void;
  close(): Promise<void>;
}

const DEFAULT_CONTACTS = 250;
/** Above the 16,000 characters at which the vendor answers 414, which Node would otherwise cut off with a 431. */
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 10 * 1024 * 1024;

const DEFAULT_CLIENT: OAuthClient = {
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
  refreshToken: 'sandbox-refresh-token',
  scopes: ALL_SCOPES,
  // The console of `npm start`; the vendor lets an app on one's own machine go without TLS.
  redirectUris: ['http://127.0.0.1:7400/oauth/callback', 'http://localhost:7400/oauth/callback'],
};

function originOf(options: HubSpotSandboxOptions, now: Now): Origin {
  const { contacts = DEFAULT_CONTACTS, seed = 1, epoch = now(), portalId = 44_000_001 } = options;
  return { contacts, seed, epoch, portalId };
}

function newStore(options: HubSpotSandboxOptions, now: Now): Store {
  const { contacts, seed, epoch, portalId } = originOf(options, now);
  const { searchLagMs = 0 } = options;
  const store = new Store({ portalId, now, searchLagMs });
  seedPortal(store, { contacts, seed, epoch });
  return store;
}

function buildCore(options: HubSpotSandboxOptions): Core {
  const base = movableClock(options.now ?? Date.now);
  const { now } = base;
  const clock: MovableClock = {
    ...base,
    advance(ms) {
      base.advance(ms);
      core.webhooks.wake();
    },
  };
  const { timeZone = 'US/Eastern', tokens = { [DEFAULT_TOKEN]: ALL_SCOPES }, limits = {} } = options;
  const store = newStore(options, now);
  const { portalId } = store;
  const faults = hubspotFaults(now, () => {
    core.store.searchLagMs = Math.max(options.searchLagMs ?? 0, indexLagMs(core.faults));
    core.store.hideProperty(core.faults.named('unknown-property')[0]?.property);
  });
  const core: Core = {
    store,
    clock,
    auth: new Auth({ tokens, clients: options.oauthClients ?? [DEFAULT_CLIENT], now, portalId }),
    limits: new RateLimits({
      limits: limits === 'off' ? NO_LIMITS : { ...HUBSPOT_LIMITS, ...limits },
      now,
      portalId,
      timeZone,
    }),
    faults,
    webhooks: new Webhooks({ now, faults }),
    requests: new RequestLog(/\/\d+(?=\/|$)/g),
    rules: { bumpOnNoChange: options.bumpOnNoChange ?? true, updateTraceIds: options.updateTraceIds ?? true },
    timeZone,
  };
  return core;
}

const READS = /\/(search|read|faults|requests)(\?|$)|^\/oauth\//;

/** Before a write is answered it is in the file. */
function keep(app: FastifyInstance, core: Core, { memory, origin }: { memory: Memory; origin: Origin }): void {
  memory.restore(core.store);
  core.clock.advance(memory.aheadMs);
  const save = (): void => memory.save(core.store, origin, core.clock.aheadMs());
  if (memory.origin === null) save();
  app.addHook('onSend', (request, _reply, payload, done) => {
    if (request.method !== 'GET' && !READS.test(request.url)) save();
    done(null, payload);
  });
}

function addRoutes(app: FastifyInstance, core: Core, associationPageSize: number): void {
  objectRoutes(app, core);
  batchRoutes(app, core);
  searchRoutes(app, core);
  mergeRoutes(app, core);
  associationRoutes(app, core, associationPageSize);
  propertyRoutes(app, core);
  accountRoutes(app, core);
  marketingRoutes(app, core);
  oauthRoutes(app, core);
}

/** A HubSpot portal on a local port, with data in it. It keeps the vendor's rules, not a client's hopes. */
export async function startHubSpotSandbox(given: HubSpotSandboxOptions = {}): Promise<HubSpotSandbox> {
  const memory = given.keepIn === undefined ? null : new Memory(given.keepIn);
  const origin = memory?.origin ?? originOf(given, given.now ?? Date.now);
  const options = memory === null ? given : { ...given, ...origin };
  const core = buildCore(options);
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1_000 },
    http: { maxHeaderSize: MAX_HEADER_BYTES },
  });
  const reset = (): void => {
    core.store = newStore(options, core.clock.now);
    core.webhooks.clear();
    core.webhooks.observe(core.store);
    core.faults.clear();
    core.requests.reset();
  };
  installPipeline(app, core);
  if (memory !== null) keep(app, core, { memory, origin });
  addRoutes(app, core, options.associationPageSize ?? 500);
  adminRoutes(app, core, reset);
  webhookRoutes(app, core);
  core.webhooks.observe(core.store);
  const url = await app.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });
  const close = async (): Promise<void> => {
    core.webhooks.close();
    await app.close();
  };
  return {
    url,
    port: Number(new URL(url).port),
    get store() {
      return core.store;
    },
    faults: core.faults,
    requests: core.requests,
    webhooks: core.webhooks,
    advance: (ms) => core.clock.advance(ms),
    reset,
    close,
    [Symbol.asyncDispose]: close,
  };
}
