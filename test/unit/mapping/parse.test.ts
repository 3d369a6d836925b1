import { describe, expect, it } from 'vitest';
import { parseTransforms, transformNames } from '../../../src/mapping/parse.ts';
import { maxPatternInput, patternProblem } from '../../../src/mapping/pattern.ts';

describe('parseTransforms', () => {
  it('reads names, arguments, a single transform and none at all', () => {
    expect(
      parseTransforms(['trim', { concat: ' ' }, { values: { a: 1, b: true } }, { truncate: 9 }, { contains: 5 }]),
    ).toEqual({
      transforms: [
        { name: 'trim' },
        { name: 'concat', separator: ' ' },
        { name: 'values', map: { a: '1', b: 'true' }, otherwise: null },
        { name: 'truncate', length: 9 },
        { name: 'contains', text: '5' },
      ],
      problems: [],
    });
    expect(parseTransforms('trim').transforms).toEqual([{ name: 'trim' }]);
    expect(parseTransforms(undefined)).toEqual({ transforms: [], problems: [] });
    expect(parseTransforms(null)).toEqual({ transforms: [], problems: [] });
  });

  it('knows nineteen transforms', () => {
    expect(transformNames).toHaveLength(19);
  });

  it.each<[unknown, string, string]>([
    ['shout', 'there is no transform "shout"', 'Use one of: trim, lower,'],
    [7, 'there is no transform "7"', 'Use one of: '],
    [null, 'there is no transform "null"', 'Use one of: '],
    [{ shout: 1, loud: 2 }, 'there is no transform "shout, loud"', 'Use one of: '],
    ['concat', 'the transform "concat" needs an argument', 'Write `{ concat: " " }`.'],
    [{ concat: null }, 'the transform "concat" is not written so', 'Write `{ concat: " " }`.'],
    [{ concat: ' ', glue: 1 }, 'the transform "concat" is not written so', 'Write `{ concat: " " }`.'],
    [{ truncate: '9' }, 'the transform "truncate" is not written so', 'Write `{ truncate: 200 }`.'],
    [{ regex: 'a', group: 'b' }, 'the transform "regex" is not written so', 'Write `{ regex:'],
    [{ split: ',', index: 0.5 }, 'the transform "split" is not written so', 'Write `{ split: ",", index: 0 }`.'],
    [{ values: ['a'] }, 'the transform "values" is not written so', 'Write `{ values:'],
    [{ values: 'a' }, 'the transform "values" is not written so', 'Write `{ values:'],
    [{ values: { a: null } }, 'the transform "values" is not written so', 'Write `{ values:'],
    [{ values: { a: 'b' }, otherwise: {} }, 'the transform "values" is not written so', 'Write `{ values:'],
  ])('explains what is wrong with %o', (raw, message, remedy) => {
    const { transforms, problems } = parseTransforms(['trim', raw]);
    expect(transforms).toEqual([{ name: 'trim' }]);
    expect(problems).toEqual([{ path: '[1]', message, remedy: expect.stringContaining(remedy) as string }]);
  });
});

describe('patternProblem', () => {
  it.each([
    '(\\d+)',
    '^(\\w+)-?(\\d+)$',
    '^[^-]+-(.*)$',
    '[*+]',
    '\\(a+\\)',
    '(?:ab){2,3}',
    '(a|b)?c',
    '(?<year>\\d{4})',
    'x{1,5}?',
    '\\p{L}+',
    '(?=a)b',
    '(a+){1}',
  ])('accepts %s', (pattern) => {
    expect(patternProblem(pattern)).toBeNull();
  });

  it.each([
    ['(', 'is not a regular expression'],
    ['(a)\\1', 'refers back'],
    ['(?<x>a)\\k<x>', 'refers back'],
    ['(a+)+$', 'repeats a group'],
    ['((a+))*', 'repeats a group'],
    ['(a|aa)+', 'repeats a group'],
    ['(?:a?){20}', 'repeats a group'],
    ['(?:a*){5,}', 'repeats a group'],
    ['(?:(?:a|b)c){2,50}', 'repeats a group'],
    ['.*a.*b.*c', 'too many ways'],
    ['^\\w+\\w+\\w+\\w+x', 'too many ways'],
    ['a?'.repeat(20), 'too many ways'],
    ['\\w{1,90}\\w{1,90}\\w{1,90}x', 'too many ways'],
  ])('refuses %s', (pattern, reason) => {
    expect(patternProblem(pattern)).toContain(reason);
  });

  it('lets no accepted pattern take long, even on text made for it', () => {
    const text = 'a'.repeat(maxPatternInput);
    for (const pattern of ['.*.*x', '\\w+\\w+x', '^a*a*a*x']) {
      expect(patternProblem(pattern)).toBeNull();
      const startedAt = performance.now();
      new RegExp(pattern, 'iu').test(text);
      // Some 50 ms on an idle machine.
      expect(performance.now() - startedAt).toBeLessThan(3000);
    }
  });
});
