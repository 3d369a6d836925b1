import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/model/profile.ts';
import type { Fields } from '../../../src/model/values.ts';
import { compileCondition, factsIn } from '../../../src/scoring/condition.ts';

const holds = (condition: Condition, values: Fields) => compileCondition(condition)(values);

describe('a condition', () => {
  it.each<[Condition, Fields, boolean | null]>([
    [{ of: 'n', atLeast: 5 }, { n: 5 }, true],
    [{ of: 'n', atLeast: 5 }, { n: 4 }, false],
    [{ of: 'n', atLeast: 5 }, {}, null],
    [{ of: 'n', atLeast: 2 }, { n: ['a', 'b'] }, true],
    [{ of: 'n', below: 5 }, { n: 4 }, true],
    [{ of: 'n', below: 5 }, { n: 5 }, false],
    [{ of: 'n', below: 5 }, { n: null }, null],
    [{ of: 'n', equals: 5 }, { n: '5' }, true],
    [{ of: 'b', equals: true }, { b: true }, true],
    [{ of: 'b', equals: true }, { b: false }, false],
    [{ of: 'b', equals: true }, {}, null],
    [{ of: 't', equals: 'Pro' }, { t: 'pro' }, true],
    [{ of: 't', equals: 'pro' }, { t: ['free', 'pro'] }, true],
    [{ of: 't', equals: ['a', 'b'] }, { t: 'b' }, true],
    [{ of: 't', equals: null }, {}, null],
    [{ of: 't', equals: null }, { t: 'a' }, false],
    [{ of: 't', in: ['Pro', 'team'] }, { t: 'PRO' }, true],
    [{ of: 't', in: ['pro'] }, { t: 'free' }, false],
    [{ of: 't', in: ['pro'] }, { t: '' }, null],
    [{ of: 't', contains: 'AUTH' }, { t: ['x', 'Auth0 renewal'] }, true],
    [{ of: 't', contains: 'auth' }, { t: 'none' }, false],
    [{ of: 't', known: true }, { t: 0 }, true],
    [{ of: 't', known: true }, { t: [] }, false],
    [{ of: 't', known: false }, {}, true],
    [
      {
        all: [
          { of: 'a', atLeast: 1 },
          { of: 'b', atLeast: 1 },
        ],
      },
      { a: 1, b: 1 },
      true,
    ],
    [
      {
        all: [
          { of: 'a', atLeast: 1 },
          { of: 'b', atLeast: 1 },
        ],
      },
      { a: 1 },
      null,
    ],
    [
      {
        all: [
          { of: 'a', atLeast: 1 },
          { of: 'b', atLeast: 1 },
        ],
      },
      { a: 0 },
      false,
    ],
    [
      {
        any: [
          { of: 'a', atLeast: 1 },
          { of: 'b', atLeast: 1 },
        ],
      },
      { b: 1 },
      true,
    ],
    [
      {
        any: [
          { of: 'a', atLeast: 1 },
          { of: 'b', atLeast: 1 },
        ],
      },
      { b: 0 },
      null,
    ],
    [
      {
        any: [
          { of: 'a', atLeast: 1 },
          { of: 'b', atLeast: 1 },
        ],
      },
      { a: 0, b: 0 },
      false,
    ],
    [{ not: { of: 'a', atLeast: 1 } }, { a: 0 }, true],
    [{ not: { of: 'a', atLeast: 1 } }, {}, null],
  ])('%o on %o is %s', (condition, values, expected) => {
    expect(holds(condition, values)).toBe(expected);
  });

  it('is never true of a lead of which nothing is known, unless it asks for that', () => {
    const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<Condition>(
          { of: 'a', atLeast: 0 },
          { of: 'a', below: 9 },
          { of: 'a', contains: '' },
          { of: 'b', in: ['x'] },
        ),
        fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('condition'), { maxLength: 3, minLength: 1 }) }),
        fc.record({ not: tie('condition') }),
      ),
    }));
    fc.assert(
      fc.property(condition, (one) => {
        expect(holds(one, {})).toBeNull();
      }),
    );
  });

  it('names its facts once', () => {
    const leaf = { of: 'a', known: true };
    expect(
      factsIn({ all: [leaf, { any: [{ of: 'b', known: true }, leaf] }, { not: { of: 'c', atLeast: 1 } }] }),
    ).toEqual(['a', 'b', 'c']);
  });
});
