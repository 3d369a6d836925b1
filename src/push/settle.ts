/** PURE. What an answer of the CRM makes of a record: its next state, its ledger line, its tombstone. */
import type { PushChange, PushOutcome } from '../connector-sdk/connector.ts';
import type { LedgerOutcome } from '../db/queries/write-ledger.ts';
import type { SettledPush } from '../db/queries/settle-pushes.ts';
import { sameValue } from '../mapping/write-policy.ts';
import type { OutRule } from '../model/mapping.ts';
import type { OptionOrders, PushRecord, PushSides } from '../model/push.ts';
import type { RejectedRecord, Tombstone } from '../model/records.ts';
import { planChanges, priorityOf } from './plan.ts';

export interface Settlement {
  readonly rows: readonly SettledPush[];
  readonly ledger: readonly LedgerOutcome[];
  readonly rejected: readonly RejectedRecord[];
  readonly tombstones: readonly Tombstone[];
}

export interface SettleContext {
  readonly rules: readonly OutRule[];
  readonly orders: OptionOrders;
  readonly now: Date;
}

type Claimed = PushRecord & { readonly attempts: number };

/** A CRM that defers one record for hours has a reason that time does not mend: after so many tries a person looks. */
const maxAttempts = 12;
const longestDelayMs = 3_600_000;

/** One settlement for a claim: `sent` are the changes that went out, `outcomes` their answers, by key = CRM id. */
export function settleClaim(
  claimed: readonly Claimed[],
  sent: readonly PushChange[],
  outcomes: readonly PushOutcome[],
  context: SettleContext,
): Settlement {
  const changeOf = new Map(sent.map((change) => [change.externalId, change]));
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.key, outcome]));
  const parts = claimed.map((record) => {
    const change = changeOf.get(record.externalId);
    const outcome = outcomeOf.get(record.externalId);
    if (change === undefined) return only(nextState(record, record, context));
    return outcome === undefined
      ? only(deferred(record, 'no answer for this record', 0, context))
      : settleOne(record, change, outcome, context);
  });
  return {
    rows: parts.flatMap((part) => part.rows),
    ledger: parts.flatMap((part) => part.ledger),
    rejected: parts.flatMap((part) => part.rejected),
    tombstones: parts.flatMap((part) => part.tombstones),
  };
}

function settleOne(record: Claimed, change: PushChange, outcome: PushOutcome, context: SettleContext): Settlement {
  const line = { externalId: record.externalId, field: null, requestId: outcome.requestId };
  switch (outcome.status) {
    case 'applied': {
      const sides = afterWrite(record, change, outcome.fields);
      const kept = Object.keys(change.fields).filter((field) => sides.kept[field] !== undefined);
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
        ...only(deferred(record, outcome.reason, outcome.retryAfterMs, context)),
        ledger: [{ ...line, outcome: 'deferred', reason: outcome.reason }],
      };
    case 'rejected':
      return {
        ...only({ ...deferred(record, outcome.reason, 0, context), state: 'dead' }),
        ledger: [{ ...line, outcome: 'rejected', reason: outcome.reason }],
        rejected: [rejection(record, change, outcome)],
      };
    case 'gone':
      return {
        ...nothing,
        ledger: [{ ...line, outcome: 'gone', reason: outcome.mergedInto === null ? 'not found' : 'merged' }],
        tombstones: [
          {
            object: record.object,
            externalId: record.externalId,
            reason: outcome.mergedInto === null ? 'archived' : 'merged',
            mergedInto: outcome.mergedInto,
          },
        ],
      };
  }
}

const nothing: Settlement = { rows: [], ledger: [], rejected: [], tombstones: [] };
const only = (row: SettledPush): Settlement => ({ ...nothing, rows: [row] });

/** The three sides after a write that went through. */
function afterWrite(record: PushRecord, change: PushChange, answered: PushSides['remote']): PushSides {
  const kept = { ...record.kept };
  for (const [field, wanted] of Object.entries(change.fields)) {
    const remote = answered[field] ?? null;
    if (sameValue(remote, wanted)) delete kept[field];
    else kept[field] = { wanted, remote };
  }
  return {
    wanted: record.wanted,
    remote: { ...record.remote, ...answered },
    pushed: { ...record.pushed, ...change.fields },
    kept,
  };
}

/** Wanted may have changed while the write was on its way: then the record waits again. */
function nextState(record: Claimed, sides: PushSides, context: SettleContext): SettledPush {
  const changes = planChanges(sides, context.rules, context.orders);
  return {
    ...record,
    ...sides,
    state: changes.length > 0 ? 'pending' : 'settled',
    priority: priorityOf(changes, context.rules),
    attempts: 0,
    availableAt: context.now,
    lastError: null,
  };
}

function deferred(record: Claimed, reason: string, retryAfterMs: number, context: SettleContext): SettledPush {
  const delayMs = Math.min(longestDelayMs, Math.max(retryAfterMs, 1_000 * 2 ** record.attempts));
  return {
    ...nextState(record, record, context),
    state: record.attempts >= maxAttempts ? 'dead' : 'pending',
    attempts: record.attempts,
    availableAt: new Date(context.now.getTime() + delayMs),
    lastError: reason,
  };
}

function rejection(
  record: PushRecord,
  change: PushChange,
  outcome: Extract<PushOutcome, { status: 'rejected' }>,
): RejectedRecord {
  return {
    object: record.object,
    externalId: record.externalId,
    stage: 'push',
    field: outcome.field,
    code: 'refused-by-crm',
    message: outcome.reason,
    effect: 'reject',
    fields: change.fields,
  };
}
