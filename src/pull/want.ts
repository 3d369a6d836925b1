import {
  loadCompanyTargets,
  loadPushTargets,
  lockCompanyPushStates,
  lockPushStates,
  type PushTarget,
  type SeenRecords,
} from '../db/queries/load-push-targets.ts';
import { type PlannedState, savePushStates } from '../db/queries/save-push-states.ts';
import type { Tx } from '../db/tx.ts';
import type { OutputValues } from '../model/lead.ts';
import type { OutRule } from '../model/mapping.ts';
import type { ConnectionId, ExternalId, Fields, LeadId } from '../model/values.ts';
import { keptAfterPull } from '../push/kept.ts';
import { planChanges, priorityOf, wantedFields } from '../push/plan.ts';
import type { ChangeTimes } from './change-times.ts';
import type { ScoringContext } from './pipeline.ts';

/** What this batch has just seen in the CRM, for the fields that we write. */
export interface SeenRemote {
  readonly connectionId: ConnectionId;
  readonly object: string;
  readonly fields: ReadonlyMap<ExternalId, Fields>;
}

/** Of a step that asked no CRM. */
export const nothingSeen: SeenRemote = {
  connectionId: '00000000-0000-0000-0000-000000000000',
  object: '',
  fields: new Map(),
};

/**
 * Notes what each CRM record of the leads shall have, beside what the CRM has, and marks those where something is to be
 * written. Reads and writes the database only: the push itself comes later and outside of any transaction.
 */
export async function want(
  tx: Tx,
  context: ScoringContext,
  outputs: ReadonlyMap<LeadId, OutputValues>,
  { seen, changedAt }: { readonly seen: SeenRemote; readonly changedAt: ChangeTimes },
): Promise<void> {
  // Somebody may be settling writes at this moment: what a connection has learnt must not be overwritten.
  await lockPushStates(tx, [...outputs.keys()]);
  const targets = await loadPushTargets(tx, [...outputs.keys()], recordsOf(seen));
  await planTargets(tx, context, targets, { outputs, seen, changedAt, otherwise: undefined });
}

/** Of a company nobody has signed up from, or from which the last person has gone, the CRM must not show what we once said. */
const nothingToSay: OutputValues = { plg_score: null, plg_tier: null, suggested_action: null };

/** The same for the CRM records of companies, by domain; null = it has no score (any more). */
export async function wantOfCompanies(
  tx: Tx,
  context: ScoringContext,
  outputs: ReadonlyMap<string, OutputValues | null>,
  { seen, changedAt }: { readonly seen: SeenRemote; readonly changedAt: ChangeTimes },
): Promise<void> {
  await lockCompanyPushStates(tx, [...outputs.keys()]);
  const targets = await loadCompanyTargets(tx, [...outputs.keys()], recordsOf(seen));
  await planTargets(tx, context, targets, { outputs, seen, changedAt, otherwise: nothingToSay });
}

function recordsOf({ connectionId, object, fields }: SeenRemote): SeenRecords {
  return { connectionId, object, externalIds: [...fields.keys()] };
}

interface Wanting {
  /** By subject. */
  readonly outputs: ReadonlyMap<string, OutputValues | null>;
  readonly seen: SeenRemote;
  readonly changedAt: ChangeTimes;
  /** For a record that was written before and has no output now; undefined = as it was. */
  readonly otherwise: OutputValues | undefined;
}

async function planTargets(
  tx: Tx,
  context: ScoringContext,
  targets: readonly PushTarget[],
  { outputs, seen, changedAt, otherwise }: Wanting,
): Promise<void> {
  const states = targets.flatMap((target) => {
    const values = outputs.get(target.subject) ?? (target.planned ? otherwise : undefined);
    const state = stateOf(target, context, values, seen);
    return state === null ? [] : { ...state, changedAt: changedAt.get(target.subject) ?? null };
  });
  await savePushStates(tx, states, context.at);
}

/** PURE. Null where the record's connection writes nothing, or nothing is known to want yet. */
function stateOf(
  target: PushTarget,
  context: ScoringContext,
  values: OutputValues | undefined,
  seen: SeenRemote,
): Omit<PlannedState, 'changedAt'> | null {
  const source = context.outputs.find((one) => one.connectionId === target.connectionId);
  const output = source?.objects[target.object];
  if (source === undefined || output === undefined || (values === undefined && !target.planned)) return null;
  const isSeen = target.connectionId === seen.connectionId && target.object === seen.object;
  const { planned: _planned, subject: _subject, mappingVersion, parent, ...record } = target;
  // A field that the record was never read with may hold anything: it waits for the next pull.
  const isKnown = ({ to }: OutRule): boolean =>
    mappingVersion === source.mappingVersion || to in target.wanted || to in target.remote;
  const wanted = values === undefined ? target.wanted : wantedFields(output.rules.filter(isKnown), values);
  const read = isSeen ? seen.fields.get(target.externalId) : undefined;
  const sides = {
    ...record,
    wanted,
    ...(read !== undefined && { remote: read, kept: keptAfterPull(target, wanted, read) }),
  };
  const changes = planChanges(sides, output.rules, output.orders);
  return { ...sides, parent, pending: changes.length > 0, priority: priorityOf(changes, output.rules, wanted) };
}
