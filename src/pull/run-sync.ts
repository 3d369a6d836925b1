import type { Session } from '../connection.ts';
import type { ObjectCapability } from '../connector-sdk/connector.ts';
import { readCursors } from '../db/queries/open-cursor.ts';
import { fieldsOf } from '../mapping/compile.ts';
import type { MappingProblem } from '../model/mapping.ts';
import { addCounts, type Lane, noCounts, type PulledLane, type SyncCounts } from '../model/run.ts';
import { defaultFullPassHours, type LanePlan, lanesDue } from './lanes.ts';
import type { Pipeline } from './pipeline.ts';
import { type Pull, pullLane } from './pull-lane.ts';
import { reconcile } from './reconcile.ts';

export interface PulledConnection {
  readonly counts: SyncCounts;
  readonly lanes: readonly PulledLane[];
}

export interface PullRun {
  readonly session: Session;
  readonly pipeline: Pipeline;
  readonly problems: readonly MappingProblem[];
  /** Begin a full pass now, due or not. */
  readonly full: boolean;
  readonly acceptMissing: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (object: string, lane: Lane, records: number) => void;
}

export interface ConnectionPull extends PullRun {
  readonly steps: readonly PullStep[];
  /** What has been committed so far, after every batch: a run that stops half-way has done that much. */
  readonly onPulled: (pulled: PulledConnection) => void;
  /** After every batch: what cannot wait for the end of the pull. */
  readonly between: () => Promise<void>;
}

/** One lane that is to be pulled. */
export interface PullStep {
  readonly capability: ObjectCapability;
  readonly plan: LanePlan;
}

export interface DuePull {
  /** What has changed since the last run, in seconds as a rule. */
  readonly recent: readonly PullStep[];
  /** The census of everything, in minutes or hours. */
  readonly passes: readonly PullStep[];
  /** Something has never been read to its end. */
  readonly isFirst: boolean;
}

/** Seconds that the settled lane stays behind: HubSpot promises "a few moments" of search lag, others saw a minute. */
const defaultLagSeconds = 120;

/**
 * What is due, object by object in the order of the connector. While an object has never been read to its end, all of it is in one
 * list, in that order: people before what they did.
 */
export async function duePull(run: PullRun): Promise<DuePull> {
  const { session, pipeline } = run;
  const positions = await session.database.transaction(session.orgId, (tx) => readCursors(tx, pipeline.connectionId));
  const steps = objectsOf(session).flatMap((capability): PullStep[] => {
    const own = new Map(positions.filter(({ object }) => object === capability.object).map((one) => [one.lane, one]));
    return lanesDue(capability, own, clockOf(run)).map((plan) => ({ capability, plan }));
  });
  const isPass = ({ plan }: PullStep): boolean => plan.lane === 'full' || plan.lane === 'archived';
  const isFirst = ({ capability, plan }: PullStep): boolean =>
    isPass({ capability, plan }) &&
    !positions.some(({ object, lane, completedAt }) => object === capability.object && lane === 'full' && completedAt);
  if (steps.some(isFirst)) return { recent: steps, passes: [], isFirst: true };
  return { recent: steps.filter((step) => !isPass(step)), passes: steps.filter(isPass), isFirst: false };
}

/** Pulls lane by lane. The caller holds the connection's lock. */
export async function pullConnection(run: ConnectionPull): Promise<void> {
  const { session } = run;
  let lanes: readonly PulledLane[] = [];
  let counts = noCounts;
  const pull = { ...pullOf(run), between: run.between };
  for (const { capability, plan } of run.steps) {
    const before = session.governor.admitted;
    const told = (lane: SyncCounts): PulledConnection => ({
      counts: addCounts(counts, lane),
      lanes: [...lanes, laneOf(capability.object, plan, { counts: lane, calls: session.governor.admitted - before })],
    });
    const onBatch: Pull['onBatch'] = (object, _, lane) => {
      pull.onBatch(object, plan, lane);
      run.onPulled(told(lane));
    };
    const pulled = told(await pullOne({ ...pull, onBatch }, capability, plan));
    ({ counts, lanes } = pulled);
    run.onPulled(pulled);
    session.log('debug', 'lane pulled', { ...lanes.at(-1) });
  }
}

function laneOf(
  object: string,
  { lane }: LanePlan,
  { counts, calls }: { readonly counts: SyncCounts; readonly calls: number },
): PulledLane {
  return { object, lane, records: counts.pulled + counts.events, calls };
}

async function pullOne(pull: Pull, capability: ObjectCapability, plan: LanePlan): Promise<SyncCounts> {
  const fields = fieldsOf(pull.pipeline.mapping, capability.object);
  const counts = await pullLane(pull, capability, plan, fields);
  if (plan.lane !== 'archived') return counts;
  // The archive comes last: what neither it nor the full pass before it has seen is gone for good.
  return addCounts(counts, await reconcile(pull, capability, fields));
}

export function pullOf({ session, pipeline, acceptMissing, signal, onProgress }: PullRun): Pull {
  return {
    database: session.database,
    connector: session.connector,
    definition: session.definition,
    objects: objectsOf(session),
    pipeline,
    now: session.now,
    lagMs: (session.connection.settings.pull?.lagSeconds ?? defaultLagSeconds) * 1_000,
    acceptMissing,
    signal,
    observe: session.observe,
    onBatch: (object, plan, counts) => onProgress(object, plan.lane, counts.pulled + counts.events),
    between: async () => undefined,
  };
}

/** Required objects always; optional ones unless the configuration names a choice without them. */
function objectsOf({ definition, connection }: Session): readonly ObjectCapability[] {
  const chosen = connection.settings.pull?.objects ?? null;
  return definition.objects.filter(({ object, optional }) => !optional || chosen === null || chosen.includes(object));
}

function clockOf({ session, pipeline, full }: PullRun): Parameters<typeof lanesDue>[2] {
  const fullPassHours = session.connection.settings.pull?.fullPassHours ?? defaultFullPassHours;
  return { now: session.now(), fullPassHours, forceFull: full, mappingVersion: pipeline.mappingVersion };
}
