import { randomUUID } from 'node:crypto';
import { hubspot } from '../../connectors/hubspot/index.ts';
import { openConnection, type Session, type SessionServices } from '../../src/connection.ts';
import type { ConnectorDefinition } from '../../src/connector-sdk/connector.ts';
import type { Database } from '../../src/db/tx.ts';
import type { MappingDefinition } from '../../src/model/mapping.ts';
import type { OrgId } from '../../src/model/values.ts';
import { createSealer } from '../../src/secrets/seal.ts';
import { type HubSpotSandbox, type HubSpotSandboxOptions, NO_LIMITS, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { type RunReport, syncConnection, type SyncRunOptions } from '../../src/sync.ts';
import { testDatabase, type TestDatabase } from './database.ts';

/** A sandbox CRM, a database and one connection between them: everything of the loop but the command line. */
export interface Loop extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly crm: HubSpotSandbox;
  readonly orgId: OrgId;
  open(): Promise<Session>;
  sync(options?: Partial<SyncRunOptions>): Promise<RunReport>;
}

export interface LoopOptions {
  readonly sandbox?: HubSpotSandboxOptions;
  readonly push?: 'plan' | 'auto';
  readonly pull?: Readonly<Record<string, unknown>>;
  readonly mapping?: MappingDefinition;
  readonly now?: () => Date;
}

const sealer = createSealer([{ id: 'test', bytes: Buffer.alloc(32, 7) }]);

export function servicesOf(database: Database, now: () => Date): SessionServices {
  return {
    database,
    definitions: [hubspot as unknown as ConnectorDefinition],
    sealer,
    now,
    newId: randomUUID,
    random: Math.random,
    log: () => undefined,
  };
}

export async function startLoop(options: LoopOptions = {}): Promise<Loop> {
  await using stack = new AsyncDisposableStack();
  const crm = stack.use(await startHubSpotSandbox({ contacts: 60, limits: NO_LIMITS, ...options.sandbox }));
  const db = stack.use(await testDatabase());
  const orgId = await db.org('acme');
  const [connection] = await db.sql<{ id: string }>(
    `insert into connections (org_id, name, kind, base_url, push_policy, settings)
     values ($1, 'acme-hubspot', 'hubspot', $2, $3, $4) returning id`,
    [orgId, crm.url, JSON.stringify({ mode: options.push ?? 'auto' }), JSON.stringify({ pull: options.pull ?? {} })],
  );
  const sealed = sealer.seal(JSON.stringify({ accessToken: 'sandbox-token' }), { orgId, connectionId: connection!.id });
  await db.sql('update connections set credentials_sealed = $2, credentials_key_id = $3 where id = $1', [
    connection!.id,
    Buffer.from(sealed.bytes),
    sealed.keyId,
  ]);
  if (options.mapping !== undefined) {
    await db.sql(
      `insert into field_mappings (org_id, connection_id, version, definition, active) values ($1, $2, 1, $3, true)`,
      [orgId, connection!.id, JSON.stringify(options.mapping)],
    );
  }
  const open = () => openConnection(servicesOf(db.database, options.now ?? (() => new Date())), orgId, 'acme-hubspot');
  const kept = stack.move();
  return {
    db,
    crm,
    orgId,
    open,
    async sync(chosen = {}) {
      await using session = await open();
      return syncConnection(session, {
        full: false,
        pullOnly: false,
        pushOnly: false,
        dryRun: false,
        signal: new AbortController().signal,
        onProgress: () => undefined,
        ...chosen,
      });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
