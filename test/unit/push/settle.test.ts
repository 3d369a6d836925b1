import { describe, expect, test } from 'vitest';
import type { PushOutcome } from '../../../src/connector-sdk/connector.ts';
import type { HeldPush } from '../../../src/db/queries/settle-pushes.ts';
import type { OutRule } from '../../../src/model/mapping.ts';
import { settleClaim } from '../../../src/push/settle.ts';

const claimedFor = new Date('2026-11-27T12:00:00Z');
const cameMeanwhile = new Date('2026-11-27T12:00:30Z');
const now = new Date('2026-11-27T12:01:00Z');
const rules: readonly OutRule[] = [{ from: 'lead_score', to: 'score', write: 'always', values: null }];

const record: HeldPush = {
  connectionId: '00000000-0000-4000-8000-000000000001',
  object: 'contacts',
  externalId: '7',
  leadId: '00000000-0000-4000-9000-000000000001',
  wanted: { score: 50 },
  remote: { score: 40 },
  pushed: {},
  kept: {},
  attempts: 0,
  changedAt: null,
};

const line = { key: '7', requestId: null } as const;
const applied: PushOutcome = { ...line, status: 'applied', fields: { score: 50 } };
const deferred: PushOutcome = { ...line, status: 'deferred', reason: 'locked', retryAfterMs: 0 };
const rejected: PushOutcome = { ...line, status: 'rejected', reason: 'no', field: null };

/** Of the one row: what it has become, and since when a change in the CRM waits there. */
function settled(held: Partial<HeldPush>, outcome: PushOutcome | null) {
  const sent = [{ key: '7', externalId: '7', fields: { score: 50 } }];
  const context = { rules, orders: {}, now, ledBy: new Map([['7', claimedFor]]) };
  const { rows } = settleClaim([{ ...record, ...held }], sent, outcome === null ? [] : [outcome], context);
  return rows.map(({ state, changedAt }) => ({ state, changedAt }));
}

describe('the change in the CRM behind a write', () => {
  test('waits no more once the write has gone through', () => {
    expect(settled({}, applied)).toEqual([{ state: 'settled', changedAt: null }]);
  });

  test('is another one where something else became wanted meanwhile', () => {
    const held = { wanted: { score: 60 }, changedAt: cameMeanwhile };
    expect(settled(held, applied)).toEqual([{ state: 'pending', changedAt: cameMeanwhile }]);
    // That which came meanwhile may have had another cause, such as decay.
    expect(settled({ wanted: { score: 60 } }, applied)).toEqual([{ state: 'pending', changedAt: null }]);
  });

  test.each([
    ['put off', deferred],
    ['not answered', null],
  ])('goes on waiting where the write was %s, and is the oldest of those that wait', (_, outcome) => {
    expect(settled({}, outcome)).toEqual([{ state: 'pending', changedAt: claimedFor }]);
    expect(settled({ changedAt: cameMeanwhile }, outcome)).toEqual([{ state: 'pending', changedAt: claimedFor }]);
  });

  test('is forgotten where the write was refused for good: it waits for a person', () => {
    expect(settled({}, rejected)).toEqual([{ state: 'dead', changedAt: null }]);
  });
});
