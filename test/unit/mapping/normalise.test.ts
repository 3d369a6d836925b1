import { describe, expect, it } from 'vitest';
import { compileMapping, fieldsOf } from '../../../src/mapping/compile.ts';
import { normaliseRecord } from '../../../src/mapping/normalise.ts';
import type { InRule } from '../../../src/model/mapping.ts';
import type { Fields } from '../../../src/model/values.ts';
import { aMapping, aRecord, inRule, outRule } from './builders.ts';

const normalise = (rules: readonly InRule[], fields: Fields) =>
  normaliseRecord(compileMapping(aMapping({ in: rules })), aRecord(fields));
const valuesOf = (rules: readonly InRule[], fields: Fields) => {
  const result = normalise(rules, fields);
  return 'values' in result ? result.values : result;
};
/** The reason why a value does not fit, or the value as it is stored. */
const fitted = (to: InRule['to'], value: Fields[string] = null) => {
  const result = normalise([inRule('x', to)], { x: value ?? null });
  if ('rejected' in result) return result;
  return result.nulled[0]?.message ?? result.values[to];
};

describe('normaliseRecord', () => {
  it('turns CRM fields into lead values', () => {
    const rules = [
      inRule('email', 'email', { transform: [{ name: 'trim' }, { name: 'lower' }] }),
      inRule(['firstname', 'lastname'], 'name', { transform: [{ name: 'concat', separator: ' ' }] }),
      inRule('visits', 'website_visits', { transform: [{ name: 'integer' }] }),
    ];
    expect(
      normalise(rules, { email: ' Ada@X.org ', firstname: 'Ada', lastname: 'Lovelace', visits: '7', other: 'x' }),
    ).toEqual({
      values: { email: 'ada@x.org', name: 'Ada Lovelace', website_visits: 7 },
      nulled: [],
    });
  });

  it.each<[InRule['to'], Fields[string], unknown]>([
    // Column widths of the seed: name VARCHAR(200), email 255, company_name 300, title 200, state 10
    ['name', 'x'.repeat(200), 'x'.repeat(200)],
    ['name', 'x'.repeat(300), 'x is longer than 200 characters (for name)'],
    ['name', '😀'.repeat(200), '😀'.repeat(200)],
    ['email', `${'a'.repeat(250)}@x.org`, 'x is longer than 255 characters (for email)'],
    ['company_name', 'x'.repeat(301), 'x is longer than 300 characters (for company_name)'],
    ['title', 'x'.repeat(201), 'x is longer than 200 characters (for title)'],
    ['state', 'x'.repeat(11), 'x is longer than 10 characters (for state)'],
    ['source_detail', 'x'.repeat(5000), 'x'.repeat(5000)],
    ['name', 'A\0da\ud800', 'Ada\ufffd'],
    ['name', '\0', undefined],
    ['name', ['a', 'b'], 'x is a list; add a transform such as `{ concat: ", " }` (for name)'],
    ['name', 7, '7'],
    ['email', ' Ada@X.org ', 'ada@x.org'],
    ['email', 'ada at x.org', 'x is not an e-mail address (for email)'],
    ['email', 'ada@x', 'x is not an e-mail address (for email)'],
    ['enrollment', '12,500', 12_500],
    ['enrollment', '12,500 students', 'x is not a number (for enrollment)'],
    ['enrollment', -1, 'x is not between 0 and 2147483647 (for enrollment)'],
    ['enrollment', 2_147_483_647, 2_147_483_647],
    ['enrollment', 2_147_483_648, 'x is not between 0 and 2147483647 (for enrollment)'],
    ['demo_requested', 'false', false],
    // What is known of a company alone.
    ['total_funding_usd', 2_147_483_648, 2_147_483_648],
    ['total_funding_usd', '45,000,000', 45_000_000],
    ['total_funding_usd', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['total_funding_usd', '9007199254740992', 'x is not a whole number (for total_funding_usd)'],
    ['total_funding_usd', -1, 'x is not between 0 and 9007199254740991 (for total_funding_usd)'],
    ['funding_stage', 'x'.repeat(101), 'x is longer than 100 characters (for funding_stage)'],
    ['tech_stack', ['AWS', ' PostgreSQL ', 'AWS', ''], ['AWS', 'PostgreSQL']],
    ['tech_stack', 'AWS; Acme, Inc. ;; React', ['AWS', 'Acme, Inc.', 'React']],
    ['tech_stack', 'AWS, React', ['AWS', 'React']],
    ['tech_stack', 'AWS', ['AWS']],
    ['tech_stack', ' ; ; ', undefined],
    ['tech_stack', ['A\0WS', '\0'], ['AWS']],
    ['tech_stack', `AWS,${'x'.repeat(101)}`, 'x is longer than 100 characters (for tech_stack)'],
    ['crm_status', 'recycled', 'recycled'],
    ['crm_status', 'mql', 'x is none of sql, opportunity, disqualified, recycled (for crm_status)'],
  ])('fits %s: %o', (to, value, expected) => {
    expect(fitted(to, value)).toEqual(expected);
  });

  it('translates funding stages and single technologies as any other text', () => {
    const stages = { name: 'values', map: { 'Series B': 'series_b', Seed: 'seed' }, otherwise: null } as const;
    const rules = [
      inRule('stage', 'funding_stage', { transform: [stages] }),
      inRule('tools', 'tech_stack', { transform: [{ name: 'lower' }] }),
    ];
    expect(valuesOf(rules, { stage: 'series b', tools: ['AWS', 'React'] })).toEqual({
      funding_stage: 'series_b',
      tech_stack: ['aws', 'react'],
    });
    expect(valuesOf(rules, { stage: 'IPO', tools: [] })).toEqual({});
  });

  it('leaves a blank out under keep, and makes it null under clear', () => {
    const clear = { blank: 'clear' } as const;
    expect(valuesOf([inRule('a', 'title'), inRule('b', 'state', clear)], { a: '', b: '' })).toEqual({ state: null });
    expect(valuesOf([inRule('a', 'title'), inRule('b', 'state', clear)], { a: null, b: null })).toEqual({
      state: null,
    });
  });

  it('takes a field that the record does not carry as no word about it, even under clear', () => {
    expect(valuesOf([inRule('a', 'title', { blank: 'clear' })], {})).toEqual({});
  });

  it('keeps zero and false: they are answers', () => {
    expect(valuesOf([inRule('a', 'website_visits'), inRule('b', 'demo_requested')], { a: 0, b: false })).toEqual({
      website_visits: 0,
      demo_requested: false,
    });
  });

  it('names a value that cannot be converted, without quoting it, and goes on', () => {
    const fields = { n: 'lots', title: 'Owner' };
    expect(normalise([inRule('n', 'enrollment'), inRule('title', 'title')], fields)).toEqual({
      values: { title: 'Owner' },
      nulled: [
        {
          object: 'contacts',
          externalId: '101',
          stage: 'map',
          field: 'n',
          code: 'invalid-value',
          message: 'n is not a number (for enrollment)',
          effect: 'null',
          fields,
        },
      ],
    });
  });

  it('passes on the reason of a transform', () => {
    expect(normalise([inRule('n', 'enrollment', { transform: [{ name: 'integer' }] })], { n: '1.5' })).toMatchObject({
      nulled: [{ message: 'n is not a whole number (for enrollment)' }],
    });
  });

  it('takes such a value as a blank: it clears where a blank would', () => {
    expect(valuesOf([inRule('n', 'enrollment', { blank: 'clear' })], { n: 'lots' })).toEqual({ enrollment: null });
  });

  it('rejects the record where the rule says so', () => {
    const result = normalise(
      [inRule(['a', 'b'], 'email', { onInvalid: 'reject', transform: [{ name: 'coalesce' }] })],
      { a: null, b: 'nobody' },
    );
    expect(result).toMatchObject({
      rejected: { field: 'a, b', effect: 'reject', message: 'a, b is not an e-mail address (for email)' },
    });
  });

  it('knows nothing of an object that the mapping does not name', () => {
    expect(normaliseRecord(compileMapping(aMapping({})), aRecord({ a: 1 }, { object: 'deals' }))).toEqual({
      values: {},
      nulled: [],
    });
  });
});

describe('fieldsOf', () => {
  it('asks for what is read and for what is written, once, and for nothing of other objects', () => {
    const mapping = compileMapping(
      aMapping({ in: [inRule(['b', 'a'], 'name'), inRule('a', 'title')], out: [outRule('tier', 'our_tier')] }),
    );
    expect(fieldsOf(mapping, 'contacts')).toEqual(['a', 'b', 'our_tier']);
    expect(fieldsOf(mapping, 'deals')).toEqual([]);
  });

  it('leaves out a rule for a field that does not exist', () => {
    const mapping = compileMapping(aMapping({ in: [inRule('a', 'toString' as InRule['to'])] }));
    expect(fieldsOf(mapping, 'contacts')).toEqual([]);
  });
});
