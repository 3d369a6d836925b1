/**
 * PURE. Why somebody is not what one might expect: the first gate on the way that said no, and what changes that.
 *
 * read → matched → qualified → written; whoever came through all of them meets none.
 */
import type { WhatRuns } from '../health/what-runs.ts';
import { decideWrite, sameValue, type WriteReason } from '../mapping/write-policy.ts';
import { type LeadStatus, qualifiedStatuses } from '../model/lead.ts';
import type { OutRule } from '../model/mapping.ts';
import type { Trigger } from '../model/profile.ts';
import type { OptionOrders, PushSides } from '../model/push.ts';
import type { ExternalId, Fields } from '../model/values.ts';
import { isKept } from '../push/kept.ts';
import { triggerDistances } from './trigger-distance.ts';

export const gateNames = ['read', 'matched', 'qualified', 'written'] as const;
/** Where it is changed: a page of the console, or the CRM itself. */
export const gateSettings = ['connections', 'settings', 'mapping', 'scoring', 'runs', 'crm'] as const;

/** What said no. */
export interface Gate {
  readonly gate: (typeof gateNames)[number];
  readonly code: string;
  /** Null = it concerns the person, not one of their CRMs. */
  readonly connection: string | null;
  readonly object: string | null;
  readonly externalId: ExternalId | null;
  readonly reason: string;
  readonly remedy: string;
  readonly setting: (typeof gateSettings)[number];
}

export interface WhyNotFacts {
  readonly lead: { readonly status: LeadStatus; readonly email: string | null };
  readonly triggers: readonly Trigger[];
  /** What triggers look at. */
  readonly facts: Fields;
  /** Ids of the triggers that hold. */
  readonly held: readonly string[];
  readonly connections: readonly ConnectionFacts[];
  readonly now: Date;
}

export interface ConnectionFacts {
  readonly name: string;
  readonly pushMode: 'plan' | 'auto';
  readonly runs: WhatRuns;
  /** Null = it has never been read. */
  readonly lastSuccessAt: Date | null;
  /** What keeps writes waiting for the day's calls; null = nothing does. */
  readonly quota: { readonly until: Date; readonly reason: string } | null;
  /** The person's own ones. */
  readonly records: readonly RecordFacts[];
}

export interface RecordFacts {
  readonly object: string;
  readonly externalId: ExternalId;
  readonly gone: { readonly at: Date; readonly reason: string | null } | null;
  /** What the mapping writes to it. */
  readonly rules: readonly OutRule[];
  readonly orders: OptionOrders;
  /** Null = it was never planned. */
  readonly push: PushFacts | null;
}

export interface PushFacts extends PushSides {
  readonly state: 'settled' | 'pending' | 'claimed' | 'dead';
  readonly availableAt: Date;
  readonly lastError: string | null;
}

/** Of the person, then of each connection and record: at most one gate each. */
export function whyNot(facts: WhyNotFacts): readonly Gate[] {
  const qualified = qualifiedGate(facts);
  return [
    ...(facts.connections.length === 0 ? [noConnection] : []),
    ...(qualified === null ? [] : [qualified]),
    ...facts.connections.flatMap((connection) => gatesOf(connection, facts)),
  ];
}

const nowhere = { connection: null, object: null, externalId: null } as const;

const noConnection: Gate = {
  ...nowhere,
  gate: 'read',
  code: 'no-connection',
  reason: 'No CRM is connected.',
  remedy: 'Connect one.',
  setting: 'connections',
};

function qualifiedGate({ lead, triggers, facts, held }: WhyNotFacts): Gate | null {
  if (qualifiedStatuses.includes(lead.status)) return null;
  const said = { ...nowhere, gate: 'qualified' } as const;
  if (lead.status === 'disqualified')
    return {
      ...said,
      code: 'disqualified',
      reason: 'Sales has disqualified this person: however much they do, they do not qualify.',
      remedy: 'Sales sets the status to recycled in the CRM; what they do from then on counts.',
      setting: 'crm',
    };
  if (held.length > 0)
    return {
      ...said,
      code: 'nothing-new',
      reason: 'A trigger holds, but on nothing that they have done since sales recycled them.',
      remedy: 'Wait for the next engagement.',
      setting: 'scoring',
    };
  const [nearest] = triggerDistances(triggers, facts, held);
  if (nearest === undefined)
    return {
      ...said,
      code: 'no-trigger',
      reason: 'The profile has no trigger: nobody qualifies.',
      remedy: 'Add a trigger to the marketing profile.',
      setting: 'scoring',
    };
  const since = lead.status === 'recycled' ? ' Only what they have done since they were recycled counts.' : '';
  return {
    ...said,
    code: 'trigger-short',
    reason: `No trigger holds. The nearest is “${nearest.trigger.label}”: ${nearest.needs.replaceAll('_', ' ')}.${since}`,
    remedy: 'It comes with what they do, or change the triggers of the marketing profile.',
    setting: 'scoring',
  };
}

function gatesOf(connection: ConnectionFacts, facts: WhyNotFacts): readonly Gate[] {
  const living = connection.records.filter(({ gone }) => gone === null);
  if (living.length === 0) return [absent(connection, facts.lead)];
  return living.flatMap((record) => {
    const gate = writtenGate(connection, record, facts.now);
    return gate === null ? [] : [gate];
  });
}

/** Why the connection has no record of the person. */
function absent({ name, records, runs, lastSuccessAt }: ConnectionFacts, lead: WhyNotFacts['lead']): Gate {
  const here = { ...nowhere, connection: name } as const;
  const [gone] = records;
  if (gone !== undefined && gone.gone !== null)
    return {
      ...here,
      object: gone.object,
      externalId: gone.externalId,
      gate: 'read',
      code: 'record-gone',
      reason: `The record is gone from the CRM since ${dayOf(gone.gone.at)} (${gone.gone.reason ?? 'not found'}).`,
      remedy: 'Restore it in the CRM: the next full pass reads it again.',
      setting: 'crm',
    };
  if (!runs.pull)
    return {
      ...here,
      gate: 'read',
      code: 'pull-paused',
      reason: `Nothing is read from here: ${runs.reason ?? 'paused'}.`,
      remedy: runs.until === null ? 'Take the pause back.' : `It is tried again at ${instantOf(runs.until)}.`,
      setting: 'connections',
    };
  if (lastSuccessAt === null)
    return {
      ...here,
      gate: 'read',
      code: 'never-read',
      reason: 'This CRM has not been read yet.',
      remedy: 'Run it once, or wait for its schedule.',
      setting: 'runs',
    };
  return {
    ...here,
    gate: 'matched',
    code: lead.email === null ? 'no-address' : 'no-match',
    reason:
      lead.email === null
        ? 'They have no e-mail address that a record here could be matched by.'
        : 'No record here has their e-mail address.',
    remedy: 'Create the person in this CRM, or correct the address or the field that it is mapped from.',
    setting: lead.email === null ? 'mapping' : 'crm',
  };
}

function writtenGate(connection: ConnectionFacts, record: RecordFacts, now: Date): Gate | null {
  const { object, externalId, rules, push } = record;
  const said = { gate: 'written', connection: connection.name, object, externalId } as const;
  if (rules.length === 0)
    return {
      ...said,
      code: 'not-mapped',
      reason: `The mapping writes nothing to ${object}.`,
      remedy: 'Say in the mapping which fields of it we write.',
      setting: 'mapping',
    };
  if (push === null)
    return {
      ...said,
      code: 'not-planned',
      reason: 'What it shall have has not been worked out yet.',
      remedy: 'The next run does.',
      setting: 'runs',
    };
  const why = push.state === 'settled' ? leftAlone(record, push) : waits(connection, push, now);
  return why === null ? null : { ...said, ...why };
}

type Why = Pick<Gate, 'code' | 'reason' | 'remedy' | 'setting'>;

/** Why something that is to be written is not there yet: what holds it first. */
function waits(connection: ConnectionFacts, push: PushFacts, now: Date): Why {
  if (push.state === 'dead')
    return {
      code: 'refused',
      reason: `The CRM has refused the write: ${saidBy(push)}`,
      remedy: 'Put right what it names, then retry the rejected records of the connection.',
      setting: 'runs',
    };
  if (push.state === 'claimed')
    return { code: 'on-its-way', reason: 'It is being written now.', remedy: 'Look again soon.', setting: 'runs' };
  return heldByConnection(connection) ?? heldByRecord(push, now);
}

function saidBy({ lastError }: PushFacts): string {
  return lastError ?? 'it did not say why';
}

/** Null = the connection writes. */
function heldByConnection({ runs, pushMode, quota }: ConnectionFacts): Why | null {
  if (!runs.push && runs.until === null)
    return {
      code: 'push-paused',
      reason: `Nothing is written here: ${runs.reason ?? 'paused'}.`,
      remedy: 'Take the pause back.',
      setting: 'connections',
    };
  if (!runs.push && runs.until !== null)
    return {
      code: 'after-failure',
      reason: `The connection waits after a failure: ${runs.reason ?? 'unknown'}`,
      remedy: `It is tried again at ${instantOf(runs.until)}.`,
      setting: 'connections',
    };
  if (pushMode === 'plan')
    return {
      code: 'plan-mode',
      reason: 'The connection is in plan mode: it shows what it would write, and writes nothing.',
      remedy: 'An admin lets it write, in its settings under “Writing”.',
      setting: 'settings',
    };
  if (quota === null) return null;
  return {
    code: 'quota',
    reason: `It waits for the day’s API calls (${quota.reason}), until ${instantOf(quota.until)}.`,
    remedy: 'It goes on by itself; give the connection a larger share of the calls to have it sooner.',
    setting: 'settings',
  };
}

function heldByRecord(push: PushFacts, now: Date): Why {
  if (push.availableAt > now)
    return {
      code: 'put-off',
      reason: `The CRM has put it off: ${saidBy(push)}`,
      remedy: `It is tried again at ${instantOf(push.availableAt)}.`,
      setting: 'runs',
    };
  return {
    code: 'next-run',
    reason: 'It is written with the next run.',
    remedy: 'Wait, or run it now.',
    setting: 'runs',
  };
}

/** Why a field is not as we want it although nothing waits. */
function leftAlone({ rules, orders }: RecordFacts, push: PushFacts): Why | null {
  for (const rule of rules) {
    const wanted = push.wanted[rule.to];
    if (wanted === undefined) continue;
    const remote = push.remote[rule.to] ?? null;
    if (sameValue(wanted, remote)) continue;
    if (isKept(push, rule.to, wanted, remote))
      return {
        code: 'kept-by-crm',
        reason: `${rule.to}: whatever we write, the CRM goes back to a value of its own.`,
        remedy: 'Look for a workflow or rule in the CRM that sets this field, or map another one.',
        setting: 'crm',
      };
    const lastPushed = push.pushed[rule.to] ?? null;
    const { why } = decideWrite(rule.write, { wanted, remote, lastPushed, order: orders[rule.to] ?? [] });
    const reason = policyReasons[why];
    if (reason !== undefined)
      return {
        code: 'left-alone',
        reason: `${rule.to}: ${reason}`,
        remedy: `Change how this field is written (${rule.write}) in the mapping.`,
        setting: 'mapping',
      };
  }
  return null;
}

const policyReasons: { readonly [R in WriteReason]?: string } = {
  never: 'it is computed and shown, and never written.',
  'not-blank': 'it is only filled where it is empty, and the CRM has a value.',
  'edited-in-crm': 'somebody has changed it in the CRM since we wrote it.',
  'not-forward': 'it only ever moves forward, and the CRM is further on.',
};

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function instantOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
