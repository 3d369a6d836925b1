/** The speed of pull → commit, over HTTP and from pages in memory, beside the CRM alone and the floor of the same run. */
import type { Session } from '../../src/connection.ts';
import type { Connector, PullBatch } from '../../src/connector-sdk/connector.ts';
import { fieldsOf } from '../../src/mapping/compile.ts';
import type { SyncCounts } from '../../src/model/run.ts';
import { prepare, type Prepared } from '../../src/pull/prepare.ts';
import { pullLane } from '../../src/pull/pull-lane.ts';
import { pullOf } from '../../src/pull/run-sync.ts';
import { copyFloor } from './floor.ts';
import { type Cost, measure, type Measured, type StatementCost, watch } from './meter.ts';
import { type CrmName, crms } from './crms.ts';
import { addConnection, type BenchServer, openSession, type RunningCrm, startCrm } from './scene.ts';

export interface PullSpeed {
  readonly people: number;
  readonly http: Speed;
  /** The same pages fetched and decoded, and nothing done with them. */
  readonly fetching: Cost;
  readonly memory: Speed;
  readonly statements: readonly StatementCost[];
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
  name: CrmName,
  { people, say }: { readonly people: number; readonly say: (line: string) => void },
): Promise<PullSpeed> {
  await using crm = await startCrm(name, people);
  say(`pull: ${people} people of ${name} over HTTP`);
  const http = await onNewDatabase(server, crm, async ({ session }) => session.connector);
  say('pull: the same from memory, then the floor');
  let fetching: Measured<PullBatch[]> | null = null;
  const memory = await onNewDatabase(server, crm, async ({ session, prepared }) => {
    fetching = await measure(server.postmaster, async () => fetchPages(session, prepared, crms[name].people));
    return replaying(session.connector, fetching.result);
  });
  return { ...memory, http: http.memory, fetching: fetching!.cost };
}

interface Scenery {
  readonly session: Session;
  readonly prepared: Prepared;
}

async function onNewDatabase(
  server: BenchServer,
  crm: RunningCrm,
  connectorFor: (scenery: Scenery) => Promise<Connector>,
): Promise<Omit<PullSpeed, 'http' | 'fetching'>> {
  const { people, before } = crms[crm.name];
  await using scene = await server.database();
  await addConnection(scene, crm);
  const database = watch(scene.database);
  await using session = await openSession(database, scene.orgId);
  const scenery = { session, prepared: await prepare(session, session.newId(), signal) };
  for (const object of before) await pullObject(scenery, object, session.connector);
  const connector = await connectorFor(scenery);
  database.reset();
  const { result, cost } = await measure(server.postmaster, async () => pullObject(scenery, people, connector));
  const transactionMs = database.openMs();
  const statements = database.statements();
  await scene.client.query('checkpoint').catch(() => undefined);
  return {
    people: result.pulled,
    memory: { cost, transactionMs },
    statements,
    floorMs: await copyFloor(scene.client, written.slice(0, 2)),
    wholeFloorMs: await copyFloor(scene.client, written),
  };
}

/** The first full pass of one object through the production path, from `connector`. */
async function pullObject({ session, prepared }: Scenery, object: string, connector: Connector): Promise<SyncCounts> {
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
