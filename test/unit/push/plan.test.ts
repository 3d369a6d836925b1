import { describe, expect, test } from 'vitest';
import type { OutRule } from '../../../src/model/mapping.ts';
import type { OutputField } from '../../../src/model/lead.ts';
import { priorityOf } from '../../../src/push/plan.ts';

const rule = (from: OutputField, values: OutRule['values'] = null): OutRule => ({
  from,
  to: `our_${from}`,
  write: 'always',
  values,
});
const rules = (['lead_score', 'tier', 'is_mql', 'status', 'plg_score', 'plg_tier', 'segment'] as const).map((from) =>
  rule(from),
);
const changesOf = (...fields: readonly OutputField[]) =>
  fields.map((field) => ({ field: `our_${field}`, before: null, after: 1, why: 'differs' }));

describe('how urgent a write is', () => {
  test.for([
    ['a tier', ['tier'], {}, 0],
    ['a qualification among others', ['segment', 'lead_score', 'is_mql'], {}, 0],
    ['a status of a cold lead', ['status'], { our_tier: 'monitor' }, 0],
    ['the score of a hot lead', ['lead_score'], { our_tier: 'hot' }, 1],
    ['the score of a lead that is hot as a product user', ['plg_score'], { our_tier: 'warm', our_plg_tier: 'hot' }, 1],
    ['the score of a lead that is not hot', ['lead_score', 'segment'], { our_tier: 'warm' }, 2],
    ['the score of a lead of which no tier is known', ['lead_score'], {}, 2],
    ['anything else of a hot lead', ['segment'], { our_tier: 'hot' }, 3],
  ] as const)('%s', ([, fields, wanted, expected]) => {
    expect(priorityOf(changesOf(...fields), rules, wanted)).toBe(expected);
  });

  test('a CRM that has its own word for hot is understood', () => {
    const own = [rule('lead_score'), rule('tier', { hot: 'A', warm: 'B' })];
    const priority = (tier: string) => priorityOf(changesOf('lead_score'), own, { our_tier: tier });
    expect([priority('A'), priority('B'), priority('hot')]).toEqual([1, 2, 2]);
  });

  test('where no tier is mapped nobody is hot', () => {
    expect(priorityOf(changesOf('lead_score'), [rule('lead_score')], { our_lead_score: 99 })).toBe(2);
  });
});
