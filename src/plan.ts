import type { Session } from './connection.ts';
import { countRefused, type WaitingPushes, waitingPushes } from './db/queries/waiting-pushes.ts';
import type { MappingProblem } from './model/mapping.ts';
import type { ConnectionOutputs, PlannedRecord } from './model/push.ts';
import { prepare } from './pull/prepare.ts';
import { type AskRadius, holdsOf, type PushHold } from './push-holds.ts';
import {
  type PreviewPage,
  previewPage,
  type PreviewSource,
  previewPush,
  type PreviewWish,
  writtenObjects,
} from './push/preview.ts';

export interface ConnectionPlan {
  readonly connection: string;
  readonly records: readonly PlannedRecord[];
  readonly calls: number;
  /** Why a sync would not write it by itself; null = it would. */
  readonly blocked: { readonly reason: string; readonly remedy: string } | null;
}

/** What a push of the connection would write now. */
export async function planConnection(session: Session, signal: AbortSignal): Promise<ConnectionPlan> {
  const { outputs } = await openPlan(session, signal);
  const { records, calls } = await previewPush(sourceOf(session), outputs);
  const block = (await holdsOf(session)).find(({ kind }) => blocking.includes(kind));
  const blocked = block === undefined ? null : { reason: block.reason, remedy: block.remedy };
  return { connection: session.connection.name, records, calls, blocked };
}

/** The others end by themselves, or with the run that somebody is about to ask for. */
const blocking: readonly PushHold['kind'][] = ['paused', 'mode', 'blast-radius'];

/** What a plan comes to, without its records. */
export interface PlanSummary {
  /** Records that wait, by object; as many as are counted at most where there are more. */
  readonly waiting: readonly WaitingPushes[];
  /** The price of them in API calls, each call as full as it may be. */
  readonly calls: number;
  /** More wait than are counted. */
  readonly isCapped: boolean;
  /** Records whose last write the CRM refused. */
  readonly refused: number;
  readonly holds: readonly PushHold[];
  /** Fields that are left out, and why. */
  readonly problems: readonly MappingProblem[];
  /** Those that may be written, in the order of the mapping. */
  readonly fields: readonly string[];
}

/** Counting a million rows takes longer than anybody waits for a page. */
const mostCounted = 100_000;

export async function summarisePlan(session: Session, signal: AbortSignal, askRadius: AskRadius): Promise<PlanSummary> {
  const { outputs, problems } = await openPlan(session, signal);
  const objects = writtenObjects(session.definition, outputs);
  const { waiting, refused } = await session.database.transaction(session.orgId, async (tx) => {
    const target = { connectionId: session.connection.id, objects: objects.map(({ object }) => object) };
    return {
      waiting: await waitingPushes(tx, { ...target, most: mostCounted }),
      refused: await countRefused(tx, session.connection.id),
    };
  });
  const callsOf = ({ object, count }: WaitingPushes): number =>
    Math.ceil(count / (objects.find((one) => one.object === object)?.maxBatch ?? 1));
  const rules = Object.values(outputs.objects).flatMap((output) => output.rules);
  return {
    waiting,
    calls: waiting.reduce((sum, one) => sum + callsOf(one), 0),
    isCapped: waiting.some(({ count }) => count >= mostCounted),
    refused,
    holds: await holdsOf(session, askRadius),
    problems: problems.filter(({ direction }) => direction === 'out'),
    fields: [...new Set(rules.map(({ to }) => to))],
  };
}

/** Some of the records of the plan. */
export async function planPage(session: Session, wish: PreviewWish, signal: AbortSignal): Promise<PreviewPage> {
  const { outputs } = await openPlan(session, signal);
  return previewPage(sourceOf(session), outputs, wish);
}

async function openPlan(
  session: Session,
  signal: AbortSignal,
): Promise<{ readonly outputs: ConnectionOutputs; readonly problems: readonly MappingProblem[] }> {
  const { pipeline, problems } = await prepare(session, session.newId(), signal);
  const { id: connectionId } = session.connection;
  const outputs = pipeline.outputs.find((one) => one.connectionId === connectionId);
  return { problems, outputs: outputs ?? { connectionId, mappingVersion: 0, objects: {} } };
}

function sourceOf({ database, orgId, definition }: Session): PreviewSource {
  return { database, orgId, objects: definition.objects };
}
