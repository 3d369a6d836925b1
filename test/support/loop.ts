import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { hubspot } from '../../connectors/hubspot/index.ts';
import { openConnection, type Session, type SessionServices } from '../../src/connection.ts';
import type { Database } from '../../src/db/tx.ts';
import type { MappingDefinition } from '../../src/model/mapping.ts';
import type { OrgId } from '../../src/model/values.ts';
import {
  type HubSpotSandbox,
  type HubSpotSandboxOptions,
  NO_LIMITS,
  startHubSpotSandbox,
} from '../../src/sandbox/hubspot/index.ts';
import { createSealer } from '../../src/secrets/seal.ts';
import { plainSync, type RunReport, syncConnection, type SyncRunOptions } from '../../src/sync.ts';
import { testDatabase, type TestDatabase } from './database.ts';

/** A sandbox CRM, a database and one connection between them: everything of the loop but the command line. */
export interface Loop extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly crm: HubSpotSandbox;
  readonly orgId: OrgId;
  readonly connectionId: string;
  readonly clock: LoopClock;
  open(): Promise<Session>;
  sync(options?: Partial<SyncRunOptions>): Promise<RunReport>;
}

export interface LoopOptions {
  readonly sandbox?: HubSpotSandboxOptions;
  readonly push?: 'plan' | 'auto';
  readonly blastRadius?: { readonly records: number; readonly share: number };
  readonly pull?: Readonly<Record<string, unknown>>;
  /** Settings of the connector. */
  readonly connector?: Readonly<Record<string, unknown>>;
  readonly quota?: Readonly<Record<string, unknown>>;
  readonly mapping?: MappingDefinition;
  /** Our clock, where it is not that of the CRM. */
  readonly now?: () => Date;
  /** A database that is there already gets the organisation as a further one. */
  readonly db?: TestDatabase;
  readonly org?: string;
  readonly name?: string;
}

/** Time goes on as everywhere, and jumps where somebody waits: back-offs and rate limits take none of ours. */
export interface LoopClock {
  now(): number;
  advance(ms: number): void;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

function loopClock(): LoopClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance: (ms) => {
      ahead += ms;
    },
    async sleep(ms, signal) {
      signal.throwIfAborted();
      ahead += ms;
      await setImmediate();
      signal.throwIfAborted();
    },
  };
}

export const sandboxToken = 'sandbox-token';
export const sealingKey = Buffer.alloc(32, 7);
const sealer = createSealer([{ id: 'test', bytes: sealingKey }]);

function servicesOf(
  database: Database,
  now: () => Date,
  sleep: NonNullable<SessionServices['sleep']>,
): SessionServices {
  return {
    database,
    definitions: [hubspot],
    sealer,
    now,
    newId: randomUUID,
    sleep,
    random: Math.random,
    log: () => undefined,
  };
}

export async function startLoop(options: LoopOptions = {}): Promise<Loop> {
  await using stack = new AsyncDisposableStack();
  const clock = loopClock();
  const crm = stack.use(
    await startHubSpotSandbox({ contacts: 60, limits: NO_LIMITS, now: () => clock.now(), ...options.sandbox }),
  );
  const db = options.db ?? stack.use(await testDatabase());
  const orgId = await db.org(options.org ?? 'acme');
  const name = options.name ?? 'acme-hubspot';
  const connectionId = await addConnection(db, { orgId, name, url: crm.url, options });
  const now = options.now ?? (() => new Date(clock.now()));
  const services = servicesOf(db.database, now, (ms, signal) => clock.sleep(ms, signal));
  const open = async (): Promise<Session> => openConnection(services, orgId, name);
  const kept = stack.move();
  return {
    db,
    crm,
    orgId,
    connectionId,
    clock,
    open,
    async sync(chosen = {}) {
      await using session = await open();
      return await syncConnection(session, { ...plainRun, signal: new AbortController().signal, ...chosen });
    },
    [Symbol.asyncDispose]: async () => kept.disposeAsync(),
  };
}

const plainRun = { ...plainSync, onProgress: (): void => undefined } as const;

async function addConnection(
  db: TestDatabase,
  target: { orgId: OrgId; name: string; url: string; options: LoopOptions },
): Promise<string> {
  const { orgId, name, url, options } = target;
  const policy = { mode: options.push ?? 'auto', blastRadius: options.blastRadius };
  const settings = { pull: options.pull ?? {}, connector: options.connector ?? {} };
  const [connection] = await db.sql<{ id: string }>(
    `insert into connections (org_id, name, kind, base_url, push_policy, settings, quota)
     values ($1, $2, 'hubspot', $3, $4, $5, $6) returning id`,
    [orgId, name, url, JSON.stringify(policy), JSON.stringify(settings), JSON.stringify(options.quota ?? {})],
  );
  const id = connection!.id;
  const sealed = sealer.seal(JSON.stringify({ accessToken: sandboxToken }), { orgId, connectionId: id });
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
