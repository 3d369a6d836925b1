import { expect, test } from 'vitest';
import { count, duration, number } from '../../../src/web/parts/words.ts';

test.each([
  [0, '0 s'],
  [430, '0.4 s'],
  [12_400, '12 s'],
  [59_600, '1 min'],
  [185_000, '3 min 5 s'],
  [3_599_700, '1 h'],
  [7_800_000, '2 h 10 min'],
  [3 * 86_400_000, '3 days'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('numbers are grouped, and one of something is one', () => {
  expect(number(1_234_567)).toBe('1,234,567');
  expect([count(1, 'record'), count(1_000, 'record')]).toEqual(['1 record', '1,000 records']);
});
