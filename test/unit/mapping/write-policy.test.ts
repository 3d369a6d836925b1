import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalValue,
  decideWrite,
  outputValue,
  sameValue,
  type WriteSides,
} from '../../../src/mapping/write-policy.ts';
import type { WritePolicy } from '../../../src/model/mapping.ts';
import type { FieldValue } from '../../../src/model/values.ts';
import { outRule } from './builders.ts';

const order = ['new', 'engaged', 'mql', 'sql'];
const decide = (policy: WritePolicy, sides: Partial<WriteSides>) =>
  decideWrite(policy, { wanted: null, remote: null, lastPushed: null, order: [], ...sides });

describe('decideWrite', () => {
  it.each<[WritePolicy, Partial<WriteSides>, boolean, string]>([
    ['never', { wanted: 72 }, false, 'never'],
    ['always', { wanted: 72, remote: '72' }, false, 'same'],
    ['always', { wanted: 73, remote: 72 }, true, 'differs'],
    ['always', { wanted: null, remote: '2026-11-22' }, true, 'differs'],
    ['if-blank', { wanted: 72 }, true, 'blank'],
    ['if-blank', { wanted: 72, remote: 71 }, false, 'not-blank'],
    ['if-ours', { wanted: 73, remote: '72', lastPushed: 72 }, true, 'ours'],
    ['if-ours', { wanted: 73 }, true, 'ours'],
    ['if-ours', { wanted: 73, remote: 50, lastPushed: 72 }, false, 'edited-in-crm'],
    ['if-ours', { wanted: 73, remote: null, lastPushed: 72 }, false, 'edited-in-crm'],
    ['forward', { wanted: 'mql', remote: 'engaged', order }, true, 'forward'],
    ['forward', { wanted: 'mql', remote: '', order }, true, 'forward'],
    ['forward', { wanted: 'engaged', remote: 'mql', order }, false, 'not-forward'],
    ['forward', { wanted: 'mql', remote: 'custom', order }, false, 'not-forward'],
    ['forward', { wanted: 'custom', remote: 'mql', order }, false, 'not-forward'],
  ])('under "%s" decides on %o: %s, %s', (policy, sides, write, why) => {
    expect(decide(policy, sides)).toEqual({ write, why });
  });
});

describe('sameValue', () => {
  it.each<[FieldValue, FieldValue]>([
    [72, '72'],
    ['72.0', 72],
    [1e300, '1e+300'],
    [true, 'true'],
    ['False', false],
    [null, ''],
    [[], null],
    ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000+0000'],
    ['2026-11-22T10:00:00Z', 1_795_341_600_000],
    ['2026-11-22', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00.505Z', '2026-11-22T10:00:00.000+0000'],
    [['b', 'a'], 'a;b'],
    ['b;a', ['a', 'b']],
  ])('finds %o and %o the same', (left, right) => {
    expect(sameValue(left, right)).toBe(true);
    expect(sameValue(right, left)).toBe(true);
  });

  it.each<[FieldValue, FieldValue]>([
    [72, 73],
    [0, null],
    [false, null],
    ['007', 7],
    ['hot', 'warm'],
    ['2026-11-22', '2026-11-23T00:00:00.000Z'],
    ['2026-11-22', null],
    ['2026-11-22', 'soon'],
    ['2026-11-22T10:00:00.505Z', '2026-11-22T10:00:00.506Z'],
    ['2026-11-22T10:00:00.505Z', '2026-11-22T10:00:01Z'],
    ['2026-11-22T10:00:00Z', 'soon'],
    ['2026-11-22T10:00:00Z', null],
    [1_795_341_600_000, 1_795_341_600_001],
    ['2026-11-22', true],
    ['12345678901234567890', '12345678901234567891'],
  ])('tells %o from %o', (left, right) => {
    expect(sameValue(left, right)).toBe(false);
    expect(sameValue(right, left)).toBe(false);
  });

  it('finds every value the same as itself and as its text', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string()));
    fc.assert(
      fc.property(value, (one) => {
        expect(sameValue(one, one)).toBe(true);
        if (typeof one === 'number' || typeof one === 'boolean')
          expect(canonicalValue(one)).toBe(canonicalValue(String(one)));
      }),
    );
  });
});

describe('outputValue', () => {
  it('is our value where the rule translates nothing', () => {
    expect(outputValue(outRule('lead_score', 'x'), 72)).toBe(72);
  });

  it('is the CRM’s value where the rule lists it, and undefined (not written) where it does not', () => {
    const rule = outRule('is_mql', 'x', { values: { true: 'Yes' } });
    expect(outputValue(rule, true)).toBe('Yes');
    expect(outputValue(rule, false)).toBeUndefined();
    expect(outputValue(rule, 'constructor')).toBeUndefined();
    expect(outputValue(rule, null)).toBeNull();
  });
});
