import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countsAs } from '../../../src/connector-sdk/event-rules.ts';
import type { EventRuleForm } from '../../../src/http/api/mapping/schemas.ts';
import type { EventRule } from '../../../src/model/mapping.ts';
import {
  conditionsOf,
  containsOf,
  coveredBy,
  movedTo,
  withFresh,
} from '../../../src/web/pages/mapping/event-conditions.ts';

const text = fc.stringMatching(/^[abA]{0,3}$/u);
const contains = fc.oneof(
  text,
  fc
    .subarray(['Subject', 'Type'], { minLength: 1 })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, text])))),
);
const rule = fc.record({ object: fc.constantFrom('Task', 'Event'), contains, type: fc.constant('call') });

test('what a rule looks for is the same as a list of conditions and back', () => {
  fc.assert(
    fc.property(contains, (given) => {
      expect(containsOf(conditionsOf(given))).toEqual(given);
    }),
  );
});

test('a rule that is said to be never reached never is', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 2, maxLength: 4 }),
      fc.record({ Subject: text, Type: text }),
      (rules, said) => {
        const index = rules.length - 1;
        const covering = coveredBy(rules, index);
        const numbered = rules.map((one, at) => ({ ...one, type: String(at) })) as unknown as EventRule[];
        const { object } = rules[index]!;
        if (covering !== null) expect(countsAs(numbered, object, said)).not.toBe(String(index));
      },
    ),
  );
});

test('only a rule of the same object that stands before takes what another would match', () => {
  const rules: EventRuleForm[] = [
    { object: 'forms', contains: 'demo', type: 'demo_request' },
    { object: 'Task', contains: '', type: 'nothing' },
    { object: 'forms', contains: 'Book a DEMO', type: 'meeting' },
    { object: 'forms', contains: '', type: 'form_submission' },
  ];
  expect(rules.map((_rule, index) => coveredBy(rules, index))).toEqual([null, null, 0, null]);
});

test('another object keeps what it also has a text for, else what was looked for', () => {
  expect(movedTo({ Subject: 'a', Type: 'b' }, ['Subject'])).toEqual({ Subject: 'a' });
  expect(movedTo({ Subject: 'a' }, ['name'])).toBe('a');
  expect(movedTo('a', ['name'])).toBe('a');
});

test('a new rule stands before the one that takes all the rest', () => {
  const rules: EventRuleForm[] = [
    { object: 'forms', contains: 'demo', type: 'demo_request' },
    { object: 'forms', contains: '', type: 'form_submission' },
  ];
  const fresh = { object: 'forms', contains: '', type: '' };
  expect(withFresh(rules, 'forms')).toEqual([rules[0], fresh, rules[1]]);
  expect(withFresh(rules, 'Task')).toEqual([...rules, { ...fresh, object: 'Task' }]);
});
