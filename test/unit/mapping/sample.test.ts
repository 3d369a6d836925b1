import { expect, test } from 'vitest';
import { sampleFields } from '../../../src/mapping/sample.ts';

test('counts who says anything, and tells the most frequent values first', () => {
  const records = [
    { city: 'Oslo', tags: ['a', 'b'], visits: 0 },
    { city: 'Rome', tags: [], visits: null },
    { city: 'Rome', tags: null },
    { city: '' },
  ];
  const found = sampleFields(records, ['city', 'tags', 'visits', 'nowhere']);
  expect(Object.fromEntries(found)).toEqual({
    city: { filled: 3, samples: ['Rome', 'Oslo'] },
    tags: { filled: 1, samples: ['a; b'] },
    visits: { filled: 1, samples: ['0'] },
    nowhere: { filled: 0, samples: [] },
  });
});

test('tells five values at most, each by its beginning', () => {
  const records = Array.from({ length: 9 }, (_one, index) => ({ text: `${index}${'x'.repeat(500)}` }));
  const { filled, samples } = sampleFields(records, ['text']).get('text')!;
  expect(filled).toBe(9);
  expect(samples).toHaveLength(5);
  expect(samples.every((text) => text.length === 120)).toBe(true);
});
