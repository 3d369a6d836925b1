import { expect, test } from 'vitest';
import { countsAs, type EventRule } from '../../../src/connector-sdk/index.ts';

const rule = (contains: EventRule['contains'], type: EventRule['type']): EventRule => ({
  object: 'forms',
  contains,
  type,
});

test('the first rule that matches decides, in any case of letters', () => {
  const rules = [rule('DEMO', 'demo_request'), rule('', 'form_submission')];
  expect(countsAs(rules, 'forms', { name: 'Request a demo' })).toBe('demo_request');
  expect(countsAs(rules, 'forms', { name: 'Newsletter' })).toBe('form_submission');
  expect(countsAs(rules, 'forms', {})).toBe('form_submission');
  expect(countsAs(rules, 'campaigns', { name: 'demo' })).toBeNull();
});

test('a text may be in any of them; by field, each has to be in its own', () => {
  const texts = { Type: 'Webinar', Status: 'Attended' };
  expect(countsAs([rule('attended', 'call')], 'forms', texts)).toBe('call');
  expect(countsAs([rule({ Type: 'webinar', Status: 'attended' }, 'call')], 'forms', texts)).toBe('call');
  expect(countsAs([rule({ Type: 'attended' }, 'call')], 'forms', texts)).toBeNull();
  expect(countsAs([rule({ Type: 'webinar', Nowhere: 'x' }, 'call')], 'forms', texts)).toBeNull();
});

test('nothing is an answer, and not the same as no rule', () => {
  expect(countsAs([rule('newsletter', 'nothing')], 'forms', { name: 'Newsletter' })).toBe('nothing');
});
