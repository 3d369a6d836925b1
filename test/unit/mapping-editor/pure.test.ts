import { describe, expect, test } from 'vitest';
import { outputs, targetsFor } from '../../../src/mapping-editor/catalogue.ts';
import { breakagesOf } from '../../../src/mapping-editor/check-draft.ts';
import { consequencesOf } from '../../../src/mapping-editor/consequences.ts';
import { refuseUnsound } from '../../../src/mapping-editor/publish.ts';
import { usesOf } from '../../../src/mapping-editor/uses.ts';
import { mappedFieldNames, outputFields } from '../../../src/model/lead.ts';
import type { InRule, MappingDefinition, MappingProblem, OutRule } from '../../../src/model/mapping.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';

const uses = usesOf([defaultMqlProfile, defaultPlgProfile]);

function definition(inRules: readonly Pick<InRule, 'from' | 'to'>[], out: readonly OutRule[] = []): MappingDefinition {
  const usual = { transform: [], onInvalid: 'null', blank: 'keep', conflict: 'crm' } as const;
  return {
    objects: { people: { in: inRules.map((rule) => ({ ...usual, ...rule })), out } },
    counters: {
      website_visits: 'crm',
      content_downloads: 'events',
      email_opens: 'crm',
      email_clicks: 'crm',
      demo_requested: 'crm',
    },
    events: [],
  };
}

function problem(
  field: string,
  direction: 'in' | 'out',
  severity: MappingProblem['severity'] = 'pauses',
): MappingProblem {
  return { object: 'people', direction, field, code: 'missing-field', severity, message: `no ${field}`, remedy: '' };
}

describe('what rests on a field', () => {
  test('rules, segments and triggers of both profiles are found by the fact that they ask for', () => {
    const types = (fact: string) => new Set((uses.get(fact) ?? []).map(({ type }) => type));
    expect(types('enrollment')).toEqual(new Set(['rule', 'segment']));
    expect(types('demo_requested')).toContain('trigger');
    expect(uses.get('linkedin_url')).toBeUndefined();
  });

  test('everything that can be filled or written has words of its own', () => {
    const targets = targetsFor(uses);
    expect(targets.map(({ name }) => name)).toEqual(mappedFieldNames);
    expect(outputs.map(({ name }) => name)).toEqual(outputFields);
    expect(new Set(targets.map(({ label }) => label)).size).toBe(targets.length);
  });

  test('a field that is gone breaks what only it fills', () => {
    const mapping = definition([
      { from: ['size'], to: 'enrollment' },
      { from: ['a', 'b'], to: 'title' },
    ]);
    const [size, half] = breakagesOf(mapping, [problem('size', 'in'), problem('a', 'in')], uses);
    expect(size).toMatchObject({ fills: ['enrollment'], isAlone: true });
    expect(size!.usedBy.map(({ type }) => type)).toContain('segment');
    expect(half).toMatchObject({ fills: ['title'], isAlone: false, usedBy: [] });
    const both = breakagesOf(mapping, [problem('a', 'in'), problem('b', 'in')], uses);
    expect(both.map(({ isAlone }) => isAlone)).toEqual([true, true]);
  });

  test('a warning breaks nothing, and a field that is written names its value', () => {
    const mapping = definition([], [{ from: 'tier', to: 'crm_tier', write: 'always', values: null }]);
    expect(breakagesOf(mapping, [problem('crm_tier', 'out', 'warns')], uses)).toEqual([]);
    expect(breakagesOf(mapping, [problem('crm_tier', 'out')], uses)).toMatchObject([{ fills: ['tier'], usedBy: [] }]);
  });
});

test('what starts and stops being written is told; what is never written is not', () => {
  const out = (from: OutRule['from'], to: string, write: OutRule['write'] = 'always'): OutRule => ({
    from,
    to,
    write,
    values: null,
  });
  const told = consequencesOf(
    definition([], [out('tier', 't'), out('segment', 's'), out('status', 'x', 'never')]),
    definition([], [out('tier', 't'), out('segment', 's', 'never'), out('lead_score', 'n')]),
    [],
  );
  expect(told.startsWriting).toEqual([{ object: 'people', from: 'lead_score', to: 'n' }]);
  expect(told.stopsWriting).toEqual([{ object: 'people', from: 'segment', to: 's' }]);
  expect(told.readsAgain).toBe(true);
});

describe('a publication', () => {
  const sound = { mistakes: [], problems: [], unanswered: null };

  test('is refused where an object is unreadable that the connection needs, and not where a field pauses', () => {
    const unreadable = { ...problem('x', 'in'), code: 'unreadable' as const };
    expect(() => refuseUnsound({ ...sound, problems: [unreadable] }, ['people'])).toThrow('cannot be published');
    expect(() => refuseUnsound({ ...sound, problems: [unreadable] }, [])).not.toThrow();
    expect(() => refuseUnsound({ ...sound, problems: [problem('x', 'in')] }, ['people'])).not.toThrow();
  });

  test('names the first mistakes and counts the others', () => {
    const mistakes = ['a', 'b', 'c', 'd', 'e'].map((path) => ({ path, message: 'wrong', remedy: '' }));
    expect(() => refuseUnsound({ ...sound, mistakes }, [])).toThrow('a: wrong; b: wrong; c: wrong, and 2 more');
  });
});
