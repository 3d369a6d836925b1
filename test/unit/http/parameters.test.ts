import { expect, test } from 'vitest';
import { leadId, leadQuery } from '../../../src/http/parameters.ts';

const id = '3f0c2b58-0000-4000-8000-000000000001';

test('reads what an address asks for', () => {
  expect(leadQuery({ status: 'mql', tier: 'hot', q: ' jane ', after: `42.${id}` })).toEqual({
    status: 'mql',
    tier: 'hot',
    search: 'jane',
    after: { score: 42, id },
  });
});

test.each([{}, null, { status: 'nonsense', q: '', after: '42.x' }, { q: ['a', 'b'], after: `x.${id}` }, { q: '\0' }])(
  'what makes no sense was not said: %j',
  (query) => {
    expect(leadQuery(query)).toEqual({ status: null, tier: null, search: null, after: null });
  },
);

test('an id is a UUID', () => {
  expect(leadId({ id })).toBe(id);
  expect(leadId({ id: "1' or 1=1" })).toBeNull();
});
