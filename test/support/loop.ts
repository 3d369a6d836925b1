import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { connectors } from '../../connectors/index.ts';
import { openConnection, type Session, type SessionServices } from '../../src/connection.ts';
import type { ConnectorDefinition } from '../../src/connector-sdk/connector.ts';
import type { Database } from '../../src/db/tx.ts';
import type { MappingDefinition } from '../../src/model/mapping.ts';
import type { OrgId } from '../../src/model/values.ts';
import type { HubSpotSandbox, HubSpotSandboxOptions } from '../../src/sandbox/hubspot/index.ts';
import type { SalesforceSandbox, SalesforceSandboxOptions } from '../../src/sandbox/salesforce/index.ts';
import { createSealer } from '../../src/secrets/seal.ts';
import { plainSync, type RunReport, type SyncRunOptions } from '../../src/sync/options.ts';
import { syncConnection } from '../../src/sync/sync-connection.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { type CrmSide, hubspotSide, salesforceSide, type WrittenValues } from './loop-side.ts';

/** A sandbox CRM, a database and one connection between them: everything of the loop but the command line. */
export interface Loop<Sandbox = HubSpotSandbox> extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly crm: Sandbox;
  readonly orgId: OrgId;
  readonly connectionId: string;
  /** Of the connection. */
  readonly name: string;
  readonly clock: LoopClock;
  readonly services: SessionServices;
  /** What the CRM has of ours. */
  written(): WrittenValues;
  open(): Promise<Session>;
  sync(options?: Partial<SyncRunOptions>): Promise<RunReport>;
}

export type SalesforceLoop = Loop<SalesforceSandbox>;

export interface LoopOptions {
  readonly push?: 'plan' | 'auto';
  readonly blastRadius?: { readonly records: number; readonly share: number };
  /** Records from which they are written as a job. */
  readonly massFrom?: number;
  readonly pull?: Readonly<Record<string, unknown>>;
  /** Settings of the connector. */
  readonly connector?: Readonly<Record<string, unknown>>;
  readonly quota?: Readonly<Record<string, unknown>>;
  readonly mapping?: MappingDefinition;
  /** Instead of the sandbox's usual ones. */
  readonly credentials?: object;
  /** Our clock, where it is not that of the CRM. */
  readonly now?: () => Date;
  /** What is told of the work as it happens. */
  readonly log?: SessionServices['log'];
  readonly observe?: NonNullable<SessionServices['observe']>;
  /** A database that is there already gets the organisation as a further one. */
  readonly db?: TestDatabase;
  readonly org?: string;
  readonly name?: string;
  /** This loop's organisation gets the connection as a further one: same database, same clock. */
  readonly beside?: Pick<Loop<unknown>, 'db' | 'orgId' | 'clock'>;
}

/** Time goes on as everywhere, and jumps where somebody waits: back-offs and rate limits take none of ours. */
export interface LoopClock {
  now(): number;
  advance(ms: number): void;
  /** From here on it only jumps: what has to happen in one second does so on a slow machine, too. */
  hold(): void;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

function loopClock(): LoopClock {
  let ahead = 0;
  let heldAt: number | null = null;
  return {
    now: () => (heldAt ?? Date.now()) + ahead,
    advance: (ms) => {
      ahead += ms;
    },
    hold: () => {
      heldAt ??= Date.now();
    },
    async sleep(ms, signal) {
      signal.throwIfAborted();
      ahead += ms;
      await setImmediate();
      signal.throwIfAborted();
    },
  };
}

export const sealingKey = Buffer.alloc(32, 7);
const sealer = createSealer([{ id: 'test', bytes: sealingKey }]);
// In a list they are only what JSON holds.
const definitions = connectors as unknown as readonly ConnectorDefinition[];

function servicesOf(
  database: Database,
  now: () => Date,
  { sleep, log = () => undefined, observe }: Pick<SessionServices, 'sleep' | 'observe'> & Pick<LoopOptions, 'log'>,
): SessionServices {
  return {
    database,
    definitions,
    sealer,
    now,
    newId: randomUUID,
    ...(sleep !== undefined && { sleep }),
    random: Math.random,
    log,
    ...(observe !== undefined && { observe }),
  };
}

export function startLoop(options: LoopOptions & { readonly sandbox?: HubSpotSandboxOptions } = {}): Promise<Loop> {
  return startLoopOn(hubspotSide(options.sandbox), options);
}

export function startSalesforceLoop(
  options: LoopOptions & { readonly sandbox?: SalesforceSandboxOptions } = {},
): Promise<SalesforceLoop> {
  return startLoopOn(salesforceSide(options.sandbox), options);
}

async function startLoopOn<Sandbox extends { readonly url: string } & AsyncDisposable>(
  side: CrmSide<Sandbox>,
  options: LoopOptions,
): Promise<Loop<Sandbox>> {
  await using stack = new AsyncDisposableStack();
  const { beside } = options;
  const clock = beside?.clock ?? loopClock();
  const crm = stack.use(await side.start(() => clock.now()));
  const db = beside?.db ?? options.db ?? stack.use(await testDatabase());
  const orgId = beside?.orgId ?? (await db.org(options.org ?? 'acme'));
  const name = options.name ?? `acme-${side.kind}`;
  const connectionId = await addConnection(db, side, { orgId, name, url: crm.url, options });
  const now = options.now ?? (() => new Date(clock.now()));
  const services = servicesOf(db.database, now, { ...options, sleep: (ms, signal) => clock.sleep(ms, signal) });
  const open = async (): Promise<Session> => openConnection(services, orgId, name);
  const kept = stack.move();
  return {
    db,
    crm,
    orgId,
    connectionId,
    name,
    clock,
    services,
    written: () => side.written(crm),
    open,
    async sync(chosen = {}) {
      await using session = await open();
      // Awaited here: the session must not be closed before.
      return await syncConnection(session, { ...plainRun, signal: new AbortController().signal, ...chosen });
    },
    [Symbol.asyncDispose]: async () => kept.disposeAsync(),
  };
}

const plainRun = { ...plainSync, onProgress: (): void => undefined } as const;

async function addConnection(
  db: TestDatabase,
  { kind, credentials }: Pick<CrmSide<never>, 'kind' | 'credentials'>,
  { orgId, name, url, options }: { orgId: OrgId; name: string; url: string; options: LoopOptions },
): Promise<string> {
  const policy = { mode: options.push ?? 'auto', blastRadius: options.blastRadius, massFrom: options.massFrom };
  const settings = { pull: options.pull ?? {}, connector: options.connector ?? {} };
  const [connection] = await db.sql<{ id: string }>(
    `insert into connections (org_id, name, kind, base_url, push_policy, settings, quota)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [orgId, name, kind, url, JSON.stringify(policy), JSON.stringify(settings), JSON.stringify(options.quota ?? {})],
  );
  const id = connection!.id;
  const sealed = sealer.seal(JSON.stringify(options.credentials ?? credentials), { orgId, connectionId: id });
  await db.sql('update connections set credentials_sealed = $2, credentials_key_id = $3 where id = $1', [
    id,
    Buffer.from(sealed.bytes),
    sealed.keyId,
  ]);
  if (options.mapping !== undefined) await saveMapping(db, { orgId, connectionId: id, mapping: options.mapping });
  return id;
}

/** Puts a further version of the mapping in force. */
export async function saveMapping(
  db: TestDatabase,
  { orgId, connectionId, mapping, at }: { orgId: OrgId; connectionId: string; mapping: MappingDefinition; at?: Date },
): Promise<void> {
  await db.sql('update field_mappings set active = false where connection_id = $1', [connectionId]);
  await db.sql(
    `insert into field_mappings (org_id, connection_id, version, definition, active, created_at)
     select $1, $2, count(*) + 1, $3, true, coalesce($4::timestamptz, now()) from field_mappings where connection_id = $2`,
    [orgId, connectionId, JSON.stringify(mapping), at ?? null],
  );
}
