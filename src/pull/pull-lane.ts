import type { Connector, ConnectorDefinition, ObjectCapability, PullBatch } from '../connector-sdk/connector.ts';
import { CursorExpiredError } from '../connector-sdk/errors.ts';
import type { CursorPosition } from '../db/queries/advance-cursor.ts';
import { heldRecords } from '../db/queries/held-records.ts';
import { openCursor } from '../db/queries/open-cursor.ts';
import { refreshStatistics } from '../db/queries/refresh-statistics.ts';
import { clearSightings } from '../db/queries/sightings.ts';
import type { Database } from '../db/tx.ts';
import { type Observe, secondsBetween } from '../model/observation.ts';
import { addCounts, noCounts, type SyncCounts } from '../model/run.ts';
import { inSpan } from '../tracing.ts';
import { type BatchPlace, commitBatch, type CommittedBatch } from './commit-batch.ts';
import { forgetUncounted } from './forget-uncounted.ts';
import type { LanePlan } from './lanes.ts';
import type { Pipeline } from './pipeline.ts';
import { idle, readAhead } from './read-ahead.ts';

export interface Pull {
  readonly database: Database;
  readonly connector: Connector;
  readonly definition: ConnectorDefinition;
  /** Those of its objects that the configuration wants. */
  readonly objects: readonly ObjectCapability[];
  readonly pipeline: Pipeline;
  readonly now: () => Date;
  /** What the settled lane stays behind: longer than the CRM's search index ever lags. */
  readonly lagMs: number;
  /** Believe a full pass that misses many records. */
  readonly acceptMissing: boolean;
  readonly signal: AbortSignal;
  readonly observe: Observe;
  readonly onBatch: (object: string, plan: LanePlan, counts: SyncCounts) => void;
  /** Awaited after every batch, and while none comes: what cannot wait for the end of the lane. */
  readonly between: () => Promise<void>;
}

/** Records in one transaction. Five pages of HubSpot: enough to spread a transaction's own cost, few enough to hold locks briefly. */
const batchRecords = 500;
/** Records that may wait in memory: two batches. */
const recordsAhead = 1_000;
/** How long nothing may come before others have their turn: as often as somebody looks for hints. */
const idleMs = 1_000;

/**
 * Pulls one lane of one object to its end. Killed anywhere, it goes on from the last committed batch.
 * @throws CursorExpiredError when the connector cannot go on from there: the next run reads the whole object again.
 */
export async function pullLane(
  pull: Pull,
  capability: ObjectCapability,
  plan: LanePlan,
  fields: readonly string[],
): Promise<SyncCounts> {
  try {
    const attributes = { 'leadloop.object': capability.object, 'leadloop.lane': plan.lane };
    return await inSpan('pull lane', attributes, () => pullFrom(pull, capability, plan, fields));
  } catch (error) {
    if (error instanceof CursorExpiredError) await startOver(pull, capability);
    throw error;
  }
}

async function pullFrom(
  pull: Pull,
  capability: ObjectCapability,
  plan: LanePlan,
  fields: readonly string[],
): Promise<SyncCounts> {
  const { database, pipeline, signal } = pull;
  let position = await openLane(pull, capability, plan);
  let isNewGround = position.completedAt === null;
  const newsSince = newsSinceOf(capability, plan, position);
  // Beside a pass, other writes go on; the job of a CRM shows what was so when the pass began, whoever reads it now.
  const isPass = plan.lane === 'full' || plan.lane === 'archived';
  const readSince = isPass ? (position.passStartedAt ?? pull.now()) : null;
  let counts = noCounts;
  // What fails here ends the reading, too: a connector may be waiting for a job of the CRM.
  const reading = new AbortController();
  const orEnd = <Done>(work: Promise<Done>): Promise<Done> =>
    work.catch((error: unknown) => {
      // Without the reason: a connector would take it for a fault of its own reading.
      reading.abort();
      throw error;
    });
  const pages = pull.connector.pull({
    object: capability.object,
    lane: plan.lane,
    fields,
    since: position.cursor,
    until: untilOf(pull, plan, position),
    held: (references) =>
      database.transaction(pipeline.orgId, (tx) =>
        heldRecords(tx, { ...pipeline, object: capability.object }, references),
      ),
    events: pipeline.mapping.definition.events,
    signal: AbortSignal.any([signal, reading.signal]),
  });
  for await (const batch of readAhead(pages, { records: batchRecords, waiting: recordsAhead, idleMs })) {
    if (batch !== idle) {
      const place = { position, kind: capability.kind, newsSince, readSince };
      const committed = await orEnd(commit(pull, place, batch));
      position = committed.position;
      counts = addCounts(counts, committed.counts);
      // A first batch may be empty, and statistics of nothing are worse than none.
      if (isNewGround && batch.records.length + batch.events.length > 0) {
        await orEnd(database.transaction(pipeline.orgId, refreshStatistics));
        isNewGround = false;
      }
      pull.onBatch(capability.object, plan, counts);
    }
    await orEnd(pull.between());
  }
  return counts;
}

async function commit(pull: Pull, place: BatchPlace, batch: PullBatch): Promise<CommittedBatch> {
  const { database, pipeline, now, signal } = pull;
  const startedAt = now();
  const attributes = { 'leadloop.records': batch.records.length, 'leadloop.events': batch.events.length };
  const committed = await inSpan('commit batch', attributes, () =>
    database.transaction(pipeline.orgId, (tx) => commitBatch(tx, pipeline, place, batch), signal),
  );
  const seconds = secondsBetween(startedAt, now());
  pull.observe({ type: 'batch-committed', counts: committed.counts, seconds });
  return committed;
}

/** Before there has been a look, an object without full passes shows its whole past in its live lane. */
const epoch = new Date(0);

/** Only what a lane through time shows, from where it stood before, has just happened in the CRM. */
function newsSinceOf({ lanes }: ObjectCapability, plan: LanePlan, { completedAt }: CursorPosition): Date | null {
  if (plan.start === 'restart' || (plan.lane !== 'live' && plan.lane !== 'settled')) return null;
  return completedAt ?? (lanes.includes('full') ? epoch : null);
}

/** As at the very first: whatever changes from now on is for live and settled, and a full pass reads what there is. */
async function startOver({ database, definition, pipeline, now, lagMs }: Pull, capability: ObjectCapability) {
  const { object, lanes } = capability;
  const { connectionId, mappingVersion } = pipeline;
  const start = { connectionId, object, passStartedAt: now(), mappingVersion };
  const origin = definition.startCursor(object, new Date(start.passStartedAt.getTime() - lagMs));
  await database.transaction(pipeline.orgId, async (tx) => {
    await clearSightings(tx, connectionId, object);
    for (const lane of lanes) {
      const isFromHere = lane === 'settled' || (lane === 'live' && lanes.includes('full'));
      await openCursor(tx, { ...start, lane, cursor: isFromHere ? origin : null }, true);
    }
  });
}

function untilOf(pull: Pull, plan: LanePlan, position: CursorPosition): Date {
  const now = pull.now();
  if (plan.lane === 'settled') return new Date(now.getTime() - pull.lagMs);
  return plan.lane === 'live' ? now : (position.passStartedAt ?? now);
}

/**
 * Finds or makes the lane's cursor. A first full pass also sets where live and settled will start: before the pass. A later
 * one also opens the archive that belongs to it.
 */
async function openLane(pull: Pull, capability: ObjectCapability, plan: LanePlan): Promise<CursorPosition> {
  const { database, definition, pipeline } = pull;
  const { object, lanes } = capability;
  const now = pull.now();
  const { connectionId, mappingVersion } = pipeline;
  const start = { connectionId, object, passStartedAt: now, mappingVersion };
  const origin = definition.startCursor(object, new Date(now.getTime() - pull.lagMs));
  return database.transaction(pipeline.orgId, async (tx) => {
    if (plan.lane === 'full' && plan.start === 'restart') {
      await clearSightings(tx, connectionId, object);
      for (const lane of lanes.filter((one) => one === 'live' || one === 'settled')) {
        await openCursor(tx, { ...start, lane, cursor: origin }, false);
      }
      const full = await openCursor(tx, { ...start, lane: 'full', cursor: null }, true);
      if (full.completedAt !== null && lanes.includes('archived')) {
        await openCursor(tx, { ...start, lane: 'archived', cursor: null }, true);
      }
      return full;
    }
    if (plan.start === 'restart') {
      await forgetUncounted(tx, pipeline, { capability, defaultMapping: definition.defaultMapping });
    }
    // Where there are no full passes, live reads the whole past and settled only what it might have missed.
    const cursor = plan.lane === 'live' && !lanes.includes('full') ? null : origin;
    return openCursor(tx, { ...start, lane: plan.lane, cursor }, plan.start === 'restart');
  });
}
