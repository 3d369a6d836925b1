/** The speed of pull → commit, over HTTP and from pages in memory, beside the floor of the same run. */
import type { Session } from '../../src/connection.ts';
import type { Connector, PullBatch } from '../../src/connector-sdk/connector.ts';
import { fieldsOf } from '../../src/mapping/compile.ts';
import type { SyncCounts } from '../../src/model/run.ts';
import { prepare, type Prepared } from '../../src/pull/prepare.ts';
import { pullLane } from '../../src/pull/pull-lane.ts';
import { pullOf } from '../../src/pull/run-sync.ts';
import { copyFloor } from './floor.ts';
import { type Cost, measure, watch } from './meter.ts';
import { addConnection, type BenchServer, openSession, startCrm } from './scene.ts';

export interface PullSpeed {
  readonly contacts: number;
  readonly http: Speed;
  readonly memory: Speed;
  /** COPY of source_records and leads, and of every table that a batch writes. Milliseconds. */
  readonly floorMs: number;
  readonly wholeFloorMs: number;
}

export interface Speed {
  readonly cost: Cost;
  /** Wall time with a transaction open; the rest was spent waiting for pages. */
  readonly transactionMs: number;
}

const signal = new AbortController().signal;

/** Every table that a batch of new contacts writes. */
const written = [
  'source_records',
  'leads',
  'score_breakdowns',
  'score_history',
  'lifecycle_transitions',
  'push_states',
];

export async function measurePull(
  server: BenchServer,
  contacts: number,
  say: (line: string) => void,
): Promise<PullSpeed> {
  await using crm = await startCrm(contacts);
  say(`pull: ${contacts} contacts over HTTP`);
  const http = await onNewDatabase(server, crm.url, async (session, prepared) =>
    pullFrom(session.connector, session, prepared),
  );
  say('pull: the same from memory, then the floor');
  const memory = await onNewDatabase(server, crm.url, async (session, prepared) => {
    const pages = await fetchPages(session, prepared, 'contacts');
    return pullFrom(replaying(session.connector, pages), session, prepared);
  });
  return { ...memory, http: http.memory, contacts: memory.contacts };
}

type Pulling = (session: Session, prepared: Prepared) => Promise<() => Promise<SyncCounts>>;

async function pullFrom(
  connector: Connector,
  session: Session,
  prepared: Prepared,
): Promise<() => Promise<SyncCounts>> {
  return async () => pullObject(session, prepared, 'contacts', connector);
}

async function onNewDatabase(server: BenchServer, url: string, pulling: Pulling): Promise<Omit<PullSpeed, 'http'>> {
  await using scene = await server.database();
  await addConnection(scene, 'crm', url);
  const database = watch(scene.database);
  await using session = await openSession(database, scene.orgId, 'crm');
  const prepared = await prepareRun(session);
  // What contacts refer to comes first, as in a sync, and is not measured.
  await pullObject(session, prepared, 'owners', session.connector);
  await pullObject(session, prepared, 'companies', session.connector);
  const pull = await pulling(session, prepared);
  database.reset();
  const { result, cost } = await measure(server.postmaster, pull);
  const transactionMs = database.openMs();
  await scene.client.query('checkpoint').catch(() => undefined);
  return {
    contacts: result.pulled,
    memory: { cost, transactionMs },
    floorMs: await copyFloor(scene.client, written.slice(0, 2)),
    wholeFloorMs: await copyFloor(scene.client, written),
  };
}

async function prepareRun(session: Session): Promise<Prepared> {
  return prepare(session, session.newId(), signal);
}

/** The first full pass of one object through the production path, from `connector`. */
async function pullObject(
  session: Session,
  prepared: Prepared,
  object: string,
  connector: Connector,
): Promise<SyncCounts> {
  const run = { session, ...prepared, full: false, acceptMissing: false, signal, onProgress: () => undefined };
  const pull = { ...pullOf(run), connector };
  const capability = session.definition.objects.find((one) => one.object === object);
  if (capability === undefined) throw new Error(`no object ${object}`);
  return pullLane(pull, capability, { lane: 'full', start: 'restart' }, fieldsOf(prepared.pipeline.mapping, object));
}

/** All pages of an object, as the connector yields them. */
async function fetchPages(session: Session, { pipeline }: Prepared, object: string): Promise<PullBatch[]> {
  const pages: PullBatch[] = [];
  const request = {
    object,
    lane: 'full' as const,
    fields: fieldsOf(pipeline.mapping, object),
    since: null,
    until: session.now(),
    held: async () => new Set<string>(),
    events: pipeline.mapping.definition.events,
    signal,
  };
  for await (const page of session.connector.pull(request)) pages.push(page);
  return pages;
}

/** A connector whose pull yields pages that were fetched before: what is left is our own work. */
function replaying(connector: Connector, pages: readonly PullBatch[]): Connector {
  return {
    ...connector,
    async *pull() {
      yield* pages;
    },
  };
}
