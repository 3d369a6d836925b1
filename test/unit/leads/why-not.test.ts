import { describe, expect, test } from 'vitest';
import {
  type ConnectionFacts,
  type PushFacts,
  type RecordFacts,
  whyNot,
  type WhyNotFacts,
} from '../../../src/leads/why-not.ts';
import type { OutRule, WritePolicy } from '../../../src/model/mapping.ts';
import { defaultMqlProfile } from '../../../src/scoring/defaults.ts';

const now = new Date('2026-11-27T10:00:00Z');
const later = new Date('2026-11-27T11:30:00Z');

const rule = (write: WritePolicy = 'always'): OutRule => ({ from: 'lead_score', to: 'score', write, values: null });
const push: PushFacts = {
  state: 'settled',
  wanted: { score: 42 },
  remote: { score: 42 },
  pushed: { score: 42 },
  kept: {},
  availableAt: now,
  lastError: null,
};
const record: RecordFacts = { object: 'contacts', externalId: '51', gone: null, rules: [rule()], orders: {}, push };
const connection: ConnectionFacts = {
  name: 'acme-hubspot',
  pushMode: 'auto',
  runs: { pull: true, push: true, reason: null, until: null },
  lastSuccessAt: now,
  quota: null,
  records: [record],
};
const facts: WhyNotFacts = {
  lead: { status: 'mql', email: 'ada@acme.example' },
  triggers: defaultMqlProfile.triggers,
  facts: { lead_score: 48, email_opens: 1, website_visits: 2, content_downloads: 0, demo_requested: false },
  held: [],
  connections: [connection],
  now,
};

const asked = (over: Partial<WhyNotFacts>) => whyNot({ ...facts, ...over });
const ofConnection = (over: Partial<ConnectionFacts>) => asked({ connections: [{ ...connection, ...over }] });
const ofPush = (over: Partial<PushFacts>, more: Partial<ConnectionFacts> = {}) =>
  ofConnection({ ...more, records: [{ ...record, push: { ...push, ...over } }] });

test('who has come through every gate meets none', () => {
  expect(asked({})).toEqual([]);
  for (const status of ['sql', 'opportunity'] as const) expect(asked({ lead: { ...facts.lead, status } })).toEqual([]);
});

describe('not read', () => {
  test('no CRM is connected', () => {
    expect(asked({ connections: [] })).toMatchObject([{ gate: 'read', code: 'no-connection', setting: 'connections' }]);
  });

  test('the record is gone, whatever else holds', () => {
    const gone = { ...record, gone: { at: now, reason: 'archived' } };
    const runs = { pull: false, push: false, reason: 'moving house', until: null };
    expect(ofConnection({ records: [gone], runs })).toMatchObject([
      {
        gate: 'read',
        code: 'record-gone',
        externalId: '51',
        setting: 'crm',
        reason: expect.stringContaining('archived') as string,
      },
    ]);
    // Another one of theirs is there.
    expect(ofConnection({ records: [gone, record] })).toEqual([]);
  });

  test('the pull is paused, or waits after a failure', () => {
    const runs = { pull: false, push: true, reason: 'paused (pull only): moving house', until: null };
    expect(ofConnection({ records: [], runs, lastSuccessAt: null })).toMatchObject([
      { gate: 'read', code: 'pull-paused', remedy: 'Take the pause back.', setting: 'connections' },
    ]);
    const waiting = { pull: false, push: false, reason: 'The token was refused.', until: later };
    expect(ofConnection({ records: [], runs: waiting })).toMatchObject([
      { code: 'pull-paused', remedy: 'It is tried again at 2026-11-27 11:30 UTC.' },
    ]);
  });

  test('the CRM has never been read', () => {
    expect(ofConnection({ records: [], lastSuccessAt: null })).toMatchObject([
      { gate: 'read', code: 'never-read', setting: 'runs' },
    ]);
  });
});

test('not matched: no record has the address, or there is none to match by', () => {
  expect(ofConnection({ records: [] })).toMatchObject([{ gate: 'matched', code: 'no-match', setting: 'crm' }]);
  const lead = { ...facts.lead, email: null };
  expect(asked({ lead, connections: [{ ...connection, records: [] }] })).toMatchObject([
    { gate: 'matched', code: 'no-address', setting: 'mapping' },
  ]);
});

describe('not qualified', () => {
  const engaged = { ...facts.lead, status: 'engaged' } as const;

  test('no trigger holds: the nearest one, and how far it is', () => {
    expect(asked({ lead: engaged })).toMatchObject([
      {
        gate: 'qualified',
        code: 'trigger-short',
        connection: null,
        setting: 'scoring',
        reason: expect.stringContaining('lead score is 48 of 60') as string,
      },
    ]);
  });

  test('sales has recycled them: only what came since counts', () => {
    const lead = { ...facts.lead, status: 'recycled' } as const;
    expect(asked({ lead })[0]?.reason).toContain('since they were recycled');
    expect(asked({ lead, held: ['score'] })).toMatchObject([{ code: 'nothing-new' }]);
  });

  test('sales has disqualified them, whatever holds', () => {
    expect(asked({ lead: { ...facts.lead, status: 'disqualified' }, held: ['score'] })).toMatchObject([
      { gate: 'qualified', code: 'disqualified', setting: 'crm' },
    ]);
  });

  test('the profile has no trigger', () => {
    expect(asked({ lead: engaged, triggers: [] })).toMatchObject([{ code: 'no-trigger', setting: 'scoring' }]);
  });
});

describe('not written', () => {
  test('the mapping writes nothing there, or nothing is planned yet', () => {
    expect(ofConnection({ records: [{ ...record, rules: [] }] })).toMatchObject([
      { gate: 'written', code: 'not-mapped', setting: 'mapping' },
    ]);
    expect(ofConnection({ records: [{ ...record, push: null }] })).toMatchObject([
      { gate: 'written', code: 'not-planned' },
    ]);
  });

  const paused = { pull: true, push: false, reason: 'paused (push only): sales cleans up', until: null };
  const quota = { until: later, reason: 'our share is used up' };

  test('the CRM has refused it: before everything else, with its reason', () => {
    const gates = ofPush({ state: 'dead', lastError: 'INVALID_OPTION' }, { runs: paused, pushMode: 'plan' });
    expect(gates).toMatchObject([{ code: 'refused', reason: expect.stringContaining('INVALID_OPTION') as string }]);
  });

  test('what waits is held by a pause before plan mode, and by that before the quota', () => {
    const waits = { state: 'pending', remote: { score: 7 } } as const;
    expect(ofPush(waits, { runs: paused, pushMode: 'plan', quota })).toMatchObject([
      { code: 'push-paused', setting: 'connections' },
    ]);
    expect(ofPush(waits, { pushMode: 'plan', quota })).toMatchObject([{ code: 'plan-mode', setting: 'settings' }]);
    expect(ofPush(waits, { quota })).toMatchObject([
      { code: 'quota', setting: 'settings', reason: expect.stringContaining('11:30') as string },
    ]);
    expect(ofPush(waits)).toMatchObject([{ code: 'next-run' }]);
  });

  test('a connection that failed is tried again, as is a write that the CRM has put off', () => {
    const runs = { pull: false, push: false, reason: 'The CRM is down.', until: later };
    expect(ofPush({ state: 'pending' }, { runs })).toMatchObject([{ code: 'after-failure' }]);
    expect(ofPush({ state: 'pending', availableAt: later, lastError: 'LOCKED' })).toMatchObject([
      {
        code: 'put-off',
        reason: 'The CRM has put it off: LOCKED',
        remedy: 'It is tried again at 2026-11-27 11:30 UTC.',
      },
    ]);
    expect(ofPush({ state: 'claimed' })).toMatchObject([{ code: 'on-its-way' }]);
  });

  test.each([
    ['never', {}, 'never written'],
    ['if-blank', {}, 'only filled where it is empty'],
    ['if-ours', { pushed: { score: 1 } }, 'somebody has changed it'],
  ] as const)('a field that is written %s is left alone, and why', (write, over, words) => {
    const rules = [rule(write)];
    const left = { ...record, rules, push: { ...push, remote: { score: 7 }, ...over } };
    expect(ofConnection({ records: [left] })).toMatchObject([
      { code: 'left-alone', setting: 'mapping', reason: expect.stringContaining(words) as string },
    ]);
  });

  test('the CRM goes back to a value of its own', () => {
    const kept = { score: { wanted: 42, remote: 7, times: 2 } };
    expect(ofPush({ remote: { score: 7 }, kept })).toMatchObject([{ code: 'kept-by-crm', setting: 'crm' }]);
  });

  test('each record says its own', () => {
    const twins = [record, { ...record, externalId: '52', push: null }];
    expect(ofConnection({ records: twins })).toMatchObject([{ externalId: '52', code: 'not-planned' }]);
  });
});
