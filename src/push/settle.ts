/** PURE. What an answer of the CRM makes of a record: its next state, its ledger line, its tombstone. */
import type { PushChange, PushOutcome } from '../connector-sdk/connector.ts';
import type { LedgerOutcome } from '../db/queries/write-ledger.ts';
import type { HeldPush, SettledPush } from '../db/queries/settle-pushes.ts';
import type { OutRule } from '../model/mapping.ts';
import type { OptionOrders, PushRecord, PushSides } from '../model/push.ts';
import type { RejectedRecord, Tombstone } from '../model/records.ts';
import type { ExternalId } from '../model/values.ts';
import { isKept, keptAfterAnswer } from './kept.ts';
import { planChanges, priorityOf } from './plan.ts';

export interface Settlement {
  readonly rows: readonly SettledPush[];
  readonly ledger: readonly LedgerOutcome[];
  readonly rejected: readonly RejectedRecord[];
  readonly tombstones: readonly Tombstone[];
  /** Records that the CRM did not find: nothing waits for them until the next census says what became of them. */
  readonly missing: readonly ExternalId[];
}

export interface SettleContext {
  readonly rules: readonly OutRule[];
  readonly orders: OptionOrders;
  /** The oldest change in the CRM that the claim has taken over, by record. */
  readonly ledBy: ReadonlyMap<ExternalId, Date>;
  readonly now: Date;
}

/** A CRM that defers one record for hours has a reason that time does not mend: after so many tries a person looks. */
const maxAttempts = 12;
const longestDelayMs = 3_600_000;

/** One settlement for a claim: `sent` are the changes that went out, `outcomes` their answers, by key = CRM id. */
export function settleClaim(
  claimed: readonly HeldPush[],
  sent: readonly PushChange[],
  outcomes: readonly PushOutcome[],
  context: SettleContext,
): Settlement {
  const changeOf = new Map(sent.map((change) => [change.externalId, change]));
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.key, outcome]));
  const parts = claimed.map((record) => {
    const change = changeOf.get(record.externalId);
    const outcome = outcomeOf.get(record.externalId);
    if (change === undefined) return only(stillLed(nextState(record, record, context), context));
    return outcome === undefined
      ? deferred(record, change, { reason: 'no answer for this record', retryAfterMs: 0 }, context)
      : settleOne(record, change, outcome, context);
  });
  return {
    rows: parts.flatMap((part) => part.rows),
    ledger: parts.flatMap((part) => part.ledger),
    rejected: parts.flatMap((part) => part.rejected),
    tombstones: parts.flatMap((part) => part.tombstones),
    missing: parts.flatMap((part) => part.missing),
  };
}

function settleOne(record: HeldPush, change: PushChange, outcome: PushOutcome, context: SettleContext): Settlement {
  const line = { externalId: record.externalId, field: null, requestId: outcome.requestId };
  switch (outcome.status) {
    case 'applied': {
      const sides = afterWrite(record, change, outcome.fields);
      const kept = Object.entries(change.fields).flatMap(([field, wanted]) =>
        isKept(sides, field, wanted, sides.remote[field] ?? null) ? [field] : [],
      );
      return {
        ...only(nextState(record, sides, context)),
        ledger: [
          ...kept.map((field) => ({ ...line, field, outcome: 'kept' as const, reason: 'the CRM kept its own value' })),
          { ...line, outcome: 'applied', reason: null },
        ],
      };
    }
    case 'deferred':
      return {
        ...deferred(record, change, outcome, context),
        ledger: [{ ...line, outcome: 'deferred', reason: outcome.reason }],
      };
    case 'rejected':
      return {
        ...dead(record, change, outcome, context),
        ledger: [{ ...line, outcome: 'rejected', reason: outcome.reason }],
      };
    case 'gone':
      return {
        ...nothing,
        ledger: [{ ...line, outcome: 'gone', reason: outcome.mergedInto === null ? 'not found' : 'merged' }],
        ...(outcome.mergedInto === null
          ? { missing: [record.externalId] }
          : { tombstones: [mergedRecord(record, outcome.mergedInto)] }),
      };
  }
}

const nothing: Settlement = { rows: [], ledger: [], rejected: [], tombstones: [], missing: [] };
const only = (row: SettledPush): Settlement => ({ ...nothing, rows: [row] });

/** The three sides after a write that went through. */
function afterWrite(record: PushRecord, change: PushChange, answered: PushSides['remote']): PushSides {
  return {
    wanted: record.wanted,
    remote: { ...record.remote, ...answered },
    pushed: { ...record.pushed, ...change.fields },
    kept: keptAfterAnswer(record.kept, change.fields, answered),
  };
}

/** Wanted may have changed while the write was on its way: then the record waits again. */
function nextState(record: HeldPush, sides: PushSides, context: SettleContext): SettledPush {
  const changes = planChanges(sides, context.rules, context.orders);
  const isPending = changes.length > 0;
  return {
    ...record,
    ...sides,
    state: isPending ? 'pending' : 'settled',
    changedAt: isPending ? record.changedAt : null,
    priority: priorityOf(changes, context.rules, sides.wanted),
    attempts: 0,
    availableAt: context.now,
    lastError: null,
  };
}

/** What was claimed is not in the CRM yet: the change that led to it goes on waiting. */
function stillLed(row: SettledPush, { ledBy }: SettleContext): SettledPush {
  if (row.state === 'settled') return row;
  return { ...row, changedAt: earlier(row.changedAt, ledBy.get(row.externalId) ?? null) };
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

/** Waits longer with each refusal, and for a person after too many. */
function deferred(
  record: HeldPush,
  change: PushChange,
  outcome: { readonly reason: string; readonly retryAfterMs: number },
  context: SettleContext,
): Settlement {
  const attempts = record.attempts + 1;
  if (attempts >= maxAttempts) return dead(record, change, { ...outcome, field: null }, context);
  const delayMs = Math.min(longestDelayMs, Math.max(outcome.retryAfterMs, 1_000 * 2 ** attempts));
  const waiting: SettledPush = {
    ...nextState(record, record, context),
    state: 'pending',
    attempts,
    availableAt: new Date(context.now.getTime() + delayMs),
    lastError: outcome.reason,
    changedAt: record.changedAt,
  };
  return only(stillLed(waiting, context));
}

/** Never tried again as it is; kept among the rejected records with the CRM's reason. */
function dead(
  record: HeldPush,
  change: PushChange,
  { reason, field }: { readonly reason: string; readonly field: string | null },
  context: SettleContext,
): Settlement {
  const { object, externalId } = record;
  const rejected: RejectedRecord = {
    object,
    externalId,
    stage: 'push',
    field,
    code: 'refused-by-crm',
    message: reason,
    effect: 'reject',
    fields: change.fields,
  };
  // Until a person has looked, for as long as that takes: no measure of ours.
  const row: SettledPush = { ...nextState(record, record, context), state: 'dead', lastError: reason, changedAt: null };
  return { ...nothing, rows: [row], rejected: [rejected] };
}

function mergedRecord({ object, externalId }: PushRecord, mergedInto: ExternalId): Tombstone {
  return { object, externalId, reason: 'merged', mergedInto };
}
