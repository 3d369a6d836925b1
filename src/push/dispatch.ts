import type { Connector, PushCapability, PushChange, PushOutcome } from '../connector-sdk/connector.ts';
import { inTurn } from '../connector-sdk/in-turn.ts';
import { type ClaimedPush, claimPushes, releaseClaims } from '../db/queries/claim-pushes.ts';
import { confirmWrites, readDoubtful } from '../db/queries/doubtful-writes.ts';
import { retireRecords } from '../db/queries/retire-records.ts';
import { saveRejected } from '../db/queries/save-rejected.ts';
import { closePushRejections, dropPushStates, lockClaimed, saveSettled } from '../db/queries/settle-pushes.ts';
import { settleLedger, writeLedger } from '../db/queries/write-ledger.ts';
import type { Database, Tx } from '../db/tx.ts';
import { sameValue } from '../mapping/write-policy.ts';
import type { OutRule } from '../model/mapping.ts';
import type { Observe } from '../model/observation.ts';
import type { FieldChange, OptionOrders, PlannedRecord, PushPriority } from '../model/push.ts';
import { noCounts, type SyncCounts } from '../model/run.ts';
import type { ConnectionId, ExternalId, OrgId, RunId } from '../model/values.ts';
import { inSpan } from '../tracing.ts';
import { planChanges, reasonOf } from './plan.ts';
import { settleClaim } from './settle.ts';

export interface DispatchTarget {
  readonly object: string;
  readonly push: PushCapability;
  /** From so many waiting records on they go as one job; null = from where the connector finds it worth while. */
  readonly massFrom: number | null;
  readonly rules: readonly OutRule[];
  readonly orders: OptionOrders;
}

/** One pass over the waiting records of an object. */
export interface DispatchPass {
  /** The least urgent priority that is written. */
  readonly upTo: PushPriority;
  /** Whether a call that would not be full takes others along. */
  readonly isFilledUp: boolean;
  /** So many wait that a job is worth while, if ever. */
  readonly waiting: number;
}

export interface Dispatch {
  readonly database: Database;
  readonly connector: Connector;
  readonly orgId: OrgId;
  readonly connectionId: ConnectionId;
  readonly runId: RunId;
  readonly now: () => Date;
  readonly newToken: () => string;
  readonly signal: AbortSignal;
  readonly observe: Observe;
  /** What this pass has come to so far; `planned` counts all that were answered. */
  readonly onTally: (counts: SyncCounts) => void;
}

/** Longer than any call with its retries may take, and than a bulk job; a claim that is older belongs to a dead worker. */
const claimMs = { call: 600_000, job: 4 * 3_600_000 };
/** Calls on the way at once: enough to fill HubSpot's 19 calls a second at 200 ms each, few enough to stop quickly. */
const parallelCalls = 3;

/**
 * Writes what waits on one object of a connection: claim → plan → ledger (one transaction), HTTP, settle (one transaction),
 * until nothing of the pass is due. The caller holds the connection's lock. A crash at any point repeats a write of absolute
 * values at worst.
 * @throws ConnectorError where no outcome of a call is known; what it had claimed waits again.
 */
export async function dispatchObject(dispatch: Dispatch, target: DispatchTarget, pass: DispatchPass): Promise<void> {
  const counts = { ...noCounts };
  const tally = (answered: readonly PushOutcome[]) => {
    for (const { status } of answered) {
      if (status === 'applied') counts.pushed += 1;
      else if (status === 'rejected') counts.pushRejected += 1;
      else if (status === 'deferred') counts.pushDeferred += 1;
      else counts.gone += 1;
    }
    counts.planned += answered.length;
    dispatch.observe({ type: 'pushed', outcomes: answered.map(({ status }) => status) });
    dispatch.onTally({ ...counts });
  };
  const step = stepOf(target, pass);
  const workers = await Promise.allSettled(
    Array.from({ length: step.parallel }, async () => {
      for (;;) {
        const outcomes = await dispatchBatch(dispatch, target, step);
        if (outcomes === null) return;
        tally(outcomes);
      }
    }),
  );
  const failure = workers.find((worker) => worker.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

/** How much is taken at once. */
interface Step extends Pick<DispatchPass, 'upTo' | 'isFilledUp'> {
  /** Claims go one after the other: at the end of the queue two at once would share its last rows between two calls. */
  readonly alone: ReturnType<typeof inTurn>;
  readonly limit: number;
  readonly parallel: number;
  readonly claimMs: number;
}

function stepOf({ push, massFrom }: DispatchTarget, { waiting, ...pass }: DispatchPass): Step {
  const { mass, maxBatch } = push;
  return mass !== null && waiting >= (massFrom ?? mass.from)
    ? { ...pass, alone: inTurn(), limit: mass.maxBatch, parallel: 1, claimMs: claimMs.job }
    : { ...pass, alone: inTurn(), limit: maxBatch, parallel: parallelCalls, claimMs: claimMs.call };
}

/**
 * What a dead worker held waits again. Of what it sent, that which the CRM has by now was our write. Only for who holds the
 * connection's lock, and before the first pass: it would take away what a pass has claimed.
 */
export async function recoverClaims(
  tx: Tx,
  { connectionId, now }: Pick<Dispatch, 'connectionId' | 'now'>,
): Promise<void> {
  const doubtful = await readDoubtful(tx, connectionId);
  const arrived = doubtful.filter(({ sent, remote }) => sameValue(sent, remote));
  await confirmWrites(tx, { connectionId, now: now() }, arrived);
  await releaseClaims(tx, connectionId);
}

/** One call, or one job. Null = nothing waits. */
async function dispatchBatch(
  dispatch: Dispatch,
  target: DispatchTarget,
  step: Step,
): Promise<readonly PushOutcome[] | null> {
  const { connector, signal } = dispatch;
  const token = dispatch.newToken();
  const claim = await step.alone(() => claimBatch(dispatch, target, { ...step, token }));
  if (claim.claimed.length === 0) return null;
  const { changes } = claim;
  const attributes = { 'leadloop.object': target.object, 'leadloop.records': changes.length };
  return inSpan('push batch', attributes, async () => {
    const outcomes = changes.length === 0 ? [] : await connector.push({ object: target.object, changes, signal });
    await settle(dispatch, target, { token, ...claim, outcomes });
    return outcomes;
  });
}

interface Claim {
  readonly claimed: readonly ExternalId[];
  /** Of those, what there is to write. */
  readonly changes: readonly PushChange[];
  /** The oldest change in the CRM behind each record that has one. */
  readonly ledBy: ReadonlyMap<ExternalId, Date>;
}

async function claimBatch(
  dispatch: Dispatch,
  target: DispatchTarget,
  { token, limit, claimMs: heldMs, upTo, isFilledUp }: Omit<Step, 'alone' | 'parallel'> & { readonly token: string },
): Promise<Claim> {
  dispatch.signal.throwIfAborted();
  return dispatch.database.transaction(dispatch.orgId, async (tx) => {
    const now = dispatch.now();
    const claimed = await claimPushes(tx, {
      connectionId: dispatch.connectionId,
      object: target.object,
      token,
      now,
      until: new Date(now.getTime() + heldMs),
      limit,
      upTo,
      isFilledUp,
    });
    const planned = claimed
      .map((record) => ({
        record,
        changes: explained(planChanges(record, target.rules, target.orders), target.rules, record),
      }))
      .filter((one) => one.changes.length > 0);
    await writeLedger(tx, { connectionId: dispatch.connectionId, runId: dispatch.runId, token, now }, planned);
    return {
      claimed: claimed.map(({ externalId }) => externalId),
      changes: planned.map(asChange),
      ledBy: new Map(
        claimed.flatMap(({ externalId, changedAt }) => (changedAt === null ? [] : [[externalId, changedAt]])),
      ),
    };
  });
}

async function settle(
  dispatch: Dispatch,
  target: DispatchTarget,
  answer: Claim & { readonly token: string; readonly outcomes: readonly PushOutcome[] },
): Promise<void> {
  const { connectionId, runId } = dispatch;
  const { object, rules, orders } = target;
  await dispatch.database.transaction(dispatch.orgId, async (tx) => {
    const now = dispatch.now();
    const { token, ledBy } = answer;
    const claimed = await lockClaimed(tx, { connectionId, object, token, externalIds: answer.claimed });
    const settlement = settleClaim(claimed, answer.changes, answer.outcomes, { rules, orders, ledBy, now });
    await saveSettled(tx, { token, now }, settlement.rows);
    await settleLedger(tx, { token, now }, settlement.ledger);
    await retireRecords(tx, connectionId, settlement.tombstones);
    await dropPushStates(tx, { connectionId, object }, settlement.missing);
    await saveRejected(tx, { connectionId, object, runId, now, read: [], rejected: settlement.rejected });
    const written = answer.outcomes.filter((one) => one.status === 'applied').map((one) => one.key);
    await closePushRejections(tx, { connectionId, object, now }, written);
  });
}

/** The score's own sentence beside the policy's: the ledger shall answer "why this value" years later. */
function explained(
  changes: readonly FieldChange[],
  rules: readonly OutRule[],
  reasons: Pick<ClaimedPush, 'reason' | 'plgReason'>,
): FieldChange[] {
  return changes.map((change) => {
    const from = rules.find(({ to }) => to === change.field)?.from;
    const sentence = reasonOf(from, reasons);
    // It may name somebody who was erased meanwhile; what we wrote last stands in the line of that write.
    const before = from === 'suggested_action' ? null : change.before;
    return { ...change, before, why: sentence === null ? change.why : `${change.why}: ${sentence}` };
  });
}

function asChange({ record, changes }: PlannedRecord): PushChange {
  return {
    key: record.externalId,
    externalId: record.externalId,
    fields: Object.fromEntries(changes.map((change) => [change.field, change.after])),
  };
}
